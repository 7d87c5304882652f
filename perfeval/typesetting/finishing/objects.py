"""Small helpers over pydyf's objects: follow a reference, add one, blank one that is no longer used."""

from typing import Any

import pydyf


def resolve(pdf: Any, reference: bytes) -> Any:
    """Return the object that ``reference`` (``b"12 0 R"``) names."""
    return pdf.objects[int(reference.split()[0])]


def is_reference(value: object) -> bool:
    """Return whether ``value`` is a reference as pydyf writes them."""
    return isinstance(value, bytes) and value.endswith(b" R")


def add(pdf: Any, found: Any) -> Any:
    """Add a pydyf object to the file and return it."""
    pdf.add_object(found)
    return found


def name_of(value: object) -> str:
    """Return a PDF name (``/Table``) without its solidus."""
    return str(value).removeprefix("/")


class Blank(pydyf.Object):
    """Stands where an object was that nothing refers to any more; its number must not be missing.

    Not null: MuPDF does not find a null object in a stream of objects and refuses to save the file anew.
    """

    def __init__(self, number: int) -> None:
        """Take the number."""
        super().__init__()
        self.number = number

    @property
    def data(self) -> bytes:
        """Return an empty dictionary."""
        return b"<<>>"


def blank(pdf: Any, unused: Any) -> None:
    """Replace an object that nothing refers to."""
    pdf.objects[unused.number] = Blank(unused.number)
