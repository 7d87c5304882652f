"""The checks of ``conformance`` that look at the tagged structure and the bookmarks.

Source: ISO 14289-1:2014, 7.1 to 7.5; ISO 32000-1:2008, 14.6 to 14.8.
"""

import re
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
    "TOCI": {"Lbl", "Reference", "NonStruct", "P", "TOC"},
}
#: What an element may stand in.
PARENTS = {
    "TR": {"Table", "THead", "TBody", "TFoot"},
    **{key: {"Table"} for key in ("THead", "TBody", "TFoot")},
    **{key: {"TR"} for key in ("TH", "TD")},
    "LI": {"L"},
    **{key: {"LI"} for key in ("Lbl", "LBody")},
    "TOCI": {"TOC"},
    "Link": {"P", "Reference"},
}
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")


def is_language(text: str) -> bool:
    """Return whether ``text`` is a language identifier."""
    return _LANGUAGE.fullmatch(text) is not None


def parents(pdf: pikepdf.Pdf) -> dict[int, pikepdf.Object]:
    """Return the parent tree's entries."""
    found: dict[int, pikepdf.Object] = {}

    def walk(node: pikepdf.Object) -> None:
        numbers = node.get("/Nums", Array())
        for place in range(0, len(numbers), 2):
            found[int(numbers[place])] = numbers[place + 1]
        for kid in node.get("/Kids", ()):
            walk(kid)

    if "/StructTreeRoot" in pdf.Root:
        walk(pdf.Root.StructTreeRoot.ParentTree)
    return found


def kids(element: pikepdf.Object) -> list[pikepdf.Object]:
    """Return the structure elements directly below."""
    found = element.get("/K", Array())
    found = list(found) if isinstance(found, Array) else [found]
    return [kid for kid in found if isinstance(kid, Dictionary) and "/S" in kid]


def structure(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield breaches in the elements: their kinds, their nesting, headings, figures, tables."""
    if "/StructTreeRoot" not in pdf.Root:
        yield "A 6.7.3.3, UA 7.1 no structure"
        return
    root = pdf.Root.StructTreeRoot
    roles = {str(name): str(to) for name, to in root.get("/RoleMap", {}).items()}
    for name, to in roles.items():
        if name[1:] in STANDARD_TYPES or to[1:] not in STANDARD_TYPES:
            yield f"UA 7.1 {name} is mapped to {to}"
    level, notes = 0, [""]
    for kind, element in _elements(root, roles):
        yield from _element(kind, element, set(roles))
        if kind[0] == "H" and kind[1:].isdigit():
            if int(kind[1:]) > level + 1:
                yield f"UA 7.4.2 {kind} below level {level}"
            level = int(kind[1:])
        if kind == "Note":
            if str(element.get("/ID", "")) in notes:
                yield "UA 7.9 note without an identifier of its own"
            notes.append(str(element.get("/ID", "")))
        if kind == "Table":
            yield from _table(element)


def _elements(root: pikepdf.Object, roles: dict[str, str]) -> Iterator[tuple[str, pikepdf.Object]]:
    """Yield every element with its kind, in reading order."""
    waiting = kids(root)[::-1]
    while waiting:
        element = waiting.pop()
        yield roles.get(_name(element), _name(element))[1:], element
        waiting += kids(element)[::-1]


def _name(element: pikepdf.Object) -> str:
    return bytes(element.S.unparse()).decode("latin-1") if "/S" in element else ""


def _element(kind: str, element: pikepdf.Object, mapped: set[str]) -> Iterator[str]:
    """Yield breaches in one element: its kind, what it stands in, what stands in it, its words."""
    if kind not in STANDARD_TYPES or kind == "H":
        yield f"UA 7.1, 7.4.4 element of type {kind}"
    allowed = {f"/{name}" for name in CHILDREN.get(kind, STANDARD_TYPES)} | mapped
    if wrong := {_name(kid) for kid in kids(element)} - allowed:
        yield f"UA 7.2 {sorted(wrong)} in {kind}"
    if "/P" not in element:
        yield f"UA 7.1 {kind} does not know what it stands in"
    elif kind in PARENTS and _name(element.P)[1:] not in PARENTS[kind]:
        yield f"UA 7.2 {kind} in {_name(element.P)}"
    if not is_language(str(element.get("/Lang", "zh-CN"))):
        yield f"A 6.7.4, UA 7.2 {kind} is in language {element.Lang}"
    if kind in ("Figure", "Formula") and not str(
        element.get("/Alt", element.get("/ActualText", ""))
    ):
        yield "UA 7.3, 7.7 figure or formula without words"


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
    if {"/THead", "/TFoot"} & set(parts) and "/TBody" not in parts:
        yield "UA 7.2 table without a body"
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
