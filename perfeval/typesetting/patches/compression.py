"""Compress at zlib's usual level: its slowest takes more than twice the time for a hundredth less."""

import zlib
from typing import Any

from perfeval.typesetting.patches.replacing import Replacements

_LEVEL = 6


def replacements() -> Replacements:
    """Return what takes the place of what in pydyf."""
    import pydyf  # noqa: PLC0415  comes with WeasyPrint, after the fonts

    as_shipped: Any = pydyf.Stream.data

    def data(stream: Any) -> bytes:
        if not stream.compress:
            return bytes(as_shipped.fget(stream))
        plain = b"\n".join(map(pydyf._to_bytes, stream.stream))  # noqa: SLF001  as pydyf does
        extra = {**stream.extra, "Filter": "/FlateDecode"}
        return bytes(pydyf.Stream([zlib.compress(plain, _LEVEL)], extra).data)

    return [(as_shipped, property(data))]
