"""Ask once for each style whether its boxes have a background, round corners or pictures around them."""

from typing import Any

from perfeval.typesetting.patches.plain_lines import MARK
from perfeval.typesetting.patches.replacing import Replacements

_CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")
_SQUARE = {f"border_{corner}_radius": (0, 0) for corner in _CORNERS}
_NOTHING = {**_SQUARE, "background": None}


def replacements() -> Replacements:
    """Return what takes the place of what in WeasyPrint."""
    from weasyprint.formatting_structure import boxes  # noqa: PLC0415  the fonts come first
    from weasyprint.layout import background  # noqa: PLC0415  as above

    as_shipped, box_class = background.layout_box_backgrounds, boxes.Box

    def layout_box_backgrounds(
        page: Any,
        box: Any,
        get_image: Any,
        layout_children: bool = True,  # noqa: FBT001, FBT002  WeasyPrint's own
        style: Any = None,
    ) -> None:
        # What stands for a box that is placed absolutely is none.
        is_box = isinstance(box, box_class)
        if style is not None or box is page or not is_box or not _is_bare(box.style):
            as_shipped(page, box, get_image, layout_children, style)
            return
        box.__dict__.update(_NOTHING)
        if layout_children:
            for child in box.all_children():
                if MARK not in child.__dict__:
                    layout_box_backgrounds(page, child, get_image)

    return [(as_shipped, layout_box_backgrounds)]


def _is_bare(style: Any) -> bool:
    kept: dict[str, bool] = style.__dict__
    found = kept.get("_perfeval_bare")
    if found is None:
        found = kept["_perfeval_bare"] = (
            style["border_image_source"][0] == "none"
            and style["mask_border_source"][0] == "none"
            and style["background_color"] != "currentcolor"
            and style["background_color"].alpha == 0
            and all(type_ == "none" for type_, _ in style["background_image"])
            and not style["box_shadow"]
            and all((0, "px") in style[name] for name in _SQUARE)
        )
    return found
