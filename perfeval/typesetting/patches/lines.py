"""Shape less text, and shape it once.

For each line WeasyPrint shapes four lines' worth of characters to find where it ends, which is right for Latin letters;
a Chinese line needs a little more than itself. It builds Pango's context and font description anew for each piece of
text; they are kept by style. It throws the shaped line away and shapes it again to draw it; it is kept.
"""

import functools
from typing import Any

from perfeval.typesetting.patches.replacing import Replacements

#: Characters beyond those that fill a line, for the rules that look ahead.
_AHEAD = 24
#: Everything from here on is at least as wide as the type is high, but for a few signs.
_FIRST_WIDE = "\u2e80"
_FEATURES = (
    *(
        f"font_variant_{name}"
        for name in ("ligatures", "position", "caps", "numeric", "alternates", "east_asian")
    ),
    "font_feature_settings",
)


def replacements() -> Replacements:
    """Return what takes the place of what in WeasyPrint."""
    from weasyprint.text import line_break  # noqa: PLC0415  the fonts must be arranged before WeasyPrint is imported

    layout = line_break.Layout
    return [
        (layout.setup, _setup(line_break, layout.setup)),
        (layout.set_text, _set_text(line_break, layout.set_text)),
        (layout.deactivate, _deactivate(layout.deactivate)),
        (layout.reactivate, _reactivate(layout.reactivate)),
        (line_break.split_first_line, _split_first_line(line_break.split_first_line)),
        (line_break.strut, _strut(line_break.strut)),
    ]


def _setup(line_break: Any, as_shipped: Any) -> Any:
    ffi, gobject, pango = line_break.ffi, line_break.gobject, line_break.pango

    def context_of(style: Any) -> Any:
        """Return Pango's context and font description for a style, and its language; None for what is rare."""
        if (
            style["text_decoration_line"] != "none"
            or style["font_language_override"] != "normal"
            or not style["lang"]
            or any(style[name] != "normal" for name in _FEATURES)
            or style["font_kerning"] != "auto"
        ):
            return None
        context = ffi.gc(
            pango.pango_font_map_create_context(style.font_config.font_map), gobject.g_object_unref
        )
        pango.pango_context_set_round_glyph_positions(context, False)  # noqa: FBT003  C takes no names
        pango.pango_context_set_base_dir(context, line_break.PANGO_DIRECTION[style["direction"]])
        name, _ = line_break.unicode_to_char_p(style["lang"])
        language = pango.pango_language_from_string(name)
        pango.pango_context_set_language(context, language)
        return context, line_break.get_font_description(style), language

    @functools.wraps(as_shipped)
    def setup(self: Any, style: Any) -> None:
        kept = style.__dict__
        if "_perfeval_pango" not in kept:
            kept["_perfeval_pango"] = context_of(style)
        if kept["_perfeval_pango"] is None:
            as_shipped(self, style)
            return
        context, description, self.language = kept["_perfeval_pango"]
        self.style = style
        self.first_line_direction = 0
        self.layout = ffi.gc(pango.pango_layout_new(context), gobject.g_object_unref)
        pango.pango_layout_set_auto_dir(self.layout, False)  # noqa: FBT003  as above
        pango.pango_layout_set_font_description(self.layout, description)
        self.ascent = self.underline_position = self.strikethrough_position = None

    return setup


def _set_text(line_break: Any, as_shipped: Any) -> Any:
    pango = line_break.pango

    @functools.wraps(as_shipped)
    def set_text(self: Any, text: str, justify: bool = False) -> None:  # noqa: FBT001, FBT002  WeasyPrint's own
        as_shipped(self, text, justify)
        # Drawing sets it, and what is set later throws the shaped line away. Text of one paragraph is shaped alike.
        if len(text.splitlines()) <= 1 and text[-1:].isprintable():
            pango.pango_layout_set_single_paragraph_mode(self.layout, True)  # noqa: FBT003  as above

    return set_text


def _deactivate(as_shipped: Any) -> Any:
    @functools.wraps(as_shipped)
    def deactivate(self: Any) -> None:
        # First when the line is measured: it is kept. Then when it was drawn.
        if self.__dict__.pop("_perfeval_drawn", False) or self.justification_spacing:
            as_shipped(self)

    return deactivate


def _reactivate(as_shipped: Any) -> Any:
    @functools.wraps(as_shipped)
    def reactivate(self: Any, style: Any) -> None:
        if "layout" not in self.__dict__ or self.justification_spacing:
            as_shipped(self, style)
        self._perfeval_drawn = True

    return reactivate


def _split_first_line(as_shipped: Any) -> Any:
    @functools.wraps(as_shipped)
    def split_first_line(
        text: str, style: Any, context: Any, max_width: Any, *others: Any, **named: Any
    ) -> Any:
        size = style["font_size"]
        if max_width and size and max_width < 1e6:
            end = _enough(text, max_width / size)
            if end < len(text):
                found = as_shipped(text[:end], style, context, max_width, *others, **named)
                # The line ended well before what was left out.
                if found[2] is not None and found[2] <= len(text[: end - _AHEAD // 2].encode()):
                    return found
        return as_shipped(text, style, context, max_width, *others, **named)

    return split_first_line


def _enough(text: str, ems: float) -> int:
    """Return how many characters of ``text`` are enough for a line of ``ems``."""
    length = int(ems) + 1 + _AHEAD
    narrow = sum(character < _FIRST_WIDE for character in text[:length])
    # Narrow ones may be a quarter as wide: as WeasyPrint does.
    return length + 3 * narrow


def _strut(as_shipped: Any) -> Any:
    @functools.wraps(as_shipped)
    def strut(style: Any) -> Any:
        found = style.__dict__.get("_perfeval_strut")
        if found is None:
            found = style.__dict__["_perfeval_strut"] = as_shipped(style)
        return found

    return strut
