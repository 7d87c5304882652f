"""The checks of ``conformance`` that look at the content of pages: its marks, its operators, colours and glyphs.

Source: ISO 14289-1:2014, 7.1 and 7.21; ISO 19005-3:2012, 6.2; ISO 32000-1:2008, 14.6 to 14.8.
"""

import re
from collections.abc import Iterator, Mapping

import pikepdf
from pikepdf import Array, Dictionary

from tests.typesetting.conformance_tags import parents

_PAINTS = {"Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "EI"}
#: Every operator that our pages use, colours in RGB only; any other is a breach or something new to be thought about.
_OPERATORS = {
    *_PAINTS, "q", "Q", "cm", "gs", "w", "d", "J", "j", "M", "m", "l", "c", "v", "y", "h", "re", "n", "W", "W*",
    "BT", "ET", "Tf", "Tm", "Td", "Tc", "Tw", "Tr", "Ts", "Tz", "TL", "T*", "rg", "RG", "cs", "CS", "scn", "SCN",
    "BMC", "BDC", "EMC",
}  # fmt: skip
_OPERATORS -= {"EI", "sh"}
_DEEPEST = 28
_MAPPED = re.compile(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>")
#: What no character may be shown as: nothing, the marks of byte order, the private use area.
_NO_CHARACTER = re.compile("[\0\ufeff\ufffe\ue000-\uf8ff]")


def content(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield breaches in the content: what is neither tagged nor an artifact, marks that lead nowhere."""
    owners = parents(pdf)
    for number, page in enumerate(pdf.pages, start=1):
        known = owners.get(int(page.obj.get("/StructParents", -1)), Array())
        stack: list[str] = []
        seen: set[int] = set()
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in ("BMC", "BDC"):
                piece = (
                    operands[1].get("/MCID")
                    if name == "BDC" and isinstance(operands[1], Dictionary)
                    else None
                )
                kind = (
                    "artifact"
                    if str(operands[0]) == "/Artifact"
                    else "tagged"
                    if piece is not None
                    else ""
                )
                if kind and any(stack):
                    yield f"UA 7.1 page {number}: {kind} inside {[one for one in stack if one]}"
                stack.append(kind)
                if piece is not None:
                    if int(piece) in seen:
                        yield f"UA 7.1 page {number}: piece {piece} twice"
                    seen.add(int(piece))
                    if int(piece) >= len(known) or not isinstance(known[int(piece)], Dictionary):
                        yield f"UA 7.1 page {number}: piece {piece} belongs to nothing"
            elif name == "EMC":
                stack.pop()
            elif name in _PAINTS and not any(stack):
                yield f"UA 7.1 page {number}: {name} is neither tagged nor an artifact"
        if len(seen) != sum(isinstance(one, Dictionary) for one in known):
            yield f"UA 7.1 page {number}: elements without content"


def operators(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield breaches in what is drawn: unknown operators, nesting, glyphs that stand for no character."""
    for number, page in enumerate(pdf.pages, start=1):
        resources = page.obj.get("/Resources", Dictionary())
        maps = {
            name: _characters(font) for name, font in resources.get("/Font", Dictionary()).items()
        }
        known: Mapping[bytes, str] = {}
        depth = 0
        wrong: set[str] = set()
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            depth += (name == "q") - (name == "Q")
            if name not in _OPERATORS or depth > _DEEPEST:
                wrong.add(f"A 6.1.13, 6.2 operator {name} at depth {depth}")
            elif name == "Tf" and str(operands[0]) not in maps:
                wrong.add(f"A 6.2.2 font {operands[0]} is not among the page's")
            elif name == "Tf":
                known = maps[str(operands[0])]
            elif name in ("Tj", "TJ"):
                texts = operands[0] if name == "TJ" else operands
                for text in texts:
                    if isinstance(text, pikepdf.String):
                        wrong |= set(_unknown(bytes(text), known))
        yield from (f"page {number}: {one}" for one in sorted(wrong))


def _characters(font: pikepdf.Object) -> Mapping[bytes, str]:
    """Return which characters the codes of a font stand for."""
    if "/ToUnicode" not in font:
        return {}
    mapped = _MAPPED.findall(font.ToUnicode.read_bytes().decode("latin-1"))
    return {bytes.fromhex(code): bytes.fromhex(to).decode("utf-16-be") for code, to in mapped}


def _unknown(text: bytes, known: Mapping[bytes, str]) -> Iterator[str]:
    for place in range(0, len(text), 2):
        code = text[place : place + 2]
        if code == b"\0\0" or not known.get(code) or _NO_CHARACTER.search(known[code]):
            yield f"A 6.2.11.7, 6.2.11.8 glyph {code.hex()} stands for no character"
