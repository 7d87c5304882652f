"""The checks of ``conformance`` that look at the tagged structure and at what of the pages it covers.

Source: ISO 14289-1:2014, 7.1 to 7.5; ISO 32000-1:2008, 14.6 to 14.8.
"""

from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name

STANDARD_TYPES = {
    "Document",
    "Part",
    "Art",
    "Sect",
    "Div",
    "BlockQuote",
    "Caption",
    "TOC",
    "TOCI",
    "Index",
    "NonStruct",
    "Private",
    "P",
    "H",
    "H1",
    "H2",
    "H3",
    "H4",
    "H5",
    "H6",
    "L",
    "LI",
    "Lbl",
    "LBody",
    "Table",
    "TR",
    "TH",
    "TD",
    "THead",
    "TBody",
    "TFoot",
    "Span",
    "Quote",
    "Note",
    "Reference",
    "BibEntry",
    "Code",
    "Link",
    "Annot",
    "Ruby",
    "RB",
    "RT",
    "RP",
    "Warichu",
    "WT",
    "WP",
    "Figure",
    "Formula",
    "Form",
}
#: What may stand directly in which element.
CHILDREN = {
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
    "THead": {"TR"},
    "TBody": {"TR"},
    "TFoot": {"TR"},
    "TR": {"TH", "TD"},
    "L": {"LI", "L", "Caption"},
    "LI": {"Lbl", "LBody"},
    "TOC": {"TOC", "TOCI", "Caption"},
}
_PAINTS = {"Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "EI"}


def parents(pdf: pikepdf.Pdf) -> dict[int, pikepdf.Object]:
    """Return the parent tree's entries."""
    found: dict[int, pikepdf.Object] = {}

    def walk(node: pikepdf.Object) -> None:
        numbers = node.get("/Nums", Array())
        for place in range(0, len(numbers), 2):
            found[int(numbers[place])] = numbers[place + 1]
        for kid in node.get("/Kids", ()):
            walk(kid)

    walk(pdf.Root.StructTreeRoot.ParentTree)
    return found


def kids(element: pikepdf.Object) -> list[pikepdf.Object]:
    """Return the structure elements directly below."""
    found = element.get("/K", Array())
    found = list(found) if isinstance(found, Array) else [found]
    return [kid for kid in found if isinstance(kid, Dictionary) and "/S" in kid]


def structure(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield breaches in the elements: their kinds, their nesting, headings, figures, tables."""
    root = pdf.Root.StructTreeRoot
    roles = {str(name): str(to) for name, to in root.get("/RoleMap", {}).items()}
    for name, to in roles.items():
        if name[1:] in STANDARD_TYPES:
            yield f"UA 7.1 standard type {name} is mapped to {to}"
        if to[1:] not in STANDARD_TYPES:
            yield f"UA 7.1 {name} is mapped to no standard type"
    level, waiting = 0, kids(root)[::-1]
    while waiting:
        element = waiting.pop()
        kind = roles.get(str(element.S), str(element.S))[1:]
        below = kids(element)
        waiting += below[::-1]
        if kind not in STANDARD_TYPES:
            yield f"UA 7.1 element of unknown type {kind}"
        wrong = {str(kid.S)[1:] for kid in below} - CHILDREN.get(kind, STANDARD_TYPES | {"Title"})
        if wrong:
            yield f"UA 7.2 {sorted(wrong)} in {kind}"
        if kind[0] == "H" and kind[1:].isdigit():
            if int(kind[1:]) > level + 1:
                yield f"UA 7.4.2 {kind} below level {level}"
            level = int(kind[1:])
        if kind == "Figure" and not str(element.get("/Alt", element.get("/ActualText", ""))):
            yield "UA 7.3 figure without words"
        if kind == "Table":
            yield from _table(element)


def _attribute(cell: pikepdf.Object, name: str, default: object) -> object:
    owners = cell.get("/A", Array())
    for one in owners if isinstance(owners, Array) else [owners]:
        if name in one:
            return one[name]
    return default


def _table(table: pikepdf.Object) -> Iterator[str]:
    """Yield breaches in one table: a grid without holes, one head, heads that name their direction."""
    parts = [str(kid.S) for kid in kids(table)]
    if parts.count("/THead") > 1 or parts.count("/TFoot") > 1 or parts.count("/Caption") > 1:
        yield "UA 7.2 two heads, feet or captions in a table"
    if "/Caption" in parts and parts.index("/Caption") not in (0, len(parts) - 1):
        yield "UA 7.2 caption inside a table"
    rows = [row for part in kids(table) for row in ([part] if part.S == Name.TR else kids(part))]
    rows = [row for row in rows if row.S == Name.TR]
    taken: set[tuple[int, int]] = set()
    names = {str(cell.get("/ID")) for row in rows for cell in kids(row) if cell.S == Name.TH}
    for y, row in enumerate(rows):
        x = 0
        for cell in kids(row):
            while (x, y) in taken:
                x += 1
            wide, high = int(_attribute(cell, "/ColSpan", 1)), int(_attribute(cell, "/RowSpan", 1))
            spots = {(x + dx, y + dy) for dx in range(wide) for dy in range(high)}
            if spots & taken or y + high > len(rows):
                yield "UA 7.2 cells of a table overlap or stand out"
            taken |= spots
            if cell.S == Name.TH and str(_attribute(cell, "/Scope", "")) not in (
                "/Column",
                "/Row",
                "/Both",
            ):
                yield "UA 7.5 head without direction"
            if not {str(one) for one in _attribute(cell, "/Headers", ())} <= names:
                yield "UA 7.5 cell names a head that is not there"
    width = max((x for x, _ in taken), default=-1) + 1
    if len(taken) != width * len(rows):
        yield f"UA 7.2 a table of {width} by {len(rows)} has {len(taken)} places"


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


def outline(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield breaches in the bookmarks: each has a title and leads to a page of the file."""
    with pdf.open_outline() as found:
        waiting = list(found.root)
        if not waiting and len(pdf.pages) > 1:
            yield "no bookmarks"
        while waiting:
            item = waiting.pop()
            waiting += item.children
            if not item.title.strip() or (item.destination is None and item.action is None):
                yield f"bookmark {item.title!r} leads nowhere"
