"""Keep the bytes of the font files: WeasyPrint copies all of them (35 MB) for each document to take a part out."""

from typing import Any

from perfeval.typesetting.patches.replacing import Replacements

#: What is smaller is a part of a font, made for one document.
_WHOLE_BYTES = 1_000_000


def replacements() -> Replacements:
    """Return what takes the place of what in WeasyPrint."""
    from weasyprint.pdf import fonts  # noqa: PLC0415  the fonts must be arranged before WeasyPrint is imported

    as_shipped = fonts.get_hb_object_data
    # With its face, so that no other face can stand at the same address.
    kept: dict[int, tuple[Any, bytes]] = {}

    def get_hb_object_data(hb_object: Any, ot_color: Any = None, glyph: Any = None) -> Any:
        if ot_color is not None:
            return as_shipped(hb_object, ot_color, glyph)
        address = int(fonts.ffi.cast("uintptr_t", hb_object))
        if address in kept:
            return kept[address][1]
        data = as_shipped(hb_object)
        if data and len(data) >= _WHOLE_BYTES:
            kept[address] = hb_object, data
        return data

    return [(as_shipped, get_hb_object_data)]
