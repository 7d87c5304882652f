"""Write each object of a file to bytes once; pydyf would do it twice, the second time for a checksum."""

from typing import Any

import pydyf


class Packed(pydyf.Object):
    """An object that is bytes already."""

    def __init__(self, source: Any) -> None:
        """Take the place of ``source``."""
        super().__init__()
        self.number = source.number
        self.generation = source.generation
        self.free = source.free
        self._data = bytes(source.data)
        self._is_compressible = bool(source.compressible)

    @property
    def data(self) -> bytes:
        """Return the bytes."""
        return self._data

    @property
    def compressible(self) -> bool:
        """Return whether it may stand in a stream of objects."""
        return self._is_compressible


def pack(pdf: Any) -> None:
    """Replace all objects of ``pdf`` by their bytes. The last step: nothing can be changed any more."""
    for place, found in enumerate(pdf.objects):
        if found.free != "f":
            pdf.objects[place] = Packed(found)
