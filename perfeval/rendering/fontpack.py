"""Build the font pack: the free fonts that stand in for the official ones, made fit for PDF.

    python -m perfeval.rendering.fontpack --out var/fonts

The sources are three Debian packages, which are downloaded and unpacked but not installed (no root, no TeX). Each font
is reduced to the characters a report can need, given a name and one weight of its own, and written as TrueType:
WeasyPrint puts glyph numbers into the PDF as character numbers, which is wrong for the CFF fonts these are; poppler and
Chromium forgive it, Ghostscript and MuPDF print blanks, and PDF/A validation fails. The result depends on the sources
alone: the same packages give the same bytes.
"""

from __future__ import annotations

import argparse
import fcntl
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

from perfeval.rendering import fonts

STANDARD_LIST = Path(__file__).parent / "data" / "general_standard_8105.txt"

UNITS_PER_EM = 1000
ASCENT, DESCENT = 880, -120
"""The box of an ideograph, the same in every font, so that a rare character does not move its line."""
CURVE_ERROR_UNITS = 1.0
"""How far a quadratic curve may lie from its cubic one: a thousandth of the type size, 0.006 mm at 16 pt."""

SYMBOLS = (
    "·×÷±°§µ¥£€®©²³¹¼½¾"
    "‐–—―‖‘’“”†‡•…‰′″※℃℅℉№℡™Ω"
    "←↑→↓↖↗↘↙⇒⇔∀∈∏∑∕√∝∞∟∠∣∥∧∨∩∪∫∮∴∵∶∷∽≈≌≒≠≡≤≥≦≧≪≫≮≯⊕⊙⊥⊿⌒"
    "■□▢▣▪▫▲△▶▷▼▽◆◇○◎●◐◢◣◤◥★☆☐☑☒☎✓✔✗✘"
    "〇々〆〈〉《》「」『』【】〒〔〕〖〗〝〞"
    "㎎㎏㎜㎝㎞㎡㏄㏑㏒㏕㈱㊣"
)
COMPOSED = {0x2610: (0x25A1,), 0x2611: (0x25A1, 0x2713), 0x2612: (0x25A1, 0x00D7)}
"""The ballot boxes ☐ ☑ ☒ of forms, which none of the sources has, laid together from characters that they have."""
KEPT_TABLES = {"OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"}
"""What Pango and a PDF need of a font; the layout tables serve other scripts and vertical lines."""
SPACES = frozenset({0x20, 0xA0, 0x3000, *range(0x2000, 0x2010)})
"""In every font, also in one that only fills gaps: Pango draws a space in the font of the character before it, whether
that font has one or not, and would print an empty box."""
SYMBOL_RANGES = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0xFF),  # Latin-1
    (0x2010, 0x2027),  # dashes, quotation marks, ellipses
    (0x2070, 0x209C),  # raised and lowered figures
    (0x2160, 0x217B),  # Roman numerals
    (0x2460, 0x249B),  # ① to ⒛
    (0x2500, 0x257F),  # box drawing
    (0x2581, 0x258F),  # blocks
    (0x3000, 0x303F),  # Chinese punctuation
    (0x3220, 0x3229),  # ㈠ to ㈩
    (0x32C0, 0x32CB),  # months
    (0xFE30, 0xFE4F),  # vertical punctuation
    (0xFF01, 0xFF5E),  # full-width ASCII
    (0xFFE0, 0xFFE6),  # full-width currency
)


class FontPackError(RuntimeError):
    """The pack cannot be built; the message says why and what to do."""


@dataclass(frozen=True)
class SourcePackage:
    """A Debian package that holds source fonts, and what is taken out of it."""

    name: str
    members: tuple[str, ...]
    licence: str
    licence_files: tuple[str, ...]


PACKAGES = {
    "fandol": SourcePackage(
        name="texlive-lang-chinese",
        members=(
            "./usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/Fandol*-Regular.otf",
            "./usr/share/doc/texlive-doc/fonts/fandol/*",
        ),
        licence="GPL-3.0 with font embedding exception",
        licence_files=(
            "usr/share/doc/texlive-doc/fonts/fandol/README",
            "usr/share/doc/texlive-doc/fonts/fandol/COPYING.gz",
        ),
    ),
    "noto": SourcePackage(
        name="fonts-noto-cjk",
        members=("./usr/share/fonts/opentype/noto/*", "./usr/share/doc/fonts-noto-cjk/copyright"),
        licence="OFL-1.1",
        licence_files=("usr/share/doc/fonts-noto-cjk/copyright",),
    ),
    "lxgw": SourcePackage(
        name="fonts-lxgw-wenkai",
        members=(
            "./usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Light.ttf",
            "./usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf",
            "./usr/share/doc/fonts-lxgw-wenkai/copyright",
        ),
        licence="OFL-1.1",
        licence_files=("usr/share/doc/fonts-lxgw-wenkai/copyright",),
    ),
}

FANDOL = "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"
NOTO = "usr/share/fonts/opentype/noto"
LXGW = "usr/share/fonts/truetype/lxgw-wenkai"


@dataclass(frozen=True)
class Recipe:
    """How one font of the pack is made."""

    family: str
    package: str
    path: str
    based_on: str
    face: str = ""
    """The face to take out of a collection."""
    beside: str = ""
    """Path of the font whose gaps this one fills; empty for an everyday font."""
    wide: bool = False
    """Holds all of GBK too, for the traditional and historical characters of names and quotations."""


# The slowest first, so that no core waits for a long last one.
RECIPES = (
    Recipe(
        "Perfeval Rare",
        "lxgw",
        f"{LXGW}/LXGWWenKai-Light.ttf",
        "LXGW WenKai Light",
        beside=f"{FANDOL}/FandolFang-Regular.otf",
        wide=True,
    ),
    Recipe(
        "Perfeval Xiaobiaosong",
        "noto",
        f"{NOTO}/NotoSerifCJK-Bold.ttc",
        "Noto Serif CJK SC Bold",
        "Noto Serif CJK SC",
    ),
    Recipe("Perfeval Kai", "fandol", f"{FANDOL}/FandolKai-Regular.otf", "FandolKai"),
    Recipe("Perfeval Fangsong", "fandol", f"{FANDOL}/FandolFang-Regular.otf", "FandolFang"),
    Recipe("Perfeval Hei", "fandol", f"{FANDOL}/FandolHei-Regular.otf", "FandolHei"),
    Recipe("Perfeval Song", "fandol", f"{FANDOL}/FandolSong-Regular.otf", "FandolSong"),
    Recipe(
        "Perfeval Rare Hei",
        "noto",
        f"{NOTO}/NotoSansCJK-Regular.ttc",
        "Noto Sans CJK SC Regular",
        "Noto Sans CJK SC",
        beside=f"{FANDOL}/FandolHei-Regular.otf",
    ),
    Recipe(
        "Perfeval Rare Song",
        "noto",
        f"{NOTO}/NotoSerifCJK-Regular.ttc",
        "Noto Serif CJK SC Regular",
        "Noto Serif CJK SC",
        beside=f"{FANDOL}/FandolSong-Regular.otf",
    ),
    Recipe(
        "Perfeval Rare Kai",
        "lxgw",
        f"{LXGW}/LXGWWenKai-Regular.ttf",
        "LXGW WenKai",
        beside=f"{FANDOL}/FandolKai-Regular.otf",
    ),
)


# --- Which characters ---------------------------------------------------------------------------------------------


def standard_characters() -> frozenset[int]:
    """Return the 8,105 characters of the general standard list."""
    lines = STANDARD_LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(ord(char) for line in lines if not line.startswith("#") for char in line)


def codec_characters(codec: str) -> frozenset[int]:
    """Return the characters of a two-byte Chinese codec of Python, without its private-use ones."""
    found: set[int] = set()
    for first in range(0x81, 0xFF):
        for second in range(0x40, 0xFF):
            try:
                text = bytes((first, second)).decode(codec)
            except UnicodeDecodeError:
                continue
            if len(text) == 1 and not 0xE000 <= ord(text) <= 0xF8FF:
                found.add(ord(text))
    return frozenset(found)


def needed_characters() -> frozenset[int]:
    """Return what a report can need: the general standard list, GB 2312, punctuation, symbols, frames."""
    symbols = {point for first, last in SYMBOL_RANGES for point in range(first, last + 1)}
    return (
        standard_characters()
        | codec_characters("gb2312")
        | symbols
        | {ord(char) for char in SYMBOLS}
    )


# --- Making one font ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MadeFont:
    """What the manifest says about one font."""

    family: str
    file: str
    size_bytes: int
    sha256: str
    based_on: str
    source_package: str
    licence: str
    glyphs: int
    seconds: float
    characters: str


def make_font(recipe: Recipe, sources: Path, out: Path) -> MadeFont:
    """Write one font of the pack and describe it."""
    began = time.monotonic()
    source = _open(sources / recipe.path, recipe.face)
    if source["head"].unitsPerEm != UNITS_PER_EM:
        raise FontPackError(
            f"{recipe.path} has {source['head'].unitsPerEm} units per em, not {UNITS_PER_EM}"
        )
    needed = needed_characters()
    wanted = needed | codec_characters("gbk") if recipe.wide else needed
    if recipe.beside:
        wanted -= needed & _open(sources / recipe.beside).getBestCmap().keys()
    wanted = (wanted | SPACES) & source.getBestCmap().keys()
    font = _reduced(source, wanted) if "glyf" in source else _converted(source, wanted)
    _describe(font, recipe)
    file = recipe.family.replace(" ", "") + ".ttf"
    font.save(out / file)
    made = TTFont(out / file, lazy=True)
    return MadeFont(
        family=recipe.family,
        file=file,
        size_bytes=(out / file).stat().st_size,
        sha256=fonts.file_sha256(out / file),
        based_on=recipe.based_on,
        source_package=PACKAGES[recipe.package].name,
        licence=PACKAGES[recipe.package].licence,
        glyphs=made["maxp"].numGlyphs,
        seconds=round(time.monotonic() - began, 1),
        characters=fonts.encode_ranges(frozenset(made.getBestCmap())),
    )


def _reduced(font: TTFont, wanted: AbstractSet[int]) -> TTFont:
    """Cut a TrueType font down to the wanted characters; outlines stay as they are."""
    # Bounds stay those of the source, which are wide enough: working them out anew means taking every outline apart,
    # eight seconds for the widest font.
    font.recalcBBoxes = False
    cmap = font.getBestCmap()
    glyph_set = font.getGlyphSet()
    composed = {
        point: (
            _draw(glyph_set, *(cmap[part] for part in parts), is_cubic=False),
            glyph_set[cmap[parts[0]]].width,
        )
        for point, parts in COMPOSED.items()
        if point not in cmap and cmap.keys() >= set(parts)
    }
    tables = font.keys()
    options = subset.Options(
        drop_tables=[tag for tag in tables if tag not in KEPT_TABLES],
        glyph_names=False,
        hinting=False,
        layout_features=[],
        notdef_outline=True,
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    for point, (glyph, width) in composed.items():
        name = f"u{point:04X}"
        font["glyf"][name] = glyph
        font["hmtx"][name] = (width, glyph.xMin)
        for table in font["cmap"].tables:
            table.cmap[point] = name
    return font


def _converted(source: TTFont, wanted: AbstractSet[int]) -> TTFont:
    """Draw the wanted characters of a PostScript font anew with quadratic curves."""
    cmap = source.getBestCmap()
    glyph_set = source.getGlyphSet()
    names: dict[str, str] = {}
    glyphs = {".notdef": _notdef()}
    metrics = {".notdef": (UNITS_PER_EM, 0)}
    new_cmap: dict[int, str] = {}
    for point in sorted(wanted):
        old = cmap[point]
        if old not in names:
            glyph = _draw(glyph_set, old, is_cubic=True)
            if glyph.numberOfContours == 0 and point not in SPACES:
                # It would print as nothing, which no one notices; left out, the next font of the chain or the glyph
                # guard takes it.
                continue
            names[old] = f"u{point:04X}"
            glyphs[names[old]] = glyph
            metrics[names[old]] = (round(glyph_set[old].width), getattr(glyph, "xMin", 0))
        new_cmap[point] = names[old]
    builder = FontBuilder(UNITS_PER_EM, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(new_cmap)
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(metrics)
    builder.setupHorizontalHeader()
    builder.setupOS2()
    return builder.font


def _describe(font: TTFont, recipe: Recipe) -> None:
    """Give a font its own name, one weight and the common line box, and nothing that changes from build to build."""
    package = PACKAGES[recipe.package]
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = ASCENT, DESCENT, 0
    font["OS/2"].usWeightClass = 400
    font["OS/2"].fsSelection = 0x40
    font["OS/2"].fsType = 0
    font["OS/2"].sTypoAscender, font["OS/2"].sTypoDescender, font["OS/2"].sTypoLineGap = (
        ASCENT,
        DESCENT,
        0,
    )
    font["OS/2"].usWinAscent, font["OS/2"].usWinDescent = ASCENT, -DESCENT
    font["OS/2"].sxHeight, font["OS/2"].sCapHeight = 500, 700
    builder = FontBuilder(font=font)
    builder.setupNameTable(
        {
            "copyright": f"Converted and reduced from {recipe.based_on} (Debian package {package.name}).",
            "familyName": recipe.family,
            "styleName": "Regular",
            "uniqueFontIdentifier": f"{recipe.family} {fonts.PACK_FORMAT}",
            "fullName": recipe.family,
            "psName": recipe.family.replace(" ", ""),
            "version": f"Version {fonts.PACK_FORMAT}.000",
            "licenseDescription": package.licence,
        },
        mac=False,
    )
    builder.setupPost(keepGlyphNames=False)
    builder.updateHead(created=0, modified=0, macStyle=0)
    font.recalcTimestamp = False


def _open(path: Path, face: str = "") -> TTFont:
    if not path.is_file():
        raise FontPackError(f"the source font {path.name} is not in its package: {path}")
    if not face:
        return TTFont(path, lazy=True)
    for number, font in enumerate(TTCollection(path, lazy=True).fonts):
        if font["name"].getDebugName(1) == face:
            return TTFont(path, fontNumber=number, lazy=True)
    raise FontPackError(f"{path.name} has no face named {face}")


def _draw(glyph_set: Mapping[str, Any], *names: str, is_cubic: bool) -> Glyph:
    """Draw one glyph, or several over each other, with quadratic curves."""
    pen = TTGlyphPen(None)
    # PostScript outlines run the other way round.
    through = Cu2QuPen(pen, CURVE_ERROR_UNITS, reverse_direction=True) if is_cubic else pen
    for name in names:
        glyph_set[name].draw(through)
    glyph = pen.glyph()
    glyph.recalcBounds(None)
    return glyph


def _notdef() -> Glyph:
    """Draw the box that stands for a character without a glyph, so that it is seen."""
    pen = TTGlyphPen(None)
    for points in (
        ((80, -80), (80, 840), (920, 840), (920, -80)),
        ((140, -20), (860, -20), (860, 780), (140, 780)),
    ):
        pen.moveTo(points[0])
        for point in points[1:]:
            pen.lineTo(point)
        pen.closePath()
    glyph = pen.glyph()
    glyph.recalcBounds(None)
    return glyph


# --- Sources ------------------------------------------------------------------------------------------------------


def download(into: Path, names: Iterable[str]) -> None:
    """Download Debian packages without installing them.

    Raises:
        FontPackError: apt-get is not there or cannot reach its packages.
    """
    if shutil.which("apt-get") is None:
        raise FontPackError(
            "apt-get is not here. Download the packages "
            + ", ".join(names)
            + " of Debian 12 elsewhere and give their folder with --packages."
        )
    done = subprocess.run(
        ["apt-get", "-q", "download", *names], cwd=into, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise FontPackError(
            "apt-get could not download the fonts. If it does not know the packages, run `apt-get update` as root "
            f"first.\n{done.stdout[-1500:]}{done.stderr[-1500:]}"
        )


def unpack(package: SourcePackage, packages_dir: Path, into: Path) -> Path:
    """Take the wanted files out of a Debian package and return the package's file."""
    found = sorted(packages_dir.glob(f"{package.name}_*.deb"))
    if not found:
        raise FontPackError(f"{packages_dir} has no package {package.name}")
    with (
        subprocess.Popen(
            ["dpkg-deb", "--fsys-tarfile", found[-1]], stdout=subprocess.PIPE
        ) as reader,
        subprocess.Popen(
            ["tar", "-x", "-C", into, "--no-same-owner", "--wildcards", *package.members],
            stdin=reader.stdout,
            stderr=subprocess.PIPE,
        ) as writer,
    ):
        if reader.stdout:
            reader.stdout.close()  # tar alone holds it now, and sees its end
        problem = writer.communicate()[1].decode(errors="replace")
    if writer.returncode:
        raise FontPackError(f"{found[-1].name} cannot be unpacked: {problem[-500:]}")
    return found[-1]


def package_version(deb: Path) -> str:
    """Return the version that a Debian package gives itself."""
    done = subprocess.run(
        ["dpkg-deb", "-f", deb, "Version"], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


# --- The whole pack -----------------------------------------------------------------------------------------------


def build(
    out: Path, *, packages_dir: Path | None = None, jobs: int | None = None, quiet: bool = False
) -> None:
    """Build the pack in a folder beside the wanted one and move it into place when it is complete.

    Raises:
        FontPackError: a source is missing or cannot be read.
    """
    began = time.monotonic()

    def say(text: str) -> None:
        if not quiet:
            print(f"{time.monotonic() - began:6.1f} s  {text}", flush=True)

    out = out.absolute()
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        sources, pack = work / "sources", work / "pack"
        sources.mkdir()
        (pack / "licences").mkdir(parents=True)
        if packages_dir is None:
            packages_dir = work
            download(work, [package.name for package in PACKAGES.values()])
            say(
                f"downloaded {sum(deb.stat().st_size for deb in work.glob('*.deb')) / 1e6:.0f} MB of packages"
            )
        with ProcessPoolExecutor(max_workers=jobs or len(os.sched_getaffinity(0))) as pool:
            debs = list(
                pool.map(
                    unpack,
                    PACKAGES.values(),
                    [packages_dir] * len(PACKAGES),
                    [sources] * len(PACKAGES),
                )
            )
            say("unpacked")
            running = [pool.submit(make_font, recipe, sources, pack) for recipe in RECIPES]
            made = []
            for task in running:
                made.append(task.result())
                say(f"{made[-1].family}: {made[-1].glyphs} glyphs in {made[-1].seconds} s")
        _copy_licences(sources, pack / "licences")
        manifest = {
            "format": fonts.PACK_FORMAT,
            "packages": [
                {
                    "name": package.name,
                    "version": package_version(deb),
                    "sha256": fonts.file_sha256(deb),
                    "licence": package.licence,
                }
                for package, deb in zip(PACKAGES.values(), debs, strict=True)
            ],
            # The seconds are for the reader of the log; in the manifest they would make every build another version.
            "fonts": [
                {key: value for key, value in asdict(font).items() if key != "seconds"}
                for font in made
            ],
        }
        (pack / fonts.MANIFEST_NAME).write_text(
            json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        fonts.require_pack(pack, verify=True)
        _put_in_place(pack, out)
        say(f"ready in {out}")
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _copy_licences(sources: Path, into: Path) -> None:
    for key, package in PACKAGES.items():
        for name in package.licence_files:
            raw = (sources / name).read_bytes()
            if name.endswith(".gz"):
                raw = gzip.GzipFile(fileobj=io.BytesIO(raw)).read()
            (into / f"{key}-{Path(name).name.removesuffix('.gz')}.txt").write_bytes(raw)
    (into / "NOTICE.txt").write_text(
        "\n".join(
            [
                "These fonts were converted to TrueType, reduced to the characters needed and renamed by",
                "perfeval.rendering.fontpack, which is the script that makes them again from the sources.",
                "",
                *(
                    f"{recipe.family}: from {recipe.based_on}, Debian package {PACKAGES[recipe.package].name}, "
                    f"{PACKAGES[recipe.package].licence}"
                    for recipe in RECIPES
                ),
                "",
            ]
        ),
        encoding="utf-8",
    )


def _put_in_place(pack: Path, out: Path) -> None:
    pack.chmod(0o755)
    old = out.with_name(f".{out.name}-old-{os.getpid()}")
    if out.exists():
        out.rename(old)
    pack.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m perfeval.rendering.fontpack",
        description="Build the fonts that reports are set in, unless they are there already.",
        epilog="Needs apt-get, dpkg-deb and tar (any Debian), no root; about 160 MB of downloads, 600 MB while it runs.",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=fonts.default_font_dir(),
        help="folder of the pack (%(default)s)",
    )
    parser.add_argument(
        "--packages", type=Path, help="folder with the .deb files, instead of downloading them"
    )
    parser.add_argument("--jobs", type=int, help="fonts made side by side (default: one a core)")
    parser.add_argument(
        "--force", action="store_true", help="build again although the pack is complete"
    )
    parser.add_argument(
        "--check", action="store_true", help="only tell whether the pack is complete and undamaged"
    )
    parser.add_argument("--quiet", action="store_true", help="say nothing unless it fails")
    options = parser.parse_args(arguments)
    out: Path = options.out.absolute()
    try:
        if options.check:
            pack = fonts.require_pack(out, verify=True)
            print(f"{out}: complete, version {pack.version}")
            return 0
        out.parent.mkdir(parents=True, exist_ok=True)
        with (out.parent / f".{out.name}.lock").open("w") as lock:
            # Two set-ups at a time: the second waits and then finds the work done.
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not options.force:
                try:
                    pack = fonts.require_pack(out, verify=True)
                except fonts.FontPackMissing:
                    pass
                else:
                    if not options.quiet:
                        print(f"{out}: already there, version {pack.version}")
                    return 0
            build(out, packages_dir=options.packages, jobs=options.jobs, quiet=options.quiet)
    except (FontPackError, fonts.FontPackMissing, OSError) as error:
        print(f"Font pack: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
