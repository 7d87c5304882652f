"""The styles, fonts and settings of the Word file: the same layout as the PDF, as Word's own styles.

正文 and 标题 1–4 are Word's built-in styles, so that its navigation, its table of contents and its style list know
them; no theme stands behind a font, so that what the style says is what is set.
Source: GB/T 9704-2012, 5 and 7; see ``templates/report/report.css`` for the same lengths.
"""

from dataclasses import dataclass

from perfeval.fonts.choice import LICENSED_FAMILIES, TypefaceRole
from perfeval.office.word.markup import DECLARATION, NAMESPACES, safe

#: Line pitch of the body in twips: 22 lines in 225 mm, and never one less (22 × 28.95 pt = 636.9 pt of 637.8 pt).
LINE = 579
#: Twips taken off each character: 28 of them in 156 mm, and never one less.
CLOSER = 5
#: Two characters of the body's pitch, in twips.
INDENT = 630
TITLE_LINE = 680
#: Twips above the title; below it the text goes on after a blank line, on the lines of the page.
TITLE_BEFORE = 80
#: The character style of a table's unit beside its caption.
UNIT = "TableUnit"


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style. ``size`` in half points, ``line`` and indents in twips; ``more`` is XML for its w:pPr."""

    identifier: str
    name: str
    role: TypefaceRole
    size: int
    line: int
    based_on: str = "Normal"
    following: str = "Normal"
    align: str = "both"
    indent: int = 0
    left: int = 0
    closer: int = 0
    outline: int | None = None
    keeps_next: bool = False
    before: int = 0
    after: int = 0
    tabs: str = ""
    is_own: bool = True


_CAPTION_TABS = (
    '<w:tabs><w:tab w:val="center" w:pos="4422"/><w:tab w:val="right" w:pos="8844"/></w:tabs>'
)

_LEADER_TABS = '<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="8844"/></w:tabs>'

STYLES = (
    Style(
        "Normal",
        "Normal",
        TypefaceRole.FANGSONG,
        32,
        LINE,
        based_on="",
        indent=INDENT,
        closer=CLOSER,
        is_own=False,
    ),
    *(
        Style(
            f"Heading{level}",
            f"heading {level}",
            role,
            32,
            LINE,
            indent=INDENT,
            closer=CLOSER,
            outline=level - 1,
            keeps_next=True,
            is_own=False,
        )
        for level, role in enumerate(
            (TypefaceRole.HEI, TypefaceRole.KAI, TypefaceRole.FANGSONG, TypefaceRole.FANGSONG),
            start=1,
        )
    ),
    Style(
        "Title",
        "Title",
        TypefaceRole.XIAOBIAOSONG,
        44,
        TITLE_LINE,
        align="center",
        before=TITLE_BEFORE,
        after=TITLE_BEFORE,
        is_own=False,
    ),
    Style("AnnexMark", "附件", TypefaceRole.HEI, 32, LINE, align="left", closer=CLOSER),
    Style(
        "AnnexTitle",
        "附件标题",
        TypefaceRole.XIAOBIAOSONG,
        44,
        TITLE_LINE,
        align="center",
        outline=0,
        after=240,
    ),
    Style(
        "Caption",
        "caption",
        TypefaceRole.HEI,
        28,
        LINE,
        align="left",
        keeps_next=True,
        tabs=_CAPTION_TABS,
        is_own=False,
    ),
    Style("ChartCaption", "图标题", TypefaceRole.HEI, 28, LINE, align="left", tabs=_CAPTION_TABS),
    Style("TableText", "表格文字", TypefaceRole.SONG, 21, 290, following="TableText", align="left"),
    Style(
        "TableHead", "表格标题行", TypefaceRole.HEI, 21, 290, following="TableText", align="center"
    ),
    Style(
        "SheetText", "评分表文字", TypefaceRole.SONG, 18, 226, following="SheetText", align="left"
    ),
    Style(
        "SheetHead",
        "评分表标题行",
        TypefaceRole.HEI,
        18,
        226,
        following="SheetText",
        align="center",
    ),
    Style(
        "Footer",
        "footer",
        TypefaceRole.SONG,
        28,
        400,
        following="Footer",
        align="left",
        is_own=False,
    ),
    Style(
        "Header",
        "header",
        TypefaceRole.SONG,
        18,
        240,
        following="Header",
        align="left",
        is_own=False,
    ),
    Style(
        "CoverTitle",
        "封面标题",
        TypefaceRole.XIAOBIAOSONG,
        52,
        840,
        align="center",
        before=2320,
        after=5800,
    ),
    Style("CoverText", "封面文字", TypefaceRole.KAI, 32, LINE, align="center"),
    Style(
        "ContentsTitle",
        "目录标题",
        TypefaceRole.XIAOBIAOSONG,
        44,
        TITLE_LINE,
        align="center",
        before=520,
        after=520,
    ),
    Style(
        "TOC1", "toc 1", TypefaceRole.HEI, 32, LINE, align="left", tabs=_LEADER_TABS, is_own=False
    ),
    Style(
        "TOC2",
        "toc 2",
        TypefaceRole.FANGSONG,
        32,
        LINE,
        align="left",
        left=INDENT,
        tabs=_LEADER_TABS,
        is_own=False,
    ),
    Style("Picture", "图", TypefaceRole.SONG, 21, 0, align="center", keeps_next=False),
    Style("Closing", "结尾", TypefaceRole.SONG, 2, 20, align="left"),
)


def title_after(lines: int) -> int:
    """Return the twips below a title of so many lines: title and blank line take whole lines of the page, as in the PDF."""
    height = TITLE_BEFORE + TITLE_LINE * lines
    return -(TITLE_LINE * lines + LINE * 9 // 10) // LINE * -LINE - height


def fonts_of(role: TypefaceRole) -> str:
    """Return the w:rFonts of a role: the official font for every script, so that no other one creeps in."""
    name = safe(LICENSED_FAMILIES[role][0])
    return f'<w:rFonts w:hint="eastAsia" w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}"/>'


def styles_xml() -> str:
    """Return word/styles.xml."""
    return (
        f"{DECLARATION}<w:styles {NAMESPACES}>"
        f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts_of(TypefaceRole.FANGSONG)}"
        '<w:kern w:val="0"/><w:sz w:val="32"/><w:szCs w:val="32"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
        + "".join(map(_style, STYLES))
        + '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        f'<w:style w:type="character" w:customStyle="1" w:styleId="{UNIT}"><w:name w:val="表格单位"/><w:qFormat/>'
        f'<w:rPr>{fonts_of(TypefaceRole.SONG)}<w:sz w:val="21"/><w:szCs w:val="21"/></w:rPr></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
        '<w:style w:type="table" w:customStyle="1" w:styleId="OfficialTable"><w:name w:val="公文表格"/>'
        '<w:basedOn w:val="TableNormal"/><w:qFormat/><w:tblPr><w:tblBorders>'
        + "".join(
            f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
            for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        + "</w:tblBorders></w:tblPr></w:style></w:styles>"
    )


def _style(style: Style) -> str:
    is_default = style.identifier == "Normal"
    attributes = 'w:default="1" ' if is_default else 'w:customStyle="1" ' if style.is_own else ""
    based = f'<w:basedOn w:val="{style.based_on}"/>' if style.based_on else ""
    # The order of the elements is the schema's; Word refuses a file that has another.
    paragraph = "<w:keepNext/>" if style.keeps_next else ""
    if is_default:
        paragraph += '<w:widowControl w:val="0"/>'
    paragraph += style.tabs
    if is_default:
        # No mark hangs out of the type area, and a figure stands beside a character without a gap.
        paragraph += '<w:kinsoku/><w:overflowPunct w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
    if not style.closer:  # what is not body text has a line height of its own
        paragraph += '<w:snapToGrid w:val="0"/>'
    rule = (
        f'w:line="{style.line}" w:lineRule="exact"'
        if style.line
        else 'w:line="240" w:lineRule="auto"'
    )
    paragraph += f'<w:spacing w:before="{style.before}" w:after="{style.after}" {rule}/>'
    chars = 200 if style.indent else 0
    paragraph += f'<w:ind w:left="{style.left}" w:right="0" w:firstLineChars="{chars}" w:firstLine="{style.indent}"/>'
    paragraph += f'<w:jc w:val="{style.align}"/>'
    if style.outline is not None:
        paragraph += f'<w:outlineLvl w:val="{style.outline}"/>'
    return (
        f'<w:style w:type="paragraph" {attributes}w:styleId="{style.identifier}">'
        f'<w:name w:val="{style.name}"/>{based}<w:next w:val="{style.following}"/><w:qFormat/>'
        f"<w:pPr>{paragraph}</w:pPr>"
        f'<w:rPr>{fonts_of(style.role)}<w:b w:val="0"/><w:color w:val="000000"/>'
        f'<w:spacing w:val="{-style.closer}"/><w:sz w:val="{style.size}"/><w:szCs w:val="{style.size}"/></w:rPr>'
        "</w:style>"
    )


def font_table_xml() -> str:
    """Return word/fontTable.xml: each official font with the other names under which a machine may have it."""
    fonts = "".join(
        f'<w:font w:name="{safe(first)}"><w:altName w:val="{safe(",".join(others))}"/>'
        '<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="default"/></w:font>'
        for first, *others in LICENSED_FAMILIES.values()
    )
    return f"{DECLARATION}<w:fonts {NAMESPACES}>{fonts}</w:fonts>"


def settings_xml() -> str:
    """Return word/settings.xml: different odd and even pages, Chinese line breaking, today's layout rules."""
    return (
        f"{DECLARATION}<w:settings {NAMESPACES}>"
        '<w:zoom w:percent="100"/><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/>'
        '<w:defaultTabStop w:val="640"/><w:evenAndOddHeaders/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/>'
        "<w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/>"
        "<w:ulTrailSpace/><w:useFELayout/>"
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        "</w:compat>"
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/><w:decimalSymbol w:val="."/><w:listSeparator w:val=","/>'
        "</w:settings>"
    )
