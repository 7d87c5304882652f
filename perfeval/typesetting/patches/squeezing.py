"""Set the lines of a justified paragraph as ``planning`` has them: none is pulled apart before a long figure.

A line that is planned too long is squeezed: its marks are set narrower, half of each is blank. Without this a page is
complete and right, only some of its lines are wide.
"""

import math
from itertools import pairwise
from typing import Any

from perfeval.text.planning import PlannedParagraph, plan, shrinks
from perfeval.typesetting.patches.justifying import PDF_UNITS, SpreadLayout
from perfeval.typesetting.patches.replacing import Replacements

#: Everything from here on is as wide as the type is high.
_FIRST_WIDE = "\u2e80"
_as_shipped: list[Any] = []


def replacements() -> Replacements:
    """Return what takes the place of what in WeasyPrint."""
    from weasyprint.layout import inline  # noqa: PLC0415  the fonts must be arranged before WeasyPrint is imported

    if not _as_shipped:
        _as_shipped.append(inline.split_text_box)
    return [(inline.split_text_box, _split_text_box)]


def _split_text_box(
    context: Any,
    box: Any,
    available_width: Any,
    skip: int,
    is_line_start: bool = True,  # noqa: FBT001, FBT002  WeasyPrint's own
) -> Any:
    if (
        available_width is not None
        and is_line_start
        and (end := planned_ends(context, box, available_width, skip).get(skip))
    ):
        text = box.text.encode()
        line, _, _ = _as_shipped[0](
            context, box.copy_with_text(text[skip:end].decode()), None, 0, is_line_start
        )
        if line.width <= available_width or squeeze(line, available_width):
            return line, end if end < len(text) else None, False
    return _as_shipped[0](context, box, available_width, skip, is_line_start)


def planned_ends(context: Any, box: Any, available_width: float, skip: int) -> dict[int, int]:
    """Return the ends of a paragraph's lines by their beginnings, in bytes; none where they are not planned.

    ``available_width``, ``skip``: of the line that is wanted. A paragraph is planned with its first line, and kept.
    """
    if box.style["text_align_all"] != "justify":
        return {}
    kept: Any = box.__dict__.get("_perfeval_lines")
    if not skip and (kept is None or kept[0] != available_width):
        kept = box.__dict__["_perfeval_lines"] = (
            available_width,
            _planned(context, box, available_width),
        )
    return kept[1] if kept else {}


def _planned(context: Any, box: Any, available_width: float) -> dict[int, int]:
    """Return the ends of the lines of a paragraph whose first one has ``available_width``."""
    from weasyprint.text.line_break import get_log_attrs  # noqa: PLC0415  the fonts come first

    text, style = box.text, box.style
    indent = getattr(style["text_indent"], "value", 0)
    # A line that ends before a space is WeasyPrint's business.
    if " " in text or "\n" in text:
        return {}
    size = style["font_size"]
    attributes = get_log_attrs(text, style["lang"])
    paragraph = PlannedParagraph(
        text=text,
        breaks=[place for place in range(1, len(text)) if attributes[place].is_line_break],
        width_of=lambda character: _width(context, box, character),
        first_room=available_width / size,
        room=(available_width + indent) / size,
    )
    begins = plan(paragraph)
    if begins is None:
        return {}
    places = [0, *begins, len(text)]
    found, at = {}, 0
    for start, end in pairwise(places):
        begin = at
        at += len(text[start:end].encode())
        found[begin] = at
    return found


def _width(context: Any, box: Any, character: str) -> float:
    """Return the width of a character in type sizes, what follows it included."""
    style = box.style
    kept = style.__dict__.setdefault("_perfeval_widths", {})
    key = "" if character >= _FIRST_WIDE else character
    if key not in kept:
        one, more = (
            _as_shipped[0](context, box.copy_with_text((key or "国") * count), None, 0)[0].width
            for count in (1, 2)
        )
        kept[key] = (more - one) / style["font_size"]
    return kept[key]


def squeeze(line: Any, available_width: float) -> bool:
    """Set ``line`` so narrow that it fits; return whether it can be."""
    less = shrinks(line.text)
    size = line.style["font_size"]
    share = (line.width - available_width) / size / (sum(less) or 1e-9)
    if share > 1:
        return False
    unit, done, all_of_it, extras = size / PDF_UNITS, 0, 0.0, []
    for one in less:
        all_of_it += one * share * PDF_UNITS
        extras.append((done - math.ceil(all_of_it)) * unit if one else 0.0)
        done = math.ceil(all_of_it) if one else done
    line.pango_layout = SpreadLayout(line, extras)
    line.width = available_width
    return True
