"""Which of the licensed fonts that an installation owns can be used, and what is wrong with the others.

A font that cannot be used must not be seen by Pango at all: it would be taken by its name, and the file would print
blank in some readers, break its claim to PDF/A or the font's licence. What stands in for it is our own pack.
"""

import logging
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc"})
#: Bits of OS/2 fsType: may not be embedded at all, not in part, only as pictures.
_RESTRICTED, _PRINT_OR_EDIT, _WHOLE_ONLY, _PICTURES_ONLY = 0x0002, 0x000C, 0x0100, 0x0200
_FAMILY_NAMES = (1, 16)
#: Glyphs that are drawn to see whether the outlines can be read.
_SAMPLES = 200
#: Of so many characters one may be a blank; then the glyph guard names it.
_FEW = 100

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LicensedFont:
    """A font file: the families in it, folded to one case, what they draw, and why it is not used ("" when it is).

    ``blank``: characters that it claims to have and draws as nothing.
    """

    path: Path
    families: Mapping[str, frozenset[int]]
    blank: frozenset[int] = frozenset()
    problem: str = ""


def licensed_fonts(directory: Path | None) -> tuple[LicensedFont, ...]:
    """Return the font files in a folder and below, in the order of their names; none without a folder."""
    if directory is None or not directory.is_dir():
        return ()
    return tuple(_fonts(directory))


def _fonts(directory: Path) -> Iterator[LicensedFont]:
    for path in sorted(directory.rglob("*")):
        if path.suffix.lower() in SUFFIXES and path.is_file():
            stat = path.stat()
            yield _font(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=64)
def _font(path: Path, _mtime_ns: int, _size: int) -> LicensedFont:
    """Read a font file, once for each process and version of the file."""
    from fontTools.ttLib import TTCollection, TTFont  # noqa: PLC0415  only who owns such fonts needs it

    families: dict[str, frozenset[int]] = {}
    blank: set[int] = set()
    problem = ""
    try:
        if path.read_bytes()[:4] == b"ttcf":
            faces = list(TTCollection(path, lazy=True).fonts)
        else:
            faces = [TTFont(path, lazy=True)]
        for face in faces:
            problem = problem or _problem(face)
            if not problem:
                drawn, empty = _characters(face)
                if len(empty) > len(drawn) // _FEW:
                    problem = f"it is damaged: it draws nothing for {len(empty)} of its characters"
                blank |= empty
                families |= dict.fromkeys(_families(face), drawn)
    except Exception as error:  # noqa: BLE001  a broken font breaks the library in many ways
        problem = f"it is damaged or no font ({type(error).__name__})"
    if problem:
        logger.warning("the licensed font %s is not used: %s", path.name, problem)
        return LicensedFont(path, {}, problem=problem)
    return LicensedFont(path, families, frozenset(blank))


def _problem(face: Any) -> str:
    """Return why a font must not be embedded, "" when it may. Raises: whatever a broken font raises."""
    if "glyf" not in face:
        return "it has PostScript outlines, which some readers print blank; convert it to TrueType"
    allowed = face["OS/2"].fsType if "OS/2" in face else 0
    if (allowed & _RESTRICTED and not allowed & _PRINT_OR_EDIT) or allowed & _PICTURES_ONLY:
        return "its licence (OS/2 fsType) forbids embedding it"
    if allowed & _WHOLE_ONLY:
        return "its licence (OS/2 fsType) forbids embedding a part of it, and the whole would be too large"
    for table in ("head", "hhea", "hmtx", "maxp", "name", "loca", "cmap"):
        face[table]
    glyphs = face.getGlyphOrder()
    for name in glyphs[:: max(1, len(glyphs) // _SAMPLES)]:
        face["glyf"][name].expand(face["glyf"])
    return ""


def _characters(face: Any) -> tuple[frozenset[int], frozenset[int]]:
    """Return the characters that a font draws, and those that it has as nothing although they are something."""
    places, outlines = face["loca"].locations, face.reader["glyf"]
    order = face.getReverseGlyphMap()
    drawn, blank = set(), set()
    for point, glyph in face.getBestCmap().items():
        start, end = places[order[glyph]], places[order[glyph] + 1]
        # An outline begins with the number of its contours.
        is_drawn = start < end and outlines[start : start + 2] != b"\0\0"
        if is_drawn or unicodedata.category(chr(point))[0] in "ZC":
            drawn.add(point)
        else:
            blank.add(point)
    return frozenset(drawn), frozenset(blank)


def _families(face: Any) -> set[str]:
    """Return the names of a font's family, in every language and folded to one case."""
    return {
        name.toUnicode(errors="replace").casefold()
        for name in face["name"].names
        if name.nameID in _FAMILY_NAMES
    }
