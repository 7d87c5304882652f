"""Make a table of contents one for those who listen: one link an entry, named by its words, without its dots.

WeasyPrint makes four links of an entry that lie on each other (the line, its words, what follows, the dots), names each
by its target (``h17``) and lets every dot be read out.
Source: ISO 14289-1, 7.18.5; ISO 32000-1, 14.8.4.2 and 14.8.2.2.
"""

from collections.abc import Iterator
from typing import Any

import pydyf

from perfeval.typesetting.finishing.objects import blank, resolve
from perfeval.typesetting.finishing.tree import Annotated, Marked, StructureNode, Tree


def mend_links(document: Any, pdf: Any, tree: Tree) -> set[Marked]:
    """Mend the links below ``tree`` and what holds them. Return the pieces of content that are dots only."""
    if not any(node.kind == "Link" for node in tree.document.walk()):
        return set()
    words = {
        target: "".join(box.element.itertext())
        for page in document.pages
        for _, target, _, box in page.links
        if box.element is not None
    }
    dots: set[Marked] = set()
    superfluous: list[Annotated] = []
    for section in list(tree.document.walk()):
        entries = [kid for kid in section.kids if isinstance(kid, StructureNode) and _is_entry(kid)]
        for entry in entries:
            for link in _below(entry):
                dots |= set(_dots(link))
                superfluous += _flatten(link)
                first = next(kid for kid in link.kids if isinstance(kid, Annotated))
                target = first.annotation["Dest"].string
                first.annotation["Contents"] = pydyf.String(words.get(target, target))
            entry.kids = [StructureNode("Reference", entry.kids)]
            entry.kind = "TOCI"
        if entries:
            place = section.kids.index(entries[0])
            section.kids = [kid for kid in section.kids if kid not in entries]
            section.kids.insert(place, StructureNode("TOC", list(entries)))
    _drop(pdf, tree, superfluous)
    return dots


def _is_entry(node: StructureNode) -> bool:
    """Return whether ``node`` is a line of a table of contents: a paragraph of nothing but links."""
    links = [kid for kid in _below(node) if kid.kind == "Link"]
    return node.kind == "P" and bool(links) and len(links) == len(node.kids)


def _below(node: StructureNode) -> list[StructureNode]:
    return [kid for kid in node.kids if isinstance(kid, StructureNode)]


def _dots(link: StructureNode, depth: int = 0) -> Iterator[Marked]:
    """Yield the content of the innermost links: words stand in the first, their number in the second."""
    for kid in link.kids:
        if isinstance(kid, StructureNode):
            yield from _dots(kid, depth + 1)
        elif isinstance(kid, Marked) and depth > 1:
            yield kid


def _flatten(link: StructureNode) -> list[Annotated]:
    """Put what stands in links inside this one into it, but for the dots; return the annotations that it loses."""
    dots = set(_dots(link))
    annotated = [kid for node in link.walk() for kid in node.kids if isinstance(kid, Annotated)]
    link.kids = [annotated[0], *(piece for piece in link.marked() if piece not in dots)]
    return annotated[1:]


def _drop(pdf: Any, tree: Tree, superfluous: list[Annotated]) -> None:
    """Take annotations off their pages."""
    gone = {one.annotation.reference for one in superfluous}
    for reference in tree.pages:
        page = resolve(pdf, reference)
        if gone.intersection(page.get("Annots", ())):
            page["Annots"] = pydyf.Array(one for one in page["Annots"] if one not in gone)
    for one in superfluous:
        blank(pdf, one.annotation)
        blank(pdf, one.source)
