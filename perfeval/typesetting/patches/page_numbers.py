"""Keep the references to the pages of a file while its tags are written: they were made anew for each element."""

from typing import Any

from perfeval.typesetting.patches.replacing import Replacements


def replacements() -> Replacements:
    """Return what takes the place of what in pydyf."""
    import pydyf  # noqa: PLC0415  comes with WeasyPrint, after the fonts

    as_shipped: Any = pydyf.PDF.page_references

    def page_references(pdf: Any) -> Any:
        count = len(pdf.pages["Kids"])
        kept = pdf.__dict__.get("_perfeval_pages")
        if kept is None or kept[0] != count:
            kept = pdf.__dict__["_perfeval_pages"] = (count, as_shipped.fget(pdf))
        return kept[1]

    return [(as_shipped, property(page_references))]
