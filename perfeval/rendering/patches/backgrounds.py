"""Ask once for each style whether its boxes have a background, round corners or pictures around them."""

from typing import Any

from perfeval.rendering.patches.replacing import Replacements

_CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")
_SQUARE = {f"border_{corner}_radius": (0, 0) for corner in _CORNERS}
_NOTHING = {**_SQUARE, "background": None}


def replacements() -> Replacements:
    """Return what takes the place of what in WeasyPrint."""
    from weasyprint.layout import background  # noqa: PLC0415  the fonts must be arranged before WeasyPrint is imported

    as_shipped = background.layout_box_backgrounds

    def layout_box_backgrounds(
        page: Any,
        box: Any,
        get_image: Any,
        layout_children: bool = True,  # noqa: FBT001, FBT002  WeasyPrint's own
        style: Any = None,
    ) -> None:
        own = box.style
        if style is not None or box is page or not _is_bare(own):
            as_shipped(page, box, get_image, layout_children, style)
            return
        box.__dict__.update(_NOTHING)
        if layout_children:
            for child in box.all_children():
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
