"""Which files are taken as evidence, and whether a file really is what its name says."""

import zipfile
from collections.abc import Callable
from typing import BinaryIO

import filetype
import openpyxl
from docx import Document
from PIL import Image
from pypdf import PdfReader

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


#: Ending of the name -> (what the first bytes must say, how it is opened to be sure).
KINDS: dict[str, tuple[frozenset[str], Callable[[BinaryIO], bool]]] = {
    "pdf": (frozenset({"pdf"}), _opens_as_pdf),
    "png": (frozenset({"png"}), _opens_as_picture),
    "jpg": (frozenset({"jpg"}), _opens_as_picture),
    "jpeg": (frozenset({"jpg"}), _opens_as_picture),
    "docx": (frozenset({"docx", "zip"}), _opens_as_word),
    "xlsx": (frozenset({"xlsx", "zip"}), _opens_as_excel),
    "zip": (frozenset({"zip"}), _opens_as_zip),
}


def kind_of(file_name: str, file: BinaryIO) -> str:
    """Return the kind of a file whose name, first bytes and inside agree, else an empty string.

    Whatever a library raises on a broken file means that it is not what its name says.
    """
    ending = file_name.rpartition(".")[2].lower()
    if ending not in KINDS:
        return ""
    extensions, opens = KINDS[ending]
    file.seek(0)
    guess = filetype.guess(file.read(8192))
    file.seek(0)
    if guess is None or guess.extension not in extensions:
        return ""
    try:
        is_sound = opens(file)
    except Exception:  # noqa: BLE001 - any failure to open it is the answer, whichever library says it
        is_sound = False
    file.seek(0)
    return ending if is_sound else ""
