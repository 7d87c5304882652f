"""Make one font: reduced to the characters needed, drawn with quadratic curves, under a name of its own."""

import time
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

from perfeval.fonts import choice as fonts
from perfeval.fonts.pack.characters import FIGURES, SPACES, codec_characters, needed_characters
from perfeval.fonts.pack.recipes import Recipe
from perfeval.fonts.pack.sources import PACKAGES, FontPackError

UNITS_PER_EM = 1000
ASCENT, DESCENT = 880, -120
"""The box of an ideograph, the same in every font, so that a rare character does not move its line."""
CURVE_ERROR_UNITS = 1.0
"""How far a quadratic curve may lie from its cubic one: a thousandth of the type size, 0.006 mm at 16 pt."""
COMPOSED = {0x2610: (0x25A1,), 0x2611: (0x25A1, 0x2713), 0x2612: (0x25A1, 0x00D7)}
"""The ballot boxes ☐ ☑ ☒ of forms, which none of the sources has, laid together from characters that they have."""
KEPT_TABLES = {"OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"}
"""What Pango and a PDF need of a font; the layout tables serve other scripts and vertical lines."""


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
    figures = _open(sources / recipe.figures) if recipe.figures else None
    font = _reduced(source, wanted) if "glyf" in source else _converted(source, wanted, figures)
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


def _converted(source: TTFont, wanted: AbstractSet[int], figures: TTFont | None) -> TTFont:
    """Draw the wanted characters of a PostScript font anew with quadratic curves; those of ASCII from ``figures``."""
    own = source.getBestCmap(), source.getGlyphSet()
    lent = (figures.getBestCmap(), figures.getGlyphSet()) if figures else own
    names: dict[tuple[bool, str], str] = {}
    glyphs = {".notdef": notdef()}
    metrics = {".notdef": (UNITS_PER_EM, 0)}
    new_cmap: dict[int, str] = {}
    for point in sorted(wanted):
        is_lent = figures is not None and point in FIGURES and point in lent[0]
        cmap, glyph_set = lent if is_lent else own
        name = cmap[point]
        old = is_lent, name
        if old not in names:
            glyph = _draw(glyph_set, name, is_cubic=True)
            if glyph.numberOfContours == 0 and point not in SPACES:
                # It would print as nothing, which no one notices; left out, the next font of the chain or the glyph
                # guard takes it.
                continue
            names[old] = f"u{point:04X}"
            glyphs[names[old]] = glyph
            metrics[names[old]] = (round(glyph_set[name].width), getattr(glyph, "xMin", 0))
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


def notdef() -> Glyph:
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
