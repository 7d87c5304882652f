"""Sections of the Word file: paper, margins, page numbers on the outer side, the mark of a draft.

The score sheet lies across: an upright page turned a quarter to the right, so that its number stays where the other
pages have it. Word has no turned footer; the number stands in a text box that is tied to the page.
Source: GB/T 9704-2012, 5.2 (page), 7.5 (page number), 7.3.3 (annex across).
"""

from dataclasses import dataclass

from perfeval.office.word.markup import (
    DECLARATION,
    EMU_PER_PT,
    NAMESPACES,
    TWIPS_PER_PT,
    mm,
    page_field,
    safe,
)
from perfeval.office.word.styles import LINE

_SHORT, _LONG = 11906, 16838
#: The number stands one character (14 pt) inside the edge of the text, its line 8.6 pt below it.
_NUMBER_INSET = 280
_FOOTER = 1412
#: An empty header ends where the type area begins: LibreOffice takes the top margin of a section that begins on a
#: right-hand page from its header alone.
_HEADER = 1850
#: The turned number's box in pt, across and along; it ends at the type area, so its middle is where the PDF has it.
_BOX_ACROSS, _BOX_ALONG = 38, 134


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its paper in twips and the margins of the type area in mm."""

    key: str
    width: int
    height: int
    top: int
    right: int
    bottom: int
    left: int

    @property
    def text_width(self) -> int:
        """Return the width of the type area in twips."""
        return self.width - mm(self.left) - mm(self.right)


BODY = Section("body", _SHORT, _LONG, top=37, right=26, bottom=35, left=28)
FRONT = Section("front", _SHORT, _LONG, top=37, right=26, bottom=35, left=28)
SHEET = Section("sheet", _LONG, _SHORT, top=28, right=37, bottom=26, left=35)


def section_properties(section: Section, first_relation: int, *, begins_anew: bool = False) -> str:
    """Return the w:sectPr; its headers and footers are the four relations from ``first_relation`` on.

    ``begins_anew``: on a right-hand page, which is number 1.
    """
    relations = "".join(
        f'<w:{kind}Reference w:type="{pages}" r:id="rId{first_relation + place}"/>'
        for place, (kind, pages) in enumerate(PARTS)
    )
    begins = "oddPage" if begins_anew else "nextPage"
    numbered = '<w:pgNumType w:start="1"/>' if begins_anew else ""
    turned = ' w:orient="landscape"' if section.width > section.height else ""
    # The sheet has no grid: LibreOffice would make its area a whole number of lines, a row less on each page.
    grid = "" if section is SHEET else ' w:type="lines"'
    return (
        f'<w:sectPr>{relations}<w:type w:val="{begins}"/>'
        f'<w:pgSz w:w="{section.width}" w:h="{section.height}"{turned}/>'
        f'<w:pgMar w:top="{mm(section.top)}" w:right="{mm(section.right)}" w:bottom="{mm(section.bottom)}" '
        f'w:left="{mm(section.left)}" w:header="{567 if section is SHEET else _HEADER}" '
        f'w:footer="{567 if section is SHEET else _FOOTER}" w:gutter="0"/>'
        f'{numbered}<w:docGrid{grid} w:linePitch="{LINE}"/></w:sectPr>'
    )


#: What each section has, in the order of its relations. Word calls the odd pages' ones "default".
PARTS = (("header", "default"), ("header", "even"), ("footer", "default"), ("footer", "even"))


def header_xml(watermark: str, section: Section, number: int) -> str:
    """Return a header: empty, or the mark of a draft across the page."""
    mark = _watermark(watermark, section, number) if watermark else ""
    return f'{DECLARATION}<w:hdr {NAMESPACES}><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>{mark}</w:p></w:hdr>'


def footer_xml(section: Section, pages: str, number: int) -> str:
    """Return a footer with the page number on the outer side; ``pages`` is default (odd) or even."""
    is_odd = pages == "default"
    if section is FRONT:
        inner = '<w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr></w:p>'
    elif section is BODY:
        side, edge = ("right", "right") if is_odd else ("left", "left")
        inner = (
            f'<w:p><w:pPr><w:pStyle w:val="Footer"/><w:ind w:{edge}="{_NUMBER_INSET}"/><w:jc w:val="{side}"/></w:pPr>'
            f"{page_field()}</w:p>"
        )
    else:
        inner = (
            f'<w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>{_turned_number(is_odd, number)}</w:p>'
        )
    return f"{DECLARATION}<w:ftr {NAMESPACES}>{inner}</w:ftr>"


def _turned_number(is_odd: bool, number: int) -> str:  # noqa: FBT001  private, called once
    """Return a run with a text box turned a quarter to the right at the left edge of the paper."""
    across, along = _BOX_ACROSS * EMU_PER_PT, _BOX_ALONG * EMU_PER_PT
    # By alignment, not by lengths: LibreOffice forgets those of a footer's box on some pages.
    edge, align = ("bottom", "right") if is_odd else ("top", "left")
    content = (
        f'<w:p><w:pPr><w:pStyle w:val="Footer"/><w:ind w:{align}="{_NUMBER_INSET}"/><w:jc w:val="{align}"/></w:pPr>'
        f"{page_field()}</w:p>"
    )
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        '<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="251658240" behindDoc="0" '
        'locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="leftMargin"><wp:align>right</wp:align></wp:positionH>'
        f'<wp:positionV relativeFrom="margin"><wp:align>{edge}</wp:align></wp:positionV>'
        f'<wp:extent cx="{across}" cy="{along}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>'
        f'<wp:docPr id="{900 + number}" name="页码{number}" descr="页码"/><wp:cNvGraphicFramePr/>'
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        '<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/>'
        f'<a:ext cx="{across}" cy="{along}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/>'
        "<a:ln><a:noFill/></a:ln></wps:spPr>"
        f"<wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx>"
        '<wps:bodyPr vert="vert" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"><a:noAutofit/>'
        "</wps:bodyPr></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice></mc:AlternateContent>"
        "</w:r>"
    )


def _watermark(text: str, section: Section, number: int) -> str:
    """Return Word's own watermark: word art behind the text, in the middle of the type area."""
    side = min(section.text_width // TWIPS_PER_PT, 420)
    return (
        "<w:r><w:pict>"
        '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">'
        '<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/>'
        '<v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/>'
        '<v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>'
        '<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype>'
        f'<v:shape id="PowerPlusWaterMarkObject{number}" o:spid="_x0000_s{2049 + number}" type="#_x0000_t136" '
        f'style="position:absolute;margin-left:0;margin-top:0;width:{side}pt;height:{side // 2}pt;rotation:315;'
        "z-index:-251654144;mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        'mso-position-vertical:center;mso-position-vertical-relative:margin" o:allowincell="f" fillcolor="#e4e4e4" '
        f'stroked="f"><v:textpath style="font-family:&quot;黑体&quot;;font-size:1pt" string="{safe(text)}"/></v:shape>'
        "</w:pict></w:r>"
    )
