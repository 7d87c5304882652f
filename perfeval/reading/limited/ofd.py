"""An OFD file (GB/T 33190, a ZIP of XML) as text: what its pages write, line by line."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from lxml import etree

from perfeval.reading.refusals import ReportUnreadable

_MOST_PAGES = 2000
_MOST_PIECES = 400_000
_MOST_PART_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text and its box on the page in millimetres, from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    height: float


def ofd_text(data: bytes) -> str:
    """Return the text of all pages, a form feed after each. Raises: ReportUnreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = "".join(f"{page}\f" for page in _pages(archive))
    except ReportUnreadable:
        raise
    except Exception as error:  # a damaged part breaks the ZIP or the XML in many ways
        raise ReportUnreadable("broken") from error
    if not text.strip():
        raise ReportUnreadable("scan")
    return text


def _pages(archive: zipfile.ZipFile) -> Iterator[str]:
    """Yield the text of each page in the document's order."""
    pages = pieces = 0
    for root in _named(_part(archive, "OFD.xml"), "DocRoot"):
        document = _path("", root.text)
        for page in _named(_part(archive, document), "Page"):
            if not page.get("BaseLoc"):
                continue
            pages += 1
            found = list(_pieces(_part(archive, _path(document, page.get("BaseLoc")))))
            pieces += len(found)
            if pages > _MOST_PAGES or pieces > _MOST_PIECES:
                raise ReportUnreadable("too-large")
            yield "\n".join(_lines(found))


def _part(archive: zipfile.ZipFile, name: str) -> Any:
    """Return a part's root element; entities and doctypes are refused."""
    if archive.getinfo(name).file_size > _MOST_PART_BYTES:
        raise ReportUnreadable("too-large")
    content = archive.read(name)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ReportUnreadable("broken")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(content, parser)


def _path(base: str, place: str | None) -> str:
    """Return a part's name from the place that another part gives."""
    found = (place or "").strip()
    if found.startswith("/"):
        return found.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), found))


def _named(element: Any, name: str) -> Iterator[Any]:
    """Yield the elements of a local name, whatever prefix the writer took."""
    return (one for one in element.iter("{*}" + name))


def _pieces(page: Any) -> Iterator[_Piece]:
    """Yield the texts of a page with the boxes of their objects."""
    for shape in _named(page, "TextObject"):
        text = "".join(code.text or "" for code in _named(shape, "TextCode")).strip()
        box = [float(part) for part in (shape.get("Boundary") or "").split()]
        if text and len(box) == 4:
            yield _Piece(text, box[0], box[1], box[0] + box[2], box[3])


def _lines(pieces: list[_Piece]) -> Iterator[str]:
    """Yield the lines of a page from top to bottom, a tab where a gap is wider than two characters."""
    line: list[_Piece] = []
    for piece in sorted(pieces, key=lambda one: (one.top + one.height / 2, one.left)):
        middle = piece.top + piece.height / 2
        if line and middle - (line[0].top + line[0].height / 2) > max(line[0].height, 2) * 0.6:
            yield _joined(line)
            line = []
        line.append(piece)
    if line:
        yield _joined(line)


def _joined(line: list[_Piece]) -> str:
    ordered = sorted(line, key=lambda one: one.left)
    parts = [ordered[0].text]
    for before, piece in pairwise(ordered):
        gap = piece.left - before.right
        parts.append("\t" if gap > 2 * max(before.height, 2) else "")
        parts.append(piece.text)
    return "".join(parts)
