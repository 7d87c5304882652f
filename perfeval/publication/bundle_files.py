"""The ZIP of a bundle on the disk: written report by report, and taken up again where it was broken off.

Every entry is stored as it is, so where each begins and ends follows from the names and sizes. What an earlier attempt
wrote is read and held against the fingerprints of the reports; the first that does not fit, and all after it, are
written anew. One report is in memory at a time.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from perfeval.publication.bundles import BundleItem

#: ZIP knows no year before this; the entries' own dates say nothing that the index does not.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_HEADER, _PIECE = 30, 1 << 20
#: What ``ZipFile.writestr`` gives a file.
_RIGHTS = 0o600 << 16


@contextmanager
def opened(path: Path, items: Sequence[BundleItem]) -> Iterator[tuple[zipfile.ZipFile, int]]:
    """Open the ZIP to be written on and tell how many of ``items`` are in it; it is complete when the block ends.

    A block that raises leaves the reports it has written, to be taken up again.
    Raises: OSError.
    """
    path.touch()
    with path.open("r+b") as file:
        entries, end = _written(file, items)
        file.seek(end)
        file.truncate()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for entry in entries:
                archive.filelist.append(entry)
                archive.NameToInfo[entry.filename] = entry
            yield archive, len(entries)


def add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Write one entry."""
    archive.writestr(zipfile.ZipInfo(name, _ZIP_DATE), data)


def _written(file: BinaryIO, items: Sequence[BundleItem]) -> tuple[list[zipfile.ZipInfo], int]:
    """Return the entries that are complete and right, and where they end."""
    size = file.seek(0, 2)
    entries: list[zipfile.ZipInfo] = []
    begin = 0
    for item in items:
        data_at = begin + _HEADER + len(item.file_name.encode())
        end = data_at + item.size
        # The header of an entry is final only when something stands behind it.
        if end >= size:
            break
        file.seek(data_at)
        sha256, crc = _sums(file, item.size)
        if sha256 != item.sha256:
            break
        entry = zipfile.ZipInfo(item.file_name, _ZIP_DATE)
        entry.header_offset, entry.external_attr, entry.CRC = begin, _RIGHTS, crc
        entry.file_size = entry.compress_size = item.size
        entries.append(entry)
        begin = end
    return entries, begin


def _sums(file: BinaryIO, size: int) -> tuple[str, int]:
    """Return the sha256 and the CRC of the next ``size`` bytes."""
    sha256, crc = hashlib.sha256(), 0
    while size and (piece := file.read(min(size, _PIECE))):
        sha256.update(piece)
        crc = zlib.crc32(piece, crc)
        size -= len(piece)
    return sha256.hexdigest(), crc
