"""Pass by the lines that ``paragraphs`` made: text and nothing else, so there is nothing to be found in them.

WeasyPrint visits each box of a page a dozen times: for anchors, links, bookmarks, backgrounds, outlines, what lies above
what. Two of three boxes are such a line or its text.
"""

from collections.abc import Iterator
from typing import Any

from perfeval.typesetting.patches.replacing import Replacements

#: What marks such a line, among the values of its box.
MARK = "_perfeval_plain_line"


def replacements() -> Replacements:
    """Return what takes the place of what in WeasyPrint."""
    import weasyprint.draw as drawing  # noqa: PLC0415  the fonts must be arranged before WeasyPrint is imported
    from weasyprint import anchors, stacking  # noqa: PLC0415  as above
    from weasyprint.draw import border  # noqa: PLC0415  as above
    from weasyprint.formatting_structure import boxes  # noqa: PLC0415  as above

    box_class = boxes.Box

    def descendants(self: Any, placeholders: bool = False) -> Iterator[Any]:  # noqa: FBT001, FBT002  WeasyPrint's own
        waiting = [self]
        while waiting:
            box = waiting.pop()
            yield box
            if placeholders or isinstance(box, box_class):
                waiting.extend(
                    child for child in reversed(box.children) if MARK not in child.__dict__
                )

    draw_inline_level, draw_text = drawing.draw_inline_level, drawing.draw_text

    def draw_line(stream: Any, page: Any, box: Any, offset_x: float = 0, *others: Any) -> None:
        if MARK not in box.__dict__:
            draw_inline_level(stream, page, box, offset_x, *others)
            return
        (text,) = box.children
        with stream.marked(text, "Span"):
            draw_text(
                stream,
                text,
                offset_x + text.position_x - box.position_x,
                box.text_overflow,
                box.block_ellipsis,
            )

    def unless_plain(as_shipped: Any, place: int) -> tuple[Any, Any]:
        """Return a function and the one that does nothing where its argument at ``place`` is such a line."""

        def function(*arguments: Any, **named: Any) -> None:
            if MARK not in arguments[place].__dict__:
                as_shipped(*arguments, **named)

        return as_shipped, function

    dispatch = stacking._dispatch  # noqa: SLF001  it has no other name

    def dispatch_line(box: Any, *others: Any) -> Any:
        return box if MARK in box.__dict__ else dispatch(box, *others)

    return [
        (box_class.descendants, descendants),
        (draw_inline_level, draw_line),
        (dispatch, dispatch_line),
        unless_plain(anchors.gather_anchors, 0),
        unless_plain(border.draw_outline, 1),
    ]
