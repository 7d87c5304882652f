"""Draw a watermark as outlines, so that it is seen behind the text and never read or copied with it."""

import math
from functools import lru_cache
from pathlib import Path

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from perfeval.fonts import choice as font_setup
from perfeval.fonts.choice import FontSetup, TypefaceRole

COLOUR = "#ededed"
_ANGLE_DEGREES = 40.0
#: The words fill this part of the page's diagonal, but no character is larger than 90 mm.
_SHARE, _LARGEST_MM = 0.62, 90.0


def as_svg(text: str, width_mm: float, height_mm: float, fonts: FontSetup) -> bytes:
    """Return a page-sized SVG with ``text`` across it in light grey outlines."""
    size = min(_LARGEST_MM, math.hypot(width_mm, height_mm) * _SHARE / max(1, len(text)))
    pack = font_setup.require_pack(fonts.font_dir)
    angle = math.radians(_ANGLE_DEGREES)
    cos, sin = math.cos(angle), math.sin(angle)
    paths = []
    for index, character in enumerate(text):
        font = next(
            (
                pack.fonts[name]
                for name in font_setup.PACK_FAMILIES[TypefaceRole.HEI]
                if ord(character) in pack.fonts[name].code_points
            ),
            None,
        )
        if font is None:
            continue
        # The character's left edge and baseline, with the middle of the words at 0, 0 and y upwards.
        left, base = (index - len(text) / 2) * size, -0.38 * size
        scale = size / _units_per_em(pack.directory / font.file)
        path = SVGPathPen(None, ntos=lambda number: f"{number:.2f}")
        turned = TransformPen(
            path,
            (
                scale * cos,
                -scale * sin,
                -scale * sin,
                -scale * cos,
                width_mm / 2 + left * cos - base * sin,
                height_mm / 2 - left * sin - base * cos,
            ),
        )
        _draw(pack.directory / font.file, character, turned)
        paths.append(path.getCommands())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_mm:g}mm" height="{height_mm:g}mm" '
        f'viewBox="0 0 {width_mm:g} {height_mm:g}"><path fill="{COLOUR}" d="{" ".join(paths)}"/></svg>'
    ).encode()


@lru_cache(maxsize=4)
def _font(path: Path) -> TTFont:
    return TTFont(path, lazy=True)


def _units_per_em(path: Path) -> int:
    """Return the units per em of a font file."""
    units: int = _font(path)["head"].unitsPerEm
    return units


def _draw(path: Path, character: str, pen: TransformPen) -> None:
    font = _font(path)
    font.getGlyphSet()[font.getBestCmap()[ord(character)]].draw(pen)
