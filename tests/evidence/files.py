"""Small real files of every kind that is taken, made on the spot."""

import zipfile
import zlib
from io import BytesIO
from struct import pack

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from PIL import Image
from pypdf import PdfWriter


def pdf() -> bytes:
    """Return a PDF of one empty page."""
    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(100, 100)
    writer.write(out)
    return out.getvalue()


def picture(kind: str) -> bytes:
    """Return a small PNG or JPEG."""
    out = BytesIO()
    Image.new("RGB", (4, 3), "red").save(out, kind)
    return out.getvalue()


def docx() -> bytes:
    """Return a Word file of one paragraph."""
    document, out = Document(), BytesIO()
    document.add_paragraph("佐证材料")
    document.save(out)
    return out.getvalue()


def xlsx() -> bytes:
    """Return an Excel file of one cell."""
    book, out = openpyxl.Workbook(), BytesIO()
    book.active["A1"] = "佐证材料"
    book.save(out)
    book.close()
    return out.getvalue()


def packed(members: dict[str, bytes]) -> bytes:
    """Return a ZIP file of ``members``."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def repacked(data: bytes, member: str, content: bytes) -> bytes:
    """Return the Word or Excel file ``data`` with ``content`` in place of one member."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return packed(members | {member: content})


def wide_png(width: int, height: int) -> bytes:
    """Return a tiny PNG that claims ``width`` × ``height`` pixels of one bit."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))

    head = pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\x00"))
        + chunk(b"IEND", b"")
    )


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    """Return ``data`` as a browser sends it."""
    return SimpleUploadedFile(name, data)
