"""The tagged structure as plain nodes: read from WeasyPrint's objects, written back to them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pydyf

from perfeval.typesetting.finishing.objects import add, blank, is_reference, name_of, resolve


class Marked(NamedTuple):
    """A marked piece of a page's content: the page's position and the piece's number on it."""

    page: int
    mcid: int


@dataclass(frozen=True, slots=True, eq=False)
class Annotated:
    """An annotation that belongs to a node: the object reference, and the annotation itself."""

    source: Any
    annotation: Any


@dataclass(slots=True, eq=False)
class StructureNode:
    """One structure element. ``attributes``: its table or layout attributes. ``alt``: the words for a figure."""

    kind: str
    kids: list["StructureNode | Marked | Annotated"] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    alt: Any = None
    source: Any = None

    def walk(self) -> Iterator["StructureNode"]:
        """Yield this node and all below it, in reading order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(kid for kid in reversed(node.kids) if isinstance(kid, StructureNode))

    def marked(self) -> Iterator[Marked]:
        """Yield all content below this node in reading order."""
        waiting = self.kids[::-1]
        while waiting:
            kid = waiting.pop()
            if isinstance(kid, StructureNode):
                waiting.extend(reversed(kid.kids))
            elif isinstance(kid, Marked):
                yield kid


@dataclass(slots=True)
class Tree:
    """The whole structure: its root node, its objects in the file, and the numbers of the pages."""

    document: StructureNode
    root: Any
    parents: Any
    pages: list[bytes]
    unused: list[Any]


def read(pdf: Any) -> Tree:
    """Return the structure that WeasyPrint made."""
    root = resolve(pdf, pdf.catalog["StructTreeRoot"])
    pages = list(pdf.page_references)
    numbers = {page: number for number, page in enumerate(pages)}
    sources: list[Any] = []
    document = _read_node(pdf, resolve(pdf, root["K"][0]), numbers, sources)
    return Tree(document, root, resolve(pdf, root["ParentTree"]), pages, sources)


def _read_node(
    pdf: Any, source: Any, numbers: dict[bytes, int], sources: list[Any]
) -> StructureNode:
    sources.append(source)
    node = StructureNode(name_of(source["S"]), source=source, alt=source.get("Alt"))
    node.attributes = dict(source.get("A", {}))
    for kid in source["K"]:
        if not is_reference(kid):
            node.kids.append(Marked(numbers[source["Pg"]], kid))
            continue
        found = resolve(pdf, kid)
        if found["Type"] == "/OBJR":
            node.kids.append(Annotated(found, resolve(pdf, found["Obj"])))
        else:
            node.kids.append(_read_node(pdf, found, numbers, sources))
    return node


def write(pdf: Any, tree: Tree) -> None:
    """Write the nodes back, and with them which piece of which page belongs to which node."""
    content: list[dict[int, bytes]] = [{} for _ in tree.pages]
    annotated: dict[int, bytes] = {}
    kept = {id(node.source) for node in tree.document.walk() if node.source is not None}
    for source in tree.unused:
        if id(source) not in kept:
            blank(pdf, source)
    for node in tree.document.walk():
        if node.source is None:
            node.source = add(pdf, pydyf.Dictionary({"Type": "/StructElem"}))
    tree.document.source["P"] = tree.root.reference
    for node in tree.document.walk():
        _write_node(node, tree.pages, content, annotated)
    numbers = pydyf.Array()
    for position, pieces in enumerate(content):
        owners = [pieces.get(mcid, b"null") for mcid in range(max(pieces, default=-1) + 1)]
        numbers.extend([position, pydyf.Array(owners)])
    for parent, owner in sorted(annotated.items()):
        numbers.extend([parent, owner])
    tree.parents["Nums"] = numbers
    tree.root["ParentTreeNextKey"] = max([len(tree.pages) - 1, *annotated]) + 1


def _write_node(
    node: StructureNode,
    pages: list[bytes],
    content: list[dict[int, bytes]],
    annotated: dict[int, bytes],
) -> None:
    source, owner = node.source, node.source.reference
    own_page = next((kid.page for kid in node.kids if isinstance(kid, Marked)), None)
    kids = pydyf.Array()
    for kid in node.kids:
        match kid:
            case StructureNode():
                kid.source["P"] = owner
                kids.append(kid.source.reference)
            case Annotated():
                annotated[kid.annotation["StructParent"]] = owner
                kids.append(kid.source.reference)
            case Marked():
                content[kid.page][kid.mcid] = owner
                kids.append(
                    kid.mcid
                    if kid.page == own_page
                    else pydyf.Dictionary({"Type": "/MCR", "Pg": pages[kid.page], "MCID": kid.mcid})
                )
    source["S"] = f"/{node.kind}"
    source["K"] = kids
    for name in ("Pg", "A", "ID"):
        source.pop(name, None)
    if own_page is not None:
        source["Pg"] = pages[own_page]
    if node.attributes:
        source["A"] = pydyf.Dictionary(node.attributes)
