"""Documents whose decidable figures are marked: read them, and read them with one figure changed.

A figure is decidable when another statement of the same document fixes it. How it is marked depends
on the kind of file, so that each file stays what a stranger would send:

``.txt``   ⟦…⟧ around a figure of prose, ⟪…⟫ around one of a table
``.html``  the same marks; the page is printed to PDF, as a published report would be
``.docx``  a highlighted run: yellow; in a table it is a table's figure
``.xlsx``  a filled cell: yellow

A figure that only a rate, a share or a growth fixes is not fixed to its last digit: it is marked as
coarse (a ~ behind the opening mark, green in Word and Excel) and changed in its first digit only.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import docx
import openpyxl
from docx.enum.text import WD_COLOR_INDEX
from weasyprint import HTML

from perfeval.reading.limited.report_files import read_report
from perfeval.reading.refusals import ReportUnreadable


class Kind(StrEnum):
    """Where a figure stands."""

    PROSE = "prose"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it is written. ``is_coarse``: only its first digit is fixed."""

    written: str
    kind: Kind
    is_coarse: bool


@dataclass(frozen=True)
class Document:
    """A document: its figures, and its text with the figures as given, in their order.

    ``text_with`` raises ``ReportUnreadable`` where the checker's reading refuses the file.
    """

    name: str
    figures: tuple[Figure, ...]
    text_with: Callable[[list[str]], str]

    def text(self, changed: dict[int, str] | None = None) -> str:
        """Return the text, some figures changed by their number from 0."""
        written = [figure.written for figure in self.figures]
        for number, other in (changed or {}).items():
            written[number] = other
        return self.text_with(written)


_MARK = re.compile(r"(?P<prose>⟦)(?P<a>~?)([^⟦⟧⟪⟫]+)⟧|⟪(?P<b>~?)([^⟦⟧⟪⟫]+)⟫")
_CELL_FILLS = {"FFFFFF00": False, "FF92D050": True}
#: Figures of a text that nobody marked: with a unit, or alone in a cell. Years, dates and numbering are none.
_UNMARKED = re.compile(
    r"(?<![\d.,第〔年月])(\d[\d,]*(?:\.\d+)?)(?=\s*(?:亿元|万元|元|%|％|个|项|人|名|家|场|次|份|台|分(?![别之])))"
)
_UNMARKED_CELL = re.compile(r"(?:(?<=\t)|^)[-−]?(\d[\d,]*(?:\.\d+)?)%?(?=\t|$)", re.MULTILINE)


def documents_of(folder: Path) -> Iterator[Document]:
    """Yield the documents of a folder by name; those without marks with all their figures."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith((".", "README")):
            yield load(path)


def load(path: Path) -> Document:
    """Return one document."""
    readers = {".txt": _text, ".html": _page, ".docx": _word, ".xlsx": _workbook}
    read = readers.get(path.suffix.lower())
    document = read(path) if read else None
    return document if document and document.figures else _unmarked(path)


def _text(path: Path) -> Document | None:
    raw = path.read_bytes()
    try:
        marked = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    figures = _marks(marked)
    return Document(
        path.name,
        figures,
        lambda written: read_report(path.name, _filled(marked, written).encode()),
    )


def _page(path: Path) -> Document:
    marked = path.read_text(encoding="utf-8")

    def text_with(written: list[str]) -> str:
        data = HTML(string=_filled(marked, written)).write_pdf()
        return read_report(f"{path.stem}.pdf", data)

    return Document(path.name, _marks(marked), text_with)


def _marks(marked: str) -> tuple[Figure, ...]:
    return tuple(
        Figure(
            match.group(3) or match.group(5),
            Kind.PROSE if match.group("prose") else Kind.TABLE,
            bool(match.group("a") or match.group("b")),
        )
        for match in _MARK.finditer(marked)
    )


def _filled(marked: str, written: list[str]) -> str:
    values = iter(written)
    return _MARK.sub(lambda _: next(values), marked)


def _word(path: Path) -> Document:
    data = path.read_bytes()
    colours = {WD_COLOR_INDEX.YELLOW: False, WD_COLOR_INDEX.BRIGHT_GREEN: True}

    def runs(document: docx.document.Document) -> Iterator[tuple[docx.text.run.Run, Kind]]:
        for paragraph in document.element.body.iter(docx.oxml.ns.qn("w:p")):
            in_table = any(True for _ in paragraph.iterancestors(docx.oxml.ns.qn("w:tc")))
            for run in docx.text.paragraph.Paragraph(paragraph, document).runs:
                if run.font.highlight_color in colours:
                    yield run, Kind.TABLE if in_table else Kind.PROSE

    def text_with(written: list[str]) -> str:
        document = docx.Document(io.BytesIO(data))
        for (run, _), value in zip(runs(document), written, strict=True):
            run.text = value
        out = io.BytesIO()
        document.save(out)
        return read_report(path.name, out.getvalue())

    figures = tuple(
        Figure(run.text, kind, colours[run.font.highlight_color])
        for run, kind in runs(docx.Document(io.BytesIO(data)))
    )
    return Document(path.name, figures, text_with)


def _workbook(path: Path) -> Document:
    data = path.read_bytes()

    def cells(book: openpyxl.Workbook) -> Iterator[tuple[openpyxl.cell.Cell, bool]]:
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    is_coarse = _CELL_FILLS.get(str(cell.fill.fgColor.rgb))
                    if cell.fill.fill_type == "solid" and is_coarse is not None:
                        yield cell, is_coarse

    def text_with(written: list[str]) -> str:
        book = openpyxl.load_workbook(io.BytesIO(data))
        for (cell, _), value in zip(cells(book), written, strict=True):
            is_number = isinstance(cell.value, int | float)
            cell.value = float(value) if is_number and "." in value else value
            if is_number and "." not in value:
                cell.value = int(value)
        out = io.BytesIO()
        book.save(out)
        return read_report(path.name, out.getvalue())

    def written_as(cell: openpyxl.cell.Cell) -> str:
        # A workbook keeps 60.00 as 60; its format says how many decimals a reader sees.
        decimals = len(cell.number_format.partition(".")[2])
        is_number = isinstance(cell.value, int | float)
        return f"{cell.value:.{decimals}f}" if is_number else str(cell.value)

    figures = tuple(
        Figure(written_as(cell), Kind.TABLE, is_coarse)
        for cell, is_coarse in cells(openpyxl.load_workbook(io.BytesIO(data)))
    )
    return Document(path.name, figures, text_with)


def _unmarked(path: Path) -> Document:
    """Return a document with every figure of its text, as the checker reads it."""
    try:
        text = read_report(path.name, path.read_bytes())
    except ReportUnreadable as refused:
        reason = refused.reason

        def text_with(_: list[str]) -> str:
            raise ReportUnreadable(reason)

        return Document(path.name, (), text_with)
    places = sorted(
        {
            match.span(1)
            for pattern in (_UNMARKED, _UNMARKED_CELL)
            for match in pattern.finditer(text)
        }
    )

    def text_of(written: list[str]) -> str:
        parts, last = [], 0
        for (start, end), value in zip(places, written, strict=True):
            parts += [text[last:start], value]
            last = end
        return "".join([*parts, text[last:]])

    figures = []
    for start, end in places:
        stop = text.find("\n", end)
        line = text[text.rfind("\n", 0, start) + 1 : stop if stop >= 0 else len(text)]
        figures.append(
            Figure(text[start:end], Kind.TABLE if "\t" in line else Kind.PROSE, is_coarse=False)
        )
    return Document(path.name, tuple(figures), text_of)
