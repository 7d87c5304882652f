"""Decide which fonts a report is set in, and make Pango see these and no others.

The official layout (GB/T 9704) names fonts that may not be given away with a program: 方正小标宋 for the title, 仿宋
for the body, 楷体 and 黑体 for the headings. Where an installation owns them, it puts them into one folder and they
come first; everywhere else the free fonts of our own pack (built by `perfeval.fonts.pack`) stand in, and a
second pack font of the same style holds the rare name characters the first does not have.

No Django is imported here, so that the module serves the command line, the settings and the renderer alike;
directories are handed in, with `PERFEVAL_FONT_DIR` and `PERFEVAL_LICENSED_FONT_DIR` as defaults.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from perfeval.fonts.failures import RenderFailed
from perfeval.fonts.licensed import LicensedFont, licensed_fonts

BASE_DIR = Path(__file__).resolve().parent.parent.parent
MANIFEST_NAME = "manifest.json"
PACK_FORMAT = 2
BUILD_COMMAND = ".venv/bin/python -m perfeval.fonts.pack --out"


class TypefaceRole(StrEnum):
    """A place in the layout that has its own typeface."""

    FANGSONG = "fangsong"
    """Body text, 仿宋."""
    KAI = "kai"
    """Second-level headings, 楷体."""
    HEI = "hei"
    """First-level headings, 黑体."""
    SONG = "song"
    """Page numbers and tables, 宋体."""
    XIAOBIAOSONG = "xiaobiaosong"
    """The title, 小标宋."""


LICENSED_FAMILIES: Mapping[TypefaceRole, tuple[str, ...]] = {
    TypefaceRole.FANGSONG: ("仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong"),
    TypefaceRole.KAI: ("楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi"),
    TypefaceRole.HEI: ("黑体", "SimHei"),
    TypefaceRole.SONG: ("宋体", "SimSun"),
    TypefaceRole.XIAOBIAOSONG: (
        "方正小标宋简体",
        "方正小标宋_GBK",
        "FZXiaoBiaoSong-B05S",
        "FZXiaoBiaoSong-B05",
        "FZXiaoBiaoSJW",
        "小标宋",
    ),
}
"""Names under which the official fonts are sold, the wanted one first. A name that is absent costs nothing."""

RARE_FAMILY = "Perfeval Rare"
"""The widest pack font and the end of every chain: the general standard list, GBK and symbols."""

PACK_FAMILIES: Mapping[TypefaceRole, tuple[str, ...]] = {
    TypefaceRole.FANGSONG: ("Perfeval Fangsong", RARE_FAMILY),
    TypefaceRole.KAI: ("Perfeval Kai", "Perfeval Rare Kai", RARE_FAMILY),
    TypefaceRole.HEI: ("Perfeval Hei", "Perfeval Rare Hei", RARE_FAMILY),
    TypefaceRole.SONG: ("Perfeval Song", "Perfeval Rare Song", RARE_FAMILY),
    TypefaceRole.XIAOBIAOSONG: ("Perfeval Xiaobiaosong", RARE_FAMILY),
}
"""Our own fonts of each role: the everyday one, then the ones that fill its gaps, nearest style first."""


class FontPackMissing(RenderFailed):
    """The font pack is absent, incomplete or damaged; the message says which and how to build it."""


@dataclass(frozen=True)
class ChosenFont:
    """The font that a role is really set in, for the record of a publication."""

    role: TypefaceRole
    family: str
    source: str
    """`licensed` or `pack`."""
    file: str
    sha256: str


@dataclass(frozen=True)
class FontSetup:
    """What `activate` arranged."""

    config_file: Path
    font_dir: Path
    licensed_dir: Path | None
    pack_version: str
    """The first 16 hexadecimal digits of the SHA-256 of the pack's manifest."""
    chosen: tuple[ChosenFont, ...]

    def as_record(self) -> dict[str, object]:
        """Return the choice as plain values, to be kept with a published file."""
        return {
            "pack": self.pack_version,
            "fonts": {
                font.role.value: {
                    "family": font.family,
                    "source": font.source,
                    "file": font.file,
                    "sha256": font.sha256,
                }
                for font in self.chosen
            },
        }


# --- Font chains --------------------------------------------------------------------------------------------------


def families(role: TypefaceRole | str) -> tuple[str, ...]:
    """Return every family name of a role, the wanted one first."""
    role = TypefaceRole(role)
    return LICENSED_FAMILIES[role] + PACK_FAMILIES[role]


def css_family(role: TypefaceRole | str) -> str:
    """Return the value of `font-family` for a role."""
    return ", ".join(f'"{name}"' for name in families(role))


def css_variables() -> str:
    """Return a `:root` rule with one variable a role, `--font-fangsong` and so on."""
    lines = [f"  --font-{role.value}: {css_family(role)};" for role in TypefaceRole]
    return "\n".join([":root {", *lines, "}", ""])


# --- Directories --------------------------------------------------------------------------------------------------


def default_font_dir() -> Path:
    """Return `PERFEVAL_FONT_DIR`, or `var/fonts` beside the program."""
    return Path(os.environ.get("PERFEVAL_FONT_DIR") or BASE_DIR / "var" / "fonts").absolute()


def default_licensed_dir() -> Path | None:
    """Return `PERFEVAL_LICENSED_FONT_DIR`, or None where no licensed fonts are installed."""
    value = os.environ.get("PERFEVAL_LICENSED_FONT_DIR")
    return Path(value).absolute() if value else None


def default_cache_dir() -> Path:
    """Return a folder that can be written: `PERFEVAL_FONT_CACHE_DIR`, else `var/cache/fonts`, else a temporary one."""
    value = os.environ.get("PERFEVAL_FONT_CACHE_DIR")
    if value:
        return Path(value).absolute()
    wanted = BASE_DIR / "var" / "cache" / "fonts"
    try:
        wanted.mkdir(parents=True, exist_ok=True)
    except OSError:
        pass
    else:
        if os.access(wanted, os.W_OK):
            return wanted
    # One folder per user: another user's cache can neither be written nor trusted.
    return Path(tempfile.gettempdir()) / f"perfeval-fonts-{os.getuid()}"


# --- The pack -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PackFont:
    """One font file of the pack."""

    family: str
    file: str
    size_bytes: int
    sha256: str
    code_points: frozenset[int]


@dataclass(frozen=True)
class FontPack:
    """A complete pack, as its manifest describes it."""

    directory: Path
    version: str
    fonts: Mapping[str, PackFont]


def require_pack(font_dir: Path | None = None, *, verify: bool = False) -> FontPack:
    """Return the pack in a folder, having seen that it is complete.

    Sizes are compared every time; `verify` also compares the checksums (50 MB to read).

    Raises:
        FontPackMissing: the pack is absent, incomplete or damaged.
    """
    directory = (font_dir or default_font_dir()).absolute()
    manifest = directory / MANIFEST_NAME
    try:
        stat = manifest.stat()
        pack = _read_pack(directory, stat.st_mtime_ns, stat.st_size)
    except FileNotFoundError:
        raise _missing(directory, "there is no font pack") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _missing(
            directory, f"the list of fonts, {MANIFEST_NAME}, cannot be read ({error})"
        ) from error
    wanted = {family for chain in PACK_FAMILIES.values() for family in chain}
    if absent := sorted(wanted - pack.fonts.keys()):
        raise _missing(
            directory, f"the font pack is of an older kind and has no {', '.join(absent)}"
        )
    for font in pack.fonts.values():
        path = directory / font.file
        if not path.is_file():
            raise _missing(directory, f"{font.file} is missing")
        if path.stat().st_size != font.size_bytes or (verify and file_sha256(path) != font.sha256):
            raise _missing(directory, f"{font.file} is damaged")
    return pack


def _missing(directory: Path, problem: str) -> FontPackMissing:
    return FontPackMissing(
        f'{directory}: {problem}. Build the fonts with: {BUILD_COMMAND} "{directory}"'
    )


@lru_cache(maxsize=8)
def _read_pack(directory: Path, _mtime_ns: int, _size: int) -> FontPack:
    raw = (directory / MANIFEST_NAME).read_bytes()
    manifest = json.loads(raw)
    if manifest["format"] != PACK_FORMAT:
        raise ValueError(f"format {manifest['format']} instead of {PACK_FORMAT}")
    fonts = {
        entry["family"]: PackFont(
            family=entry["family"],
            file=entry["file"],
            size_bytes=entry["size_bytes"],
            sha256=entry["sha256"],
            code_points=frozenset(decode_ranges(entry["characters"])),
        )
        for entry in manifest["fonts"]
    }
    return FontPack(directory=directory, version=hashlib.sha256(raw).hexdigest()[:16], fonts=fonts)


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def encode_ranges(code_points: frozenset[int]) -> str:
    """Write code points as `20-7e,a0,4e00-4e07`."""
    parts: list[str] = []
    ordered = sorted(code_points)
    start = 0
    for index, point in enumerate(ordered):
        if index + 1 == len(ordered) or ordered[index + 1] != point + 1:
            first = ordered[start]
            parts.append(f"{first:x}" if first == point else f"{first:x}-{point:x}")
            start = index + 1
    return ",".join(parts)


def decode_ranges(text: str) -> Iterator[int]:
    """Yield the code points that `encode_ranges` wrote."""
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


# --- The glyph guard ----------------------------------------------------------------------------------------------

#: Characters that leave no mark and need no glyph: joiners, variation selectors, direction marks.
INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff") | {
    chr(point) for point in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}
_WHITE_SPACE = frozenset("\t\n\r\f")
#: Fonts have it, but it shows at the end of a line only, so nobody can say what is printed.
_SOFT_HYPHEN = 0xAD


def missing_characters(text: str, role: TypefaceRole | str, font_dir: Path | None = None) -> str:
    """Return the characters of a text that no font of a role can draw, each once, in order of appearance.

    A licensed font counts with what it draws; what it has as a blank is missing, for it is asked before ours.
    """
    pack, role = require_pack(font_dir), TypefaceRole(role)
    covered = _covered(pack.directory, pack.version, role)
    drawn: frozenset[int] = frozenset()
    blank: frozenset[int] = frozenset()
    if found := _licensed(role, licensed_fonts(default_licensed_dir())):
        family, font = found
        drawn, blank = font.families[family.casefold()], font.blank
    return "".join(
        char
        for char in dict.fromkeys(text)
        if (ord(char) not in covered and ord(char) not in drawn) or ord(char) in blank
        if char not in INVISIBLE and char not in _WHITE_SPACE
    )


@lru_cache(maxsize=16)
def _covered(directory: Path, _version: str, role: TypefaceRole) -> frozenset[int]:
    fonts = require_pack(directory).fonts
    return frozenset().union(*(fonts[family].code_points for family in PACK_FAMILIES[role])) - {
        _SOFT_HYPHEN
    }


# --- Making Pango see them ----------------------------------------------------------------------------------------


def activate(
    font_dir: Path | None = None,
    licensed_dir: Path | None = None,
    cache_dir: Path | None = None,
) -> FontSetup:
    """Point fontconfig at our fonts only, and say which real font each role gets. Call it before rendering.

    The configuration lists the pack, the licensed folder (when there is one) and a cache, and nothing of the system: a
    font that happens to be installed must not change a published page. `FONTCONFIG_FILE` is read when a font
    configuration is first made, so this must come before the first `weasyprint.text.fonts.FontConfiguration()`.

    Raises:
        FontPackMissing: the pack is absent, incomplete or damaged.
    """
    pack = require_pack(font_dir)
    licensed = licensed_dir or default_licensed_dir()
    if licensed is not None:
        licensed = licensed.absolute()
    cache = (cache_dir or default_cache_dir()).absolute()
    cache.mkdir(parents=True, exist_ok=True)
    owned = licensed_fonts(licensed)
    unused = tuple(font.path for font in owned if font.problem)
    config_file = _write_config(pack.directory, licensed, cache, unused)
    # The path must be absolute: with a relative one fontconfig silently falls back to the fonts of the system.
    os.environ["FONTCONFIG_FILE"] = str(config_file)
    return FontSetup(
        config_file=config_file,
        font_dir=pack.directory,
        licensed_dir=licensed,
        pack_version=pack.version,
        chosen=tuple(_choose(role, pack, owned) for role in TypefaceRole),
    )


def _write_config(
    font_dir: Path, licensed_dir: Path | None, cache_dir: Path, unused: tuple[Path, ...]
) -> Path:
    folders = [font_dir] if licensed_dir is None else [font_dir, licensed_dir]
    rejected = [f"<glob>{escape(str(path))}</glob>" for path in unused]
    text = "\n".join(
        [
            '<?xml version="1.0"?>',
            '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">',
            "<fontconfig>",
            *(f"  <dir>{escape(str(folder))}</dir>" for folder in folders),
            *(f"  <selectfont><rejectfont>{one}</rejectfont></selectfont>" for one in rejected),
            f"  <cachedir>{escape(str(cache_dir))}</cachedir>",
            "</fontconfig>",
            "",
        ]
    )
    # The name carries the content, so that two workers with other settings never write over each other's file.
    path = cache_dir / f"fonts-{hashlib.sha256(text.encode()).hexdigest()[:12]}.conf"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        handle, temporary = tempfile.mkstemp(dir=cache_dir, prefix=".fonts-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    return path


def _choose(role: TypefaceRole, pack: FontPack, owned: tuple[LicensedFont, ...]) -> ChosenFont:
    if found := _licensed(role, owned):
        family, font = found
        return ChosenFont(role, family, "licensed", font.path.name, file_sha256(font.path))
    font_of_pack = pack.fonts[PACK_FAMILIES[role][0]]
    return ChosenFont(role, font_of_pack.family, "pack", font_of_pack.file, font_of_pack.sha256)


def _licensed(
    role: TypefaceRole, owned: tuple[LicensedFont, ...]
) -> tuple[str, LicensedFont] | None:
    """Return the family that a role is set in and its file, None where no licensed font fits."""
    for family in LICENSED_FAMILIES[role]:
        for font in owned:
            if family.casefold() in font.families:
                return family, font
    return None
