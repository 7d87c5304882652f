"""Hold Word and Excel, as LibreOffice reads them, against the PDF and the Result: ``python -m benchmarks.office_text``.

Not part of the test suite: LibreOffice takes 300 MB (Debian: ``libreoffice-writer-nogui libreoffice-calc-nogui``).
Word: every heading, paragraph and table cell, as LibreOffice reads them, is what the PDF prints, in the same order; the
PDF's pages are held against that as a verified PDF's are.
Excel: every cell as LibreOffice computes it, without the values that stand beside the formulas, is what we wrote there.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perfeval.settings")
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
django.setup()

import openpyxl  # noqa: E402

from perfeval.documents.building import build  # noqa: E402
from perfeval.documents.document import BodyTable, Heading, Paragraph, ReportDocument  # noqa: E402
from perfeval.documents.printed import printed  # noqa: E402
from perfeval.office.word.writing import as_word  # noqa: E402
from perfeval.office.workbook.writing import as_workbook  # noqa: E402
from perfeval.reading.limited.pdf_report import contents_of  # noqa: E402
from perfeval.scoring.engine import score  # noqa: E402
from perfeval.scoring.scheme.tree import Scheme  # noqa: E402
from perfeval.snapshots.snapshot import Snapshot  # noqa: E402
from perfeval.typesetting import pdf  # noqa: E402
from perfeval.verification.pages import compare as page_differences  # noqa: E402
from tests.scoring.building import SCHEMES, library  # noqa: E402
from tests.typesetting.documents import AT, demo_snapshot  # noqa: E402
from tests.typesetting.measuring import squeezed  # noqa: E402

CASES = ("zengcheng_2022", "guangzhou_2021")
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"


def converted(data: bytes, suffix: str, target: str) -> bytes:
    """Return a file as LibreOffice saves it in the format ``target``."""
    program = shutil.which("soffice")
    if program is None:
        sys.exit(
            "LibreOffice is not here: apt-get install libreoffice-writer-nogui libreoffice-calc-nogui"
        )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"source{suffix}"
        source.write_bytes(data)
        subprocess.run(
            [
                program,
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                target,
                "--outdir",
                f"{folder}/out",
                str(source),
            ],
            check=True,
            capture_output=True,
            timeout=300,
        )
        return (Path(folder) / "out" / f"source.{target}").read_bytes()


def wanted_texts(document: ReportDocument) -> Iterator[str]:
    """Yield every text of the document in reading order, without white space; a merged label once."""
    yield document.annex_mark
    yield document.title
    for block in document.blocks:
        match block:
            case Heading():
                yield block.number + block.text
            case Paragraph():
                yield block.text
            case BodyTable():
                yield block.caption + block.unit
                yield from (column.heading for column in block.columns)
                first_total = len(block.rows) - block.total_rows
                for index, row in enumerate(block.rows):
                    yield from _own_cells(block, index, row, is_total=index >= first_total)
    sheet = document.score_sheet
    yield sheet.mark
    yield sheet.title
    yield from (column.heading for column in sheet.columns)
    above: tuple[str, ...] = ()
    for leaf in sheet.rows:
        path = tuple(name for name in (leaf.primary, leaf.secondary, leaf.tertiary) if name)
        for depth, name in enumerate(path, start=1):
            if depth == len(path) or path[:depth] != above[:depth]:
                yield name
        above = path
        yield from (leaf.standard, leaf.weight, leaf.points, leaf.reason)
    yield from (sheet.total_label, sheet.total_weight, sheet.total_points)
    if sheet.grade:
        yield from (sheet.grade_label, sheet.grade)


def _own_cells(
    table: BodyTable, index: int, row: tuple[str, ...], *, is_total: bool
) -> Iterator[str]:
    for column, text in enumerate(row):
        is_merged = column < table.merged_columns
        if is_total and column and column <= table.merged_columns and row[column - 1] == text:
            continue
        prefix = row[: column + 1]
        if is_merged and not is_total and index and table.rows[index - 1][: column + 1] == prefix:
            continue
        yield text


def libreoffice_texts(flat: bytes) -> Iterator[str]:
    """Yield every heading, paragraph and cell of a flat OpenDocument text, frames left out."""

    def walk(node: ET.Element) -> Iterator[str]:
        if node.tag in (f"{_TEXT}p", f"{_TEXT}h"):
            yield squeezed("".join(_own_text(node)))
            return
        for child in node:
            if child.tag != f"{_DRAW}frame":
                yield from walk(child)

    text = ET.fromstring(flat).find(f"{_OFFICE}body/{_OFFICE}text")  # noqa: S314  our own file
    yield from (found for found in walk(text) if found)


def _own_text(node: ET.Element) -> Iterator[str]:
    yield node.text or ""
    for child in node:
        if child.tag != f"{_DRAW}frame":
            yield from _own_text(child)
        yield child.tail or ""


def without_values(data: bytes) -> bytes:
    """Return an .xlsx with its formulas and without what they come to."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            part = source.read(name)
            if name.startswith("xl/worksheets/"):
                part = re.sub(rb"</f><v>[^<]*</v>", b"</f>", part)
            archive.writestr(name, part)
    return target.getvalue()


def library_snapshot(code: str) -> tuple[Snapshot, Scheme]:
    """Return the figures worked by hand on a scheme of the library, as a report without prose."""
    scheme, figures = library(code)
    first, _ = demo_snapshot(CASES[0])
    snapshot = replace(
        first,
        scheme_code=scheme.code,
        scheme_version=scheme.version,
        year=scheme.year,
        figures=figures,
        narratives={},
        result=score(scheme, figures),
    )
    return snapshot, scheme


def compare_workbook(code: str) -> bool:
    """Return whether LibreOffice computes every cell of a report as we do; print the counts."""
    snapshot, scheme = demo_snapshot(code) if code in CASES else library_snapshot(code)
    data = as_workbook(snapshot, scheme, build(snapshot, scheme), created_at=AT)
    ours = openpyxl.load_workbook(BytesIO(data), data_only=True)
    formulas = openpyxl.load_workbook(BytesIO(data))
    computed = converted(without_values(data), ".xlsx", "xlsx")
    theirs = openpyxl.load_workbook(BytesIO(computed), data_only=True)
    cells = live = wrong = 0
    for sheet in ours:
        for cell in (cell for row in sheet.rows for cell in row):
            value, found = cell.value, theirs[sheet.title][cell.coordinate].value
            if value in ("", None) and found in ("", None):
                continue
            cells += 1
            live += formulas[sheet.title][cell.coordinate].data_type == "f"
            # Excel computes with 15 digits; every printed figure has fewer.
            are_texts = isinstance(value, str) or isinstance(found, str)
            if value != found if are_texts else abs(value - found) > abs(value) / 10**12:
                wrong += 1
                say(f"  {sheet.title} {cell.coordinate}: ours {value!r}, LibreOffice {found!r}")
    say(f"{code}: {cells} cells, {live} of them formulas, {wrong} differ")
    return not wrong


def say(line: str) -> None:
    """Print one line of the report."""
    sys.stdout.write(line + "\n")


def compare(code: str) -> bool:
    """Return whether Word, LibreOffice and PDF of a demonstration report have the same words; print the counts."""
    document = build(*demo_snapshot(code))
    wanted = [text for text in map(squeezed, wanted_texts(document)) if text]
    word = list(libreoffice_texts(converted(as_word(document, created_at=AT), ".docx", "fodt")))
    is_same = word == wanted
    for ours, theirs in zip(wanted, word, strict=False):
        if ours != theirs:
            say(f"  first difference: ours {ours[:60]!r}, LibreOffice {theirs[:60]!r}")
            break
    pieces = list(printed(document))
    is_all = [piece.text for piece in pieces if piece.text] == wanted
    pages = contents_of(pdf.render(document, created_at=AT).data).pages
    differences = page_differences(pages, pieces)
    for one in differences[:3]:
        say(f"  on the PDF's pages: {one}")
    say(
        f"{code}: {len(wanted)} texts, {sum(map(len, wanted))} characters; LibreOffice has {len(word)}, "
        f"{'all equal' if is_same else 'NOT EQUAL'}; printed in the PDF {'the same' if is_all else 'OTHERS'}, "
        f"{len(differences)} differences on its pages"
    )
    return is_same and is_all and not differences


if __name__ == "__main__":
    every = sorted(file.stem for file in SCHEMES.glob("*.toml"))
    outcomes = [*map(compare, CASES), *map(compare_workbook, every)]
    sys.exit(0 if all(outcomes) else 1)
