"""A small picture of bars, lines and labels, and that as SVG. Pure: values in, picture out.

Tones, not colours, tell the parts apart, so that a grey print says the same. Lengths are in pt.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from xml.sax.saxutils import escape

from perfeval.scoring.quantity import Rounding, plain

Length = Fraction | int
_SHOWN = Rounding(digits=2)
INK = "#1a1a1a"


class Tone(StrEnum):
    """How an area is filled."""

    SOLID = "solid"
    LIGHT = "light"
    HOLLOW = "hollow"


#: Fill and outline of each tone; dark blue prints as dark grey. The light one has an outline that a copier keeps.
COLOURS = {
    Tone.SOLID: ("#1f4e79", ""),
    Tone.LIGHT: ("#dfe5ec", "#6f8296"),
    Tone.HOLLOW: ("#ffffff", "#1f4e79"),
}


class Anchor(StrEnum):
    """Which part of a label its place names."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Area:
    """A filled rectangle by its upper left corner."""

    x: Length
    y: Length
    width: Length
    height: Length
    tone: Tone


@dataclass(frozen=True, slots=True)
class Stroke:
    """An upright or level line."""

    x1: Length
    y1: Length
    x2: Length
    y2: Length


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text; ``y`` is its middle."""

    x: Length
    y: Length
    text: str
    size: Length
    anchor: Anchor = Anchor.START


Shape = Area | Stroke | Label


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture: its size, what it is called, what it says in words, and its shapes from back to front.

    ``headings`` and ``rows``: the same figures as a table, for who does not see the picture.
    """

    width: Length
    height: Length
    title: str
    description: str
    shapes: tuple[Shape, ...]
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    def labels(self) -> Iterator[str]:
        """Yield the texts in the order in which they are drawn."""
        yield from (shape.text for shape in self.shapes if isinstance(shape, Label))


def shown(length: Length) -> str:
    """Return a length as it is written: at most two decimals."""
    return plain(_SHOWN.apply(length))


def as_svg(drawing: Drawing, *, identifier: str = "", family: str = "") -> str:
    """Return the picture as one SVG element.

    ``identifier``: different for each picture of a page; title and description are then tied to it for screen readers.
    ``family``: of the labels; empty where the page around it decides.
    """
    width, height = shown(drawing.width), shown(drawing.height)
    name = f' aria-labelledby="{identifier}-title {identifier}-desc"' if identifier else ""
    ids = [f' id="{identifier}-{part}"' if identifier else "" for part in ("title", "desc")]
    font = f' font-family="{_safe(family)}"' if family else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}pt" height="{height}pt" '
        f'role="img"{name}{font}><title{ids[0]}>{_safe(drawing.title)}</title>'
        f"<desc{ids[1]}>{_safe(drawing.description)}</desc>"
        + "".join(map(_shape, drawing.shapes))
        + "</svg>"
    )


def _shape(shape: Shape) -> str:
    match shape:
        case Area():
            fill, outline = COLOURS[shape.tone]
            stroke = f' stroke="{outline}" stroke-width="0.75"' if outline else ""
            return (
                f'<rect x="{shown(shape.x)}" y="{shown(shape.y)}" width="{shown(shape.width)}" '
                f'height="{shown(shape.height)}" fill="{fill}"{stroke}/>'
            )
        case Stroke():
            return (
                f'<line x1="{shown(shape.x1)}" y1="{shown(shape.y1)}" x2="{shown(shape.x2)}" y2="{shown(shape.y2)}" '
                f'stroke="{INK}" stroke-width="0.5"/>'
            )
        case Label():
            # The middle of a character stands 0.36 of its size above its baseline.
            base = shape.y + Fraction(shape.size) * Fraction(36, 100)
            return (
                f'<text x="{shown(shape.x)}" y="{shown(base)}" font-size="{shown(shape.size)}" fill="{INK}" '
                f'text-anchor="{shape.anchor.value}">{_safe(shape.text)}</text>'
            )


def _safe(text: str) -> str:
    kept = "".join(one for one in text if one >= " " and not "\ud800" <= one <= "\udfff")
    return escape(kept, {'"': "&quot;"})
