"""A chart in the Word file: shapes of Word's own, so that it stays sharp and can be edited.

Word takes no SVG without a pixel picture beside it; a group of shapes and text boxes needs none.
"""

from fractions import Fraction

from perfeval.documents.charts.drawing import (
    COLOURS,
    INK,
    Anchor,
    Area,
    Drawing,
    Label,
    Length,
    Shape,
    Stroke,
)
from perfeval.fonts.choice import TypefaceRole
from perfeval.office.word.markup import EMU_PER_PT, TWIPS_PER_PT, run_in, safe
from perfeval.office.word.styles import LINE, fonts_of

_HALF_POINTS = 2
#: The least space around a drawing, and what the line that it stands in takes below it, in twips.
_LEAST_SPACE, _DESCENT = 160, 60
#: A label's box: its height as a part of the size, and how wide it may run.
_BOX, _ROOM = Fraction(8, 5), 150
_JUSTIFY = {Anchor.START: "left", Anchor.MIDDLE: "center", Anchor.END: "right"}


def picture(drawing: Drawing, number: int) -> str:
    """Return a run with the drawing; ``number`` is different for each in the file."""
    width, height = _emu(drawing.width), _emu(drawing.height)
    shapes = "".join(_shape(shape, number * 1000 + at) for at, shape in enumerate(drawing.shapes))
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wpg"><w:drawing>'
        f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
        f'<wp:docPr id="{number}" name="{safe(drawing.title)}" descr="{safe(drawing.description)}"/>'
        "<wp:cNvGraphicFramePr/><a:graphic>"
        '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"><wpg:wgp>'
        f'<wpg:cNvGrpSpPr/><wpg:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/>'
        f'<a:chOff x="0" y="0"/><a:chExt cx="{width}" cy="{height}"/></a:xfrm></wpg:grpSpPr>'
        f"{shapes}</wpg:wgp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice></mc:AlternateContent>"
        "</w:r>"
    )


def space_around(drawing: Drawing) -> tuple[int, int]:
    """Return the twips above and below a drawing that make it whole lines of the page, as in the PDF."""
    height = round(drawing.height * TWIPS_PER_PT)
    space = -(height + _LEAST_SPACE) // LINE * -LINE - height
    return space // 2, space - space // 2 - _DESCENT


def _shape(shape: Shape, identifier: int) -> str:
    match shape:
        case Area():
            fill, outline = COLOURS[shape.tone]
            line = (
                f'<a:ln w="9525">{_solid(outline)}</a:ln>'
                if outline
                else "<a:ln><a:noFill/></a:ln>"
            )
            return _wsp(
                identifier,
                (shape.x, shape.y, shape.width, shape.height),
                f"{_solid(fill)}{line}",
            )
        case Stroke():
            line = f'<a:noFill/><a:ln w="6350">{_solid(INK)}</a:ln>'
            across, along = shape.x2 - shape.x1, shape.y2 - shape.y1
            return _wsp(identifier, (shape.x1, shape.y1, across, along), line, geometry="line")
        case Label():
            back = {Anchor.START: 0, Anchor.MIDDLE: _ROOM // 2, Anchor.END: _ROOM}[shape.anchor]
            height = shape.size * _BOX
            box = (shape.x - back, shape.y - height / 2, _ROOM, height)
            size = int(shape.size * _HALF_POINTS)
            look = f'{fonts_of(TypefaceRole.SONG)}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
            content = (
                '<w:p><w:pPr><w:pStyle w:val="Picture"/>'
                f'<w:jc w:val="{_JUSTIFY[shape.anchor]}"/></w:pPr>{run_in(shape.text, look)}</w:p>'
            )
            return _wsp(identifier, box, "<a:noFill/><a:ln><a:noFill/></a:ln>", content=content)


def _wsp(
    identifier: int,
    box: tuple[Length, Length, Length, Length],
    look: str,
    *,
    geometry: str = "rect",
    content: str = "",
) -> str:
    x, y, width, height = map(_emu, box)
    text = f"<wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx>" if content else ""
    is_box = ' txBox="1"' if content else ""
    return (
        f'<wps:wsp><wps:cNvPr id="{identifier}" name="{identifier}"/><wps:cNvSpPr{is_box}/><wps:spPr>'
        f'<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        f'<a:prstGeom prst="{geometry}"><a:avLst/></a:prstGeom>{look}</wps:spPr>{text}'
        '<wps:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"><a:noAutofit/></wps:bodyPr></wps:wsp>'
    )


def _solid(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour[1:].upper()}"/></a:solidFill>'


def _emu(length: Length) -> int:
    return round(length * EMU_PER_PT)
