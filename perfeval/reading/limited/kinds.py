"""Whether a file really is what its name says."""

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import BinaryIO

import filetype
import openpyxl
from docx import Document
from PIL import Image
from pypdf import PdfReader

from perfeval.reading.bounds import EVIDENCE_KINDS

#: Pixels above which a picture is refused: a small file can unpack to gigabytes.
MOST_PIXELS = 100_000_000
#: Bytes above which the inside of a Word or Excel file is not even looked at, for the same reason.
MOST_UNPACKED_BYTES = 100 * 1024 * 1024


def _opens_as_pdf(file: BinaryIO) -> bool:
    return len(PdfReader(file).pages) > 0


def _opens_as_picture(file: BinaryIO) -> bool:
    with Image.open(file) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            return False
        picture.verify()
    return True


def _unpacks_small(file: BinaryIO) -> bool:
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    return unpacked <= MOST_UNPACKED_BYTES


def _opens_as_word(file: BinaryIO) -> bool:
    return _unpacks_small(file) and Document(file) is not None


def _opens_as_excel(file: BinaryIO) -> bool:
    return _unpacks_small(file) and bool(openpyxl.load_workbook(file, read_only=True).sheetnames)


def _opens_as_zip(file: BinaryIO) -> bool:
    with zipfile.ZipFile(file) as archive:
        return bool(archive.infolist())


_OPENS: Mapping[str, Callable[[BinaryIO], bool]] = {
    "pdf": _opens_as_pdf,
    "png": _opens_as_picture,
    "jpg": _opens_as_picture,
    "jpeg": _opens_as_picture,
    "docx": _opens_as_word,
    "xlsx": _opens_as_excel,
    "zip": _opens_as_zip,
}


def kind_of(file_name: str, data: bytes) -> str:
    """Return the kind of a file whose name, first bytes and inside agree, else an empty string.

    Whatever a library raises on a broken file means that it is not what its name says.
    """
    ending = file_name.rpartition(".")[2].lower()
    guess = filetype.guess(data[:8192])
    if guess is None or guess.extension not in EVIDENCE_KINDS.get(ending, ()):
        return ""
    try:
        return ending if _OPENS[ending](io.BytesIO(data)) else ""
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - any failure to open it is the answer, whichever library says it
        return ""
