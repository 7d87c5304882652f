"""Fill the solid rules of table cells as plain rectangles.

A cell whose four borders differ, for it has rules at two sides only, is drawn side by side, each within a clipping
path: a tenth of the time, and most of a page's bytes. Rules of one colour need no clipping.
"""

from typing import Any

from perfeval.typesetting.patches.replacing import Replacements

_SIDES = ("top", "right", "bottom", "left")
_CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")
_as_shipped: list[Any] = []


def replacements() -> Replacements:
    """Return what takes the place of what in WeasyPrint."""
    from weasyprint.draw import border  # noqa: PLC0415  the fonts must be arranged before WeasyPrint is imported

    if not _as_shipped:
        _as_shipped.append(border.draw_border)
    return [(border.draw_border, _draw_border)]


def _draw_border(stream: Any, box: Any) -> None:
    widths = (
        box.border_top_width,
        box.border_right_width,
        box.border_bottom_width,
        box.border_left_width,
    )
    if any(widths) and not all(widths) and (color := _simple_color(box, widths)) is not None:
        _fill(stream, box, widths, color)
    else:
        _as_shipped[0](stream, box)


def _simple_color(box: Any, widths: tuple[float, ...]) -> Any:
    """Return the colour of all rules; None when it takes more than rectangles to draw them."""
    style = box.style
    if (
        style["visibility"] != "visible"
        or style["column_width"] != "auto"
        or style["column_count"] != "auto"
        or style["border_image_source"][0] != "none"
        or any(getattr(box, f"border_{corner}_radius") != (0, 0) for corner in _CORNERS)
    ):
        return None
    colors = []
    for side, width in zip(_SIDES, widths, strict=True):
        if width:
            if style[f"border_{side}_style"] != "solid":
                return None
            color = style[f"border_{side}_color"]
            colors.append(style["color"] if color == "currentcolor" else color)
    return colors[0] if colors[0].alpha and all(one == colors[0] for one in colors) else None


def _fill(stream: Any, box: Any, widths: tuple[float, ...], color: Any) -> None:
    top, right, bottom, left = widths
    x, y = box.border_box_x(), box.border_box_y()
    width, height = box.border_width(), box.border_height()
    # As ``stream.artifact()`` and ``stream.stacked()``, which make two generators for each cell.
    is_tagged = stream._tags is not None  # noqa: SLF001  as they ask
    if is_tagged:
        stream.begin_marked_content("Artifact")
    stream.push_state()
    stream.set_color(color)
    if top:
        stream.rectangle(x, y, width, top)
    if bottom:
        stream.rectangle(x, y + height - bottom, width, bottom)
    if right:
        stream.rectangle(x + width - right, y, right, height)
    if left:
        stream.rectangle(x, y, left, height)
    stream.fill()
    stream.pop_state()
    if is_tagged:
        stream.end_marked_content()
