"""Answer quickly what is nearly always so: a box is in normal flow, and nothing floats beside a line."""

from typing import Any

from perfeval.typesetting.patches.replacing import Replacements


def replacements() -> Replacements:
    """Return what takes the place of what in WeasyPrint."""
    from weasyprint.formatting_structure import boxes  # noqa: PLC0415  the fonts come first
    from weasyprint.layout import float as floats  # noqa: PLC0415  as above

    as_shipped = floats.avoid_collisions
    line_box, in_normal_flow = boxes.LineBox, boxes.Box.is_in_normal_flow

    def avoid_collisions(context: Any, box: Any, containing_block: Any, outer: bool = True) -> Any:  # noqa: FBT001, FBT002  WeasyPrint's own
        if (
            outer
            or context.excluded_shapes
            or not isinstance(box, line_box)
            or containing_block.style["direction"] != "ltr"
        ):
            return as_shipped(context, box, containing_block, outer)
        return containing_block.content_box_x(), box.border_box_y(), containing_block.width

    def is_in_normal_flow(self: Any) -> bool:
        style = self.style
        if style["float"] == "none" and style["position"] in ("static", "relative"):
            return True
        return bool(in_normal_flow(self))

    return [(as_shipped, avoid_collisions), (in_normal_flow, is_in_normal_flow)]
