"""What a server and its limited processes say to each other: messages that begin with their length.

An order is the server's own. An answer comes from a process that a stranger's file may have taken over, so it is read as
plain values only: nothing in it can call anything.
"""

import io
import pickle
import socket
import struct
import sys
import time
from dataclasses import is_dataclass
from enum import Enum
from typing import Any

_LENGTH = struct.Struct(">Q")
#: Values of the standard library that an answer may hold, beside those that a pickle knows by itself.
_KNOWN = frozenset(
    {
        ("builtins", "frozenset"),
        ("builtins", "range"),
        ("builtins", "set"),
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("decimal", "Decimal"),
    }
)
#: Whose frozen values and refusals may be in an answer.
_OURS = "perfeval."


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


def plain(message: bytes | bytearray) -> Any:
    """Return the value of an answer. Raises: pickle.UnpicklingError when it is more than plain values."""
    try:
        return _Plain(io.BytesIO(message)).load()
    except pickle.UnpicklingError:
        raise
    except Exception as error:  # bytes that somebody made up fail in any way
        raise pickle.UnpicklingError(str(error)) from error


class _Plain(pickle.Unpickler):
    """Reads plain values, and of our own classes the frozen values, the enumerations and the refusals."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a class that a value may be of. Raises: UnpicklingError for any other name."""
        if (module, name) == ("builtins", "getattr"):
            return _member
        if (module, name) in _KNOWN:
            return super().find_class(module, name)
        # What nobody here has imported, nobody here asked for.
        found = vars(sys.modules[module]).get(name) if self._is_ours(module) else None
        if isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum | Exception)):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no plain value")

    @staticmethod
    def _is_ours(module: str) -> bool:
        return module.startswith(_OURS) and module in sys.modules


def _member(enumeration: Any, name: str) -> Any:
    """Return a member of an enumeration, which Python writes as an attribute."""
    if not issubclass(enumeration, Enum):
        raise pickle.UnpicklingError("an attribute is no plain value")
    return enumeration[name]
