"""Mend the tagged structure: one element for one thing, heads that tables name, no page numbers in the content.

WeasyPrint tags page by page: a paragraph or a table that goes over a page is two, each line is an element of its own,
page numbers count as content, and heads of tables are wrongly given where cells span rows.
Source: ISO 14289-1 (PDF/UA-1), 7.1 to 7.5; ISO 32000-1, 14.8.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from perfeval.typesetting.finishing import marks, tree
from perfeval.typesetting.finishing.figures import place_figures
from perfeval.typesetting.finishing.links import mend_links
from perfeval.typesetting.finishing.tree import StructureNode

#: Elements that say nothing by themselves: their content belongs to what is around them.
_SAYS_NOTHING = frozenset({"Span", "NonStruct", "Part", "Div"})
_HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")
_TABLE_PARTS = ("THead", "TBody", "TFoot")
_CELLS = ("TH", "TD")


def mend(document: Any, pdf: Any) -> None:
    """Mend the structure of ``pdf``, which WeasyPrint made of ``document``."""
    found = tree.read(pdf)
    before = set(found.document.marked())
    root = found.document
    root.kids = _joined_pages(root.kids, [page._page_box for page in document.pages])  # noqa: SLF001
    root.kids = _tidy(root.kids)
    root.kids = _joined_sections(root.kids)
    for node in list(root.walk()):
        node.kids = _joined_tables(node.kids)
    for node in list(root.walk()):
        if node.kind == "Table":
            _mend_table(node)
    _mend_headings(root)
    dots = mend_links(document, pdf, found)
    place_figures(pdf, found)
    tree.write(pdf, found)
    after = set(root.marked())
    marks.make_artifacts(pdf, keep=after, repeated=before - after - dots, dots=dots)


# --- What goes over a page ----------------------------------------------------------------------------------------


def _joined_pages(kids: list[Any], page_boxes: list[Any]) -> list[Any]:
    """Return the elements of all pages, those that a page break cut in two put together again."""
    by_page: dict[int, list[StructureNode]] = {}
    for kid in kids:
        page = next(kid.marked(), None)
        by_page.setdefault(page.page if page else max(by_page, default=0), []).append(kid)
    joined: list[Any] = []
    for number, of_page in sorted(by_page.items()):
        same = 0
        if number:
            ends = _elements(page_boxes[number - 1], -1)
            starts = _elements(page_boxes[number], 0)
            while (
                same < min(len(ends), len(starts))
                and ends[same] is not None
                and ends[same] is starts[same]
            ):
                same += 1
        _join(joined, of_page, same)
    return joined


def _join(kids: list[Any], more: list[Any], depth: int) -> None:
    """Add ``more`` to ``kids``; for ``depth`` levels its first element carries the last one on."""
    if depth and kids and more:
        last, first = kids[-1], more[0]
        if (
            isinstance(last, StructureNode)
            and isinstance(first, StructureNode)
            and last.kind == first.kind
        ):
            _join(last.kids, first.kids, depth - 1)
            more = more[1:]
    for kid in more:
        last, kind = kids[-1] if kids else None, getattr(kid, "kind", "")
        if isinstance(last, StructureNode) and last.kind == "TBody" and kind in _TABLE_PARTS:
            # A table that goes on: its head is repeated for the eye only.
            last.kids.extend(kid.kids if kind == "TBody" else ())
        else:
            kids.append(kid)


def _elements(page_box: Any, place: int) -> list[Any]:
    """Return the HTML elements of the first (0) or last (-1) block of a page, outermost first."""
    from weasyprint.formatting_structure import boxes  # noqa: PLC0415  the fonts must be arranged first

    elements = []
    # The page's first box holds its content; the others are its margins.
    box = page_box.children[0]
    while True:
        if box.element_tag not in ("html", "body"):
            elements.append(box.element)
        blocks = [
            child
            for child in getattr(box, "children", ())
            if isinstance(child, boxes.BlockLevelBox)
        ]
        if not blocks:
            return elements
        box = blocks[place]


def _joined_sections(kids: list[Any]) -> list[Any]:
    """Return ``kids`` where a section that only goes on with the table of the one before is part of it."""
    joined: list[Any] = []
    for kid in kids:
        goes_on = (
            isinstance(kid, StructureNode)
            and kid.kind == "Sect"
            and joined
            and joined[-1].kind == "Sect"
            and all(_is_continued(part) for part in kid.kids)
        )
        if goes_on:
            joined[-1].kids.extend(kid.kids)
        else:
            joined.append(kid)
    return joined


def _is_continued(node: Any) -> bool:
    """Return whether ``node`` is a table that no caption opens."""
    return (
        isinstance(node, StructureNode) and node.kind == "Table" and not _parts(node, ("Caption",))
    )


def _joined_tables(kids: list[Any]) -> list[Any]:
    """Return ``kids`` where a table on a later page that only goes on is part of the table before.

    Its head is repeated for the eye only: the rows keep the head that they have.
    """
    joined: list[Any] = []
    last_page: int | None = None
    for kid in kids:
        last = joined[-1] if joined else None
        if (
            isinstance(last, StructureNode)
            and last.kind == "Table"
            and _is_continued(kid)
            and _width(last) == _width(kid)
            and (bodies := _parts(last, ("TBody",)))
        ):
            # A table of a hundred pages is not looked through a hundred times.
            last_page = _last_page(last) if last_page is None else last_page
            if last_page < _first_page(kid):
                for part in _parts(kid, ("TBody", "TFoot")):
                    bodies[-1].kids.extend(part.kids)
                last_page = max(last_page, _last_page(kid))
                continue
        joined.append(kid)
        last_page = None
    return joined


def _parts(node: StructureNode, kinds: tuple[str, ...]) -> list[StructureNode]:
    return [kid for kid in node.kids if isinstance(kid, StructureNode) and kid.kind in kinds]


def _width(table: StructureNode) -> int:
    """Return how many columns the first row of a table has."""
    row = next((node for node in table.walk() if node.kind == "TR"), None)
    return sum(int(cell.attributes.get("ColSpan", 1)) for cell in _parts(row, _CELLS)) if row else 0


def _first_page(node: StructureNode) -> int:
    return min((piece.page for piece in node.marked()), default=-1)


def _last_page(node: StructureNode) -> int:
    return max((piece.page for piece in node.marked()), default=-1)


# --- What each element is -----------------------------------------------------------------------------------------


def _tidy(kids: Iterable[Any]) -> list[Any]:
    """Return ``kids`` without elements that say nothing or hold nothing; an empty cell stays, for the grid."""
    tidied: list[Any] = []
    for kid in kids:
        if not isinstance(kid, StructureNode):
            tidied.append(kid)
            continue
        kid.kids = _tidy(kid.kids)
        if kid.kind == "Div":
            _make_caption(kid)
        if kid.kind in _SAYS_NOTHING and kid.alt is None:
            tidied.extend(kid.kids)
        elif kid.kids or kid.kind in _CELLS:
            tidied.append(kid)
    return tidied


def _make_caption(block: StructureNode) -> None:
    """Put the line above a table into it as its caption, where a block holds just these two."""
    match block.kids:
        case [StructureNode(kind="P") as line, StructureNode(kind="Table") as table]:
            line.kind = "Caption"
            table.kids.insert(0, line)
            block.kids = [table]


def _mend_table(table: StructureNode) -> None:
    """Name the direction of each head cell, drop what WeasyPrint guessed."""
    for part in _parts(table, _TABLE_PARTS):
        scope = "/Column" if part.kind == "THead" else "/Row"
        for cell in _cells(part):
            kept: dict[str, object] = {
                name: cell.attributes[name]
                for name in ("ColSpan", "RowSpan")
                if name in cell.attributes
            }
            if cell.kind == "TH":
                kept["Scope"] = scope
            cell.attributes = {"O": "/Table", **kept} if kept else {}


def _cells(part: StructureNode) -> Iterator[StructureNode]:
    for row in _parts(part, ("TR",)):
        yield from _parts(row, _CELLS)


def _mend_headings(root: StructureNode) -> None:
    """Let no heading be more than one level below the one before it."""
    level = 0
    for node in root.walk():
        if node.kind in _HEADINGS:
            level = min(_HEADINGS.index(node.kind) + 1, level + 1)
            node.kind = f"H{level}"
