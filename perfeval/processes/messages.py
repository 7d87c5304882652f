"""What a server and its limited processes say to each other: messages that begin with their length."""

import socket
import struct
import time

_LENGTH = struct.Struct(">Q")


class TooLong(Exception):
    """A message is longer than it may be."""


def send(channel: socket.socket, message: bytes) -> None:
    """Send one message. Raises: OSError when nobody listens."""
    channel.sendall(_LENGTH.pack(len(message)))
    channel.sendall(message)


def receive(
    channel: socket.socket, *, most: int | None = None, until: float | None = None
) -> bytearray:
    """Return the next message.

    ``most``: its most bytes. ``until``: an instant of ``time.monotonic``.
    Raises: EOFError, TooLong, TimeoutError.
    """
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size, until))
    if most is not None and length > most:
        raise TooLong
    return _exactly(channel, length, until)


def _exactly(channel: socket.socket, length: int, until: float | None) -> bytearray:
    data = bytearray(length)
    view = memoryview(data)
    while view:
        if until is not None:
            # A timeout of zero would not wait for what lies ready.
            channel.settimeout(max(until - time.monotonic(), 0.001))
        count = channel.recv_into(view)
        if not count:
            raise EOFError
        view = view[count:]
    return data
