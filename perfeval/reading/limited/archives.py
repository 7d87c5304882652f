"""A ZIP of files: what is in it, and one file out of it."""

import io
import zipfile

from perfeval.reading.contents import ArchiveEntry
from perfeval.reading.refusals import ArchiveUnreadable, ReportUnreadable

#: The head that a packed file has in front of it: its own length, and where the lengths of name and extras stand in it.
_HEAD, _NAME, _EXTRAS = 30, slice(26, 28), slice(28, 30)
_ENCRYPTED, _UTF8 = 0x1, 0x800


def entries(data: bytes) -> tuple[ArchiveEntry, ...]:
    """Return the files of a ZIP. Raises: ArchiveUnreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return tuple(
                _entry(data, member) for member in archive.infolist() if not member.is_dir()
            )
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ArchiveUnreadable("broken") from error


def _entry(data: bytes, member: zipfile.ZipInfo) -> ArchiveEntry:
    head = data[member.header_offset : member.header_offset + _HEAD]
    lengths = (int.from_bytes(head[part], "little") for part in (_NAME, _EXTRAS))
    start = member.header_offset + _HEAD + sum(lengths)
    return ArchiveEntry(
        name=_name(member),
        size=member.file_size,
        start=start,
        end=start + member.compress_size,
        method=member.compress_type,
        checksum=member.CRC,
        is_encrypted=bool(member.flag_bits & _ENCRYPTED),
    )


def _name(member: zipfile.ZipInfo) -> str:
    """Return an entry's name; Windows writes Chinese names in GBK without saying so."""
    if member.flag_bits & _UTF8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return member.filename


def unpacked(entry: ArchiveEntry, packed: bytes) -> bytes:
    """Return a file of a ZIP. Raises: ReportUnreadable where it is damaged."""
    member = zipfile.ZipInfo(entry.name)
    member.compress_type, member.CRC = entry.method, entry.checksum
    member.compress_size, member.file_size = len(packed), entry.size
    try:
        with zipfile.ZipExtFile(io.BytesIO(packed), "r", member) as file:
            data = file.read()
    except Exception as error:  # each way of packing breaks in its own way
        raise ReportUnreadable("broken") from error
    if len(data) != entry.size:
        raise ReportUnreadable("broken")
    return data
