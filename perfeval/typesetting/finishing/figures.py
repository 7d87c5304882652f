"""Where figures stand: WeasyPrint gives their boxes in its own units, from the page's top."""

from typing import Any

import pydyf

from perfeval.typesetting.finishing.objects import resolve
from perfeval.typesetting.finishing.tree import Tree

_PT_PER_PX = 0.75


def place_figures(pdf: Any, tree: Tree) -> None:
    """Write each figure's box in points from the lower left corner, as ISO 32000-1, 14.8.5.4 asks."""
    for node in tree.document.walk():
        piece = next(node.marked(), None)
        if node.kind != "Figure" or "BBox" not in node.attributes or piece is None:
            continue
        height = resolve(pdf, tree.pages[piece.page])["MediaBox"][3]
        left, top, right, bottom = (float(value) * _PT_PER_PX for value in node.attributes["BBox"])
        box = pydyf.Array([left, height - bottom, right, height - top])
        node.attributes = {"O": "/Layout", "BBox": box, "Placement": "/Block"}
