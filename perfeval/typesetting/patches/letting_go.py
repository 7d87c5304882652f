"""Let what was laid out go as soon as nobody holds it.

WeasyPrint's pages and what made them name each other in circles, which only the garbage collector undoes, and to do so
it looks through everything that is kept of other documents: a tenth of the time. The circles are opened when the last
page is laid out; what they were for is over then.
"""

from collections.abc import Iterator
from typing import Any

from perfeval.typesetting.patches.replacing import Replacements


def replacements() -> Replacements:
    """Return what takes the place of what in WeasyPrint."""
    from weasyprint import layout  # noqa: PLC0415  the fonts must be arranged before WeasyPrint is imported

    as_shipped = layout.layout_document

    def layout_document(html: Any, root_box: Any, context: Any, *others: Any) -> Iterator[Any]:
        page_boxes = []
        for page_box in as_shipped(html, root_box, context, *others):
            page_boxes.append(page_box)
            yield page_box
        # It is handed to what finds pictures, together with itself.
        context.get_image_from_uri = None
        for page_box in page_boxes:
            _open_circles(page_box)

    return [(as_shipped, layout_document)]


def _open_circles(page_box: Any) -> None:
    """Let a page's place for footnotes forget the page, and the columns of tables their cells."""
    waiting = list(page_box.children)
    while waiting:
        box = waiting.pop()
        values = box.__dict__
        values.pop("page", None)
        if "column_groups" not in values:
            waiting.extend(values.get("children", ()))
            continue
        for group in values["column_groups"]:
            for columns in (group, *group.children):
                columns.__dict__.pop("get_cells", None)
