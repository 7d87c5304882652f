"""Compute the style of pages that the same rules are for once: all left pages, all right ones, all of the score sheet."""

from typing import Any

from perfeval.typesetting.patches.replacing import Replacements


def replacements() -> Replacements:
    """Return what takes the place of what in WeasyPrint."""
    from weasyprint.layout import page  # noqa: PLC0415  the fonts must be arranged before WeasyPrint is imported

    as_shipped = page.set_page_type_computed_styles

    def set_page_type_computed_styles(page_type: Any, html: Any, style_for: Any) -> None:
        kept = style_for.__dict__.setdefault("_perfeval_page_styles", {})
        key = tuple(_matches(page_type, style_for))
        computed = style_for.get_computed_styles()
        if key not in kept:
            as_shipped(page_type, html, style_for)
            kept[key] = {
                pseudo: style
                for (element, pseudo), style in computed.items()
                if element == page_type
            }
        else:
            computed.update({(page_type, pseudo): style for pseudo, style in kept[key].items()})

    return [(as_shipped, set_page_type_computed_styles)]


def _matches(page_type: Any, style_for: Any) -> Any:
    """Yield for each rule of the style sheets whether it is for a page."""
    for sheet, _, _ in style_for._sheets:  # noqa: SLF001  no other way tells
        for _, selectors, _ in sheet.page_rules:
            for _, _, selector in selectors:
                yield style_for._page_type_match(selector, page_type)  # noqa: SLF001  as above
