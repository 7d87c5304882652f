"""The marks in the content of pages: what is no content is marked as an artifact."""

from typing import Any

import pydyf

from perfeval.typesetting.finishing.objects import resolve
from perfeval.typesetting.finishing.tree import Marked

_FURNITURE = {"Type": "/Pagination", "Subtype": "/Footer"}
_REPEATED = {"Type": "/Pagination"}
_DOTS = {"Type": "/Layout"}


def make_artifacts(
    pdf: Any, *, keep: set[Marked], repeated: set[Marked], dots: set[Marked]
) -> None:
    """Mark all but ``keep`` as artifacts: page numbers, ``repeated`` heads of tables, the ``dots`` of contents."""
    for number, reference in enumerate(pdf.page_references):
        page = resolve(pdf, reference)
        operators = resolve(pdf, page["Contents"]).stream
        for place, operator in enumerate(operators):
            if not (isinstance(operator, pydyf.Dictionary) and "MCID" in operator):
                continue
            piece = Marked(number, operator["MCID"])
            if piece not in keep:
                operators[place - 1] = "/Artifact"
                kind = _DOTS if piece in dots else _REPEATED if piece in repeated else _FURNITURE
                operators[place] = pydyf.Dictionary(kind)
