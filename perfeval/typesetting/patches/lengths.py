"""Keep the used lengths of boxes by style: boxes of one style in blocks of one size have the same.

Elements with the same classes share one style, so 700 cells of a score sheet ask for the same twenty lengths.
"""

from typing import Any

from perfeval.typesetting.patches.replacing import Replacements

_NAMES = (
    *(
        f"{kind}_{side}"
        for kind in ("margin", "padding")
        for side in ("top", "right", "bottom", "left")
    ),
    *(f"border_{side}_width" for side in ("top", "right", "bottom", "left")),
    *("width", "min_width", "max_width", "height", "min_height", "max_height"),
)
_as_shipped: list[Any] = []


def replacements() -> Replacements:
    """Return what takes the place of what in WeasyPrint."""
    from weasyprint.formatting_structure import boxes  # noqa: PLC0415  the fonts come first
    from weasyprint.layout import percent  # noqa: PLC0415  as above

    if not _as_shipped:
        _as_shipped.append(percent.resolve_percentages)
    as_shipped = _as_shipped[0]
    page_box = boxes.PageBox

    def resolve_percentages(box: Any, containing_block: Any) -> None:
        style = box.style
        try:
            size = containing_block.width, containing_block.height
        except AttributeError:
            size = tuple(containing_block)
        kept = style.__dict__.get("_perfeval_lengths")
        if kept is not None and size in kept:
            box.__dict__.update(kept[size])
            return
        as_shipped(box, containing_block)
        if not isinstance(box, page_box) and style["border_collapse"] != "collapse":
            values = box.__dict__
            kept = style.__dict__.setdefault("_perfeval_lengths", {})
            kept[size] = {name: values[name] for name in _NAMES}

    return [(percent.resolve_percentages, resolve_percentages)]
