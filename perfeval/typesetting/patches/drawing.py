"""Write the glyphs of a line as they were written before.

WeasyPrint asks Pango for each glyph's number, width and place one by one and works out anew what to write. What a glyph
of a font becomes at a certain width is kept here, and the numbers of a run are read at once.
"""

from types import SimpleNamespace
from typing import Any

from perfeval.typesetting.patches.replacing import Replacements

#: Whole numbers in Pango's description of a glyph: glyph, width, x and y offset, attributes.
_FIELDS = 5
#: WeasyPrint's module, once it may be imported, and its function.
_library = SimpleNamespace()


def replacements() -> Replacements:
    """Return what takes the place of what in WeasyPrint."""
    from weasyprint.draw import text  # noqa: PLC0415  the fonts must be arranged before WeasyPrint is imported

    if not vars(_library):
        _library.text, _library.as_shipped = text, text.draw_first_line
    if text.ffi.sizeof("PangoGlyphInfo") != 4 * _FIELDS:
        return []
    return [(_library.as_shipped, _draw_first_line)]


def _draw_first_line(
    stream: Any, textbox: Any, text_overflow: str, block_ellipsis: Any, matrix: Any
) -> list[Any]:
    """Write a line whose glyphs are all plain, leave any other to WeasyPrint; return its pictures."""
    is_plain = text_overflow != "ellipsis" and block_ellipsis == "none"
    written = _written(stream, textbox) if is_plain else None
    if not written:
        found: list[Any] = _library.as_shipped(
            stream, textbox, text_overflow, block_ellipsis, matrix
        )
        return found
    stream.set_text_matrix(*matrix.values)
    for font, size, string in written:
        stream.set_font_size(font.hash, size)
        stream.show_text(string)
    return []


def _written(stream: Any, textbox: Any) -> list[tuple[Any, float, str]] | None:
    """Return what is written in each font, in its size; None when a glyph is not plain."""
    ffi, layout = _library.text.ffi, textbox.pango_layout
    if textbox.style["font_size"] < 1 or not textbox.text.strip():
        return None
    _library.text.pango.pango_layout_set_single_paragraph_mode(layout.layout, True)  # noqa: FBT003  C takes no names
    line, _ = layout.get_first_line()
    written: list[tuple[Any, float, str]] = []
    previous: Any = None
    run = line.runs[0]
    while run != ffi.NULL:
        glyph_item = run.data
        run = run.next
        pango_font = glyph_item.item.analysis.font
        found = _font(stream, pango_font, layout)
        if found is None:
            return None
        font, size, kept = found
        glyphs = glyph_item.glyphs
        numbers = memoryview(ffi.buffer(glyphs.glyphs, 4 * _FIELDS * glyphs.num_glyphs)).cast("i")
        if any(numbers[3::_FIELDS]):
            return None
        places = list(zip(*[numbers[field::_FIELDS].tolist() for field in range(3)], strict=True))
        try:
            string = "".join([kept[place] for place in places])
        except KeyError:
            if not _keep(stream, layout, glyph_item, found, places):
                return None
            string = "".join([kept[place] for place in places])
        string = f"<{string}"
        string = string[:-1] if string[-1] == "<" else f"{string}>"
        if pango_font == previous:
            string = written.pop()[2] + string
        previous = pango_font
        written.append((font, size, string))
    return written


def _font(stream: Any, pango_font: Any, layout: Any) -> Any:
    """Return a font as WeasyPrint keeps it, its size, and what its glyphs become; None when it has pictures."""
    fonts = stream.__dict__.setdefault("_perfeval_fonts", {})
    address = int(_library.text.ffi.cast("uintptr_t", pango_font))
    if address not in fonts:
        font, size = stream.add_font(pango_font)
        is_plain = not (font.bitmap or font.svg or font.png or font.colr)
        kept = font.__dict__.setdefault("_perfeval_glyphs", {}).setdefault(size, {})
        # With a line that holds the font, so that no other can come to stand at its address.
        fonts[address] = (font, size, kept) if is_plain else None, layout.layout
    return fonts[address][0]


def _keep(stream: Any, layout: Any, glyph_item: Any, found: Any, places: list[Any]) -> bool:
    """Work out what the glyphs of a run become, as WeasyPrint does; return whether all of them are plain."""
    text = _library.text
    font, size, kept = found
    item, clusters = glyph_item.item, glyph_item.glyphs.log_clusters
    for index, place in enumerate(places):
        if place in kept:
            continue
        glyph, width, x_offset = place
        if glyph == text.pango.PANGO_GLYPH_EMPTY:
            kept[place] = f">{-width / size}<"
            continue
        if glyph & text.pango.PANGO_GLYPH_UNKNOWN_FLAG or item.analysis.level % 2:
            return False
        if glyph not in font.to_unicode:
            end = item.length if index == len(places) - 1 else clusters[index + 1]
            whole = layout.text.encode()
            font.to_unicode[glyph] = whole[
                item.offset + clusters[index] : item.offset + end
            ].decode()
        if glyph not in font.widths:
            text.pango.pango_font_get_glyph_extents(
                item.analysis.font, glyph, stream.ink_rect, stream.logical_rect
            )
            font.widths[glyph] = round(stream.logical_rect.width * 1000 * text.FROM_UNITS / size)
        offset = x_offset / size
        kerning = font.widths[glyph] + offset - width * 1000 * text.FROM_UNITS / size
        before = f">{-offset}<" if offset else ""
        after = f">{int(kerning)}<" if kerning else ""
        kept[place] = f"{before}{glyph:04x}{after}"
    return True
