"""Keep the used lengths of boxes by style: boxes of one style in blocks of one size have the same.

Elements with the same classes share one style, so 700 cells of a score sheet ask for the same twenty lengths.
"""

from typing import Any

from perfeval.rendering.patches.replacing import Replacements

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
    box_class, page_box = boxes.Box, boxes.PageBox

    def resolve_percentages(box: Any, containing_block: Any) -> None:
        style = box.style
        if isinstance(box, page_box) or style["border_collapse"] == "collapse":
            as_shipped(box, containing_block)
            return
        if isinstance(containing_block, box_class):
            size = containing_block.width, containing_block.height
        else:
            size = tuple(containing_block)
        kept = style.__dict__.setdefault("_perfeval_lengths", {})
        found = kept.get(size)
        if found is None:
            as_shipped(box, containing_block)
            values = box.__dict__
            kept[size] = {name: values[name] for name in _NAMES}
        else:
            box.__dict__.update(found)

    return [(percent.resolve_percentages, resolve_percentages)]
