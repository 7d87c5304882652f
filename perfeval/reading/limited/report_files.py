"""A report file's text: PDF, OFD, Word, Excel or plain text in, one text in reading order out.

Cells of tables come out apart by tabs, rows as lines, pages apart by form feeds. What cannot be
read is refused with the reason: a scan, a password, a broken file, an old kind of file, not a report.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import docx

from perfeval.checking.findings import Findings
from perfeval.checking.services import LONGEST_TEXT, check_text
from perfeval.reading.limited.ofd import ofd_text
from perfeval.reading.limited.pdf_text import pdf_text
from perfeval.reading.limited.spreadsheets import old_workbook_text, workbook_text
from perfeval.reading.refusals import ReportUnreadable
from perfeval.scoring.scheme.tree import Scheme

#: What a report speaks of; a text without any of these is none.
_REPORT_WORDS = re.compile(r"绩效|自评|预算|支出|得分|资金")
_UNPACKED_LIMIT = 200 * 1024 * 1024
_COMPOUND = b"\xd0\xcf\x11\xe0"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read_report(name: str, data: bytes) -> str:
    """Return the text of a report file by its first bytes, not by its name.

    Raises: ReportUnreadable.
    """
    if data.startswith(b"%PDF") or b"%PDF-" in data[:1024]:
        text = _pdf(data)
    elif data.startswith(b"PK"):
        text = _packed(data)
    elif data.startswith(_COMPOUND):
        text = _compound(data)
    elif data.startswith(_PICTURES):
        raise ReportUnreadable("scan")
    elif data.startswith((b"Rar!", b"7z\xbc\xaf")):
        raise ReportUnreadable("kind")
    elif re.search(r"\.(?:pdf|docx|xlsx|xls|ofd|doc|wps|et)$", name, re.IGNORECASE):
        raise ReportUnreadable("broken")
    else:
        text = _plain(data)
    if not text.strip():
        raise ReportUnreadable("empty")
    if len(text) > LONGEST_TEXT:
        raise ReportUnreadable("too-large")
    if not _REPORT_WORDS.search(re.sub(r"\s", "", text)):
        raise ReportUnreadable("not-a-report")
    return text


def checked(name: str, data: bytes, scheme: Scheme | None) -> tuple[str, Findings]:
    """Return the text of a report file and what does not hold in it. Raises: ReportUnreadable."""
    text = read_report(name, data)
    return text, check_text(text, scheme)


def _plain(data: bytes) -> str:
    """Return a text file's text: UTF-8, UTF-16 with its mark, or GB 18030."""
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ReportUnreadable("kind")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ReportUnreadable("kind")


def _pdf(data: bytes) -> str:
    """Return a PDF's text, pages apart by form feeds."""
    text = pdf_text(data)
    if len(re.findall(r"[\u4e00-\u9fff]", text)) < 10 and not re.search(r"[A-Za-z]{40}", text):
        raise ReportUnreadable("scan")
    return text


def _packed(data: bytes) -> str:
    """Return the text of a file that is packed: Word, Excel or OFD, by what is inside."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ReportUnreadable("broken") from error
    if sum(sizes.values()) > _UNPACKED_LIMIT:
        raise ReportUnreadable("too-large")
    if "word/document.xml" in sizes:
        return _word(data)
    if "xl/workbook.xml" in sizes:
        return workbook_text(data)
    if "OFD.xml" in sizes:
        return ofd_text(data)
    raise ReportUnreadable("kind")


def _compound(data: bytes) -> str:
    """Return the text of an old Excel file; its kin are refused by their streams' names."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise ReportUnreadable("encrypted")
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book\0")):
        return old_workbook_text(data)
    raise ReportUnreadable("old-format")


def _word(data: bytes) -> str:
    """Return a Word file's paragraphs and tables in their order."""
    try:
        body = docx.Document(io.BytesIO(data)).element.body
    except Exception as error:  # the XML parser and python-docx have many ways to refuse a file
        raise ReportUnreadable("broken") from error
    return "\n".join(_blocks(body))


def _blocks(parent: Any) -> Iterator[str]:
    """Yield each paragraph and each row of the tables below ``parent``."""
    for child in parent.iterchildren():
        if child.tag == f"{_W}p":
            yield _paragraph(child)
        elif child.tag == f"{_W}tbl":
            yield ""
            for row in child.iter(f"{_W}tr"):
                yield _row(row)
            yield ""
        elif child.tag == f"{_W}sdt":
            for content in child.iterchildren(f"{_W}sdtContent"):
                yield from _blocks(content)


def _row(row: Any) -> str:
    """Return a row with its cells apart by tabs; a spanned cell leaves empty ones behind."""
    cells: list[str] = []
    for cell in row.iterchildren(f"{_W}tc"):
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        merge = cell.find(f"{_W}tcPr/{_W}vMerge")
        is_continued = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
        parts = [_paragraph(paragraph) for paragraph in cell.iter(f"{_W}p")]
        cells.append("" if is_continued else "".join(part.strip() for part in parts))
        width = span.get(f"{_W}val", "1") if span is not None else "1"
        cells += [""] * (min(int(width), 60) - 1 if width.isdigit() else 0)
    return "\t".join(cell.replace("\t", " ").replace("\n", "") for cell in cells) or "\t"


def _paragraph(paragraph: Any) -> str:
    """Return a paragraph's text; drawings' second copies for old readers are left out."""
    parts: list[str] = []
    for node in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br"):
        if any(ancestor.tag == _FALLBACK for ancestor in node.iterancestors()):
            continue
        if node.tag == f"{_W}t":
            parts.append(node.text or "")
        elif node.tag == f"{_W}br":
            parts.append("\n")
        elif parts:
            parts.append(" ")
    return "".join(parts)
