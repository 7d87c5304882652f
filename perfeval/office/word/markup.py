"""The small pieces of WordprocessingML: text that is safe inside it, runs, paragraphs."""

import re
from xml.sax.saxutils import escape

NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in (
        ("w", "http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
        ("r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
        ("wp", "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"),
        ("a", "http://schemas.openxmlformats.org/drawingml/2006/main"),
        ("mc", "http://schemas.openxmlformats.org/markup-compatibility/2006"),
        ("wps", "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"),
        ("wpg", "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"),
        ("v", "urn:schemas-microsoft-com:vml"),
        ("o", "urn:schemas-microsoft-com:office:office"),
    )
)
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TWIPS_PER_PT = 20
EMU_PER_PT = 12_700


def safe(text: str) -> str:
    """Return ``text`` for use between tags or in an attribute, without what XML cannot hold."""
    return escape(_NOT_XML.sub("", text), {'"': "&quot;"})


def mm(length: int) -> int:
    """Return a length in mm in twips, rounded half up."""
    return (length * 1440 * 10 + 127) // 254


def run(text: str, style: str = "") -> str:
    """Return a run, in a character style if one is named; a tab or line break becomes Word's own."""
    inner = safe(text).replace("\t", "</w:t><w:tab/>" + _OPEN)
    inner = inner.replace("\n", "</w:t><w:br/>" + _OPEN)
    styled = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    return f"<w:r>{styled}{_OPEN}{inner}</w:t></w:r>"


def run_in(text: str, look: str) -> str:
    """Return a run with the XML ``look`` in its w:rPr."""
    return f"<w:r><w:rPr>{look}</w:rPr>{_OPEN}{safe(text)}</w:t></w:r>"


_OPEN = '<w:t xml:space="preserve">'


def paragraph(text: str, style: str, *, properties: str = "", more: str = "") -> str:
    """Return a paragraph in a style of ``styles``.

    ``properties`` is XML that goes into its w:pPr, ``more`` are runs behind the text.
    """
    inner = (run(text) if text else "") + more
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{inner}</w:p>'


def field(instruction: str, *, shown: str = "1") -> str:
    """Return the runs of a field that comes to a number; ``shown`` until Word fills it in."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {safe(instruction)} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{safe(shown)}</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def marked(runs: str, name: str, number: int) -> str:
    """Return runs between the ends of a bookmark; ``number`` is different for each in the file."""
    return (
        f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{runs}<w:bookmarkEnd w:id="{number}"/>'
    )


def page_field() -> str:
    """Return the runs of a page number as the standard writes it: — 1 —."""
    return f"<w:r>{_OPEN}— </w:t></w:r>{field('PAGE')}<w:r>{_OPEN} —</w:t></w:r>"
