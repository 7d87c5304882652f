"""Do not ask how narrow a page number could be set where there is room for it as it is."""

from typing import Any

from perfeval.typesetting.patches.replacing import Replacements


def replacements() -> Replacements:
    """Return what takes the place of what in WeasyPrint."""
    from weasyprint.layout import page  # noqa: PLC0415  the fonts must be arranged before WeasyPrint is imported

    as_shipped: Any = page.OrientedBox.outer

    def set_outer(self: Any, outer: float) -> None:
        room, widest = outer - self.sugar, self.max_content_size
        # The narrowest is never wider than the widest.
        self.inner = widest if room >= widest else min(max(self.min_content_size, room), widest)

    return [(as_shipped, property(as_shipped.fget, set_outer))]
