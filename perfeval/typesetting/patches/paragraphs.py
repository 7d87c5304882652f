"""Shape a paragraph once, not each of its lines.

WeasyPrint gives Pango a text anew for every line: to find where the line ends, and once more with the line alone. A
paragraph that is nothing but text without spaces, as Chinese is, is shaped once here; Pango has broken it into lines
then. Of one whose lines ``planning`` has planned, each line is shaped, and only once. Everything else is left to
WeasyPrint: spaces, which it takes off at the ends of lines (a text of one line may hold some), hyphens, text in two
directions, floats, and a line that cannot be broken where it is full.
"""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from perfeval.typesetting.patches import plain_lines, squeezing
from perfeval.typesetting.patches.replacing import Replacements

#: Nothing here goes from right to left, is a space, ends a paragraph or shows only where a line is broken.
_PLAIN = re.compile(
    "[!-~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u200b\u2060\u2070-\u2fff\u3001-\u9fff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]+"
)
#: The same with spaces, which WeasyPrint does nothing to where the text is one line.
_ONE_LINE = re.compile(f"{_PLAIN.pattern}(?:[ \u3000]+{_PLAIN.pattern})*")
#: Pango looks through a whole text for each of its lines.
_LONGEST = 2_000
#: Bytes of a text that may well come again: 2, 1.5, 资料齐全.
_SHORT = 48
_ONLY = (
    ("direction", ("ltr",)),
    ("white_space", ("normal",)),
    ("hyphens", ("none", "manual")),
    ("word_break", ("normal",)),
    ("vertical_align", ("baseline",)),
    ("text_decoration_line", ("none",)),
    ("float", ("none",)),
    ("position", ("static",)),
)


#: WeasyPrint's modules and functions, once they may be imported: ``inline``, ``line_break``, ``as_shipped``.
_library = SimpleNamespace()


def replacements() -> Replacements:
    """Return what takes the place of what in WeasyPrint."""
    from weasyprint.layout import inline  # noqa: PLC0415  the fonts must be arranged before WeasyPrint is imported
    from weasyprint.text import line_break  # noqa: PLC0415  as above

    if not vars(_library):
        _library.inline, _library.line_break = inline, line_break
        _library.as_shipped = inline.iter_line_boxes
        _library.extents = line_break.ffi.new("PangoRectangle *")
        # Pango's own, which WeasyPrint does not use: the first line of a paragraph begins further in.
        line_break.ffi.cdef("void pango_layout_set_indent (PangoLayout *layout, int indent);")
    return [(_library.as_shipped, _iter_line_boxes)]


def _iter_line_boxes(  # noqa: PLR0917  WeasyPrint's own
    context: Any,
    box: Any,
    position_y: float,
    bottom_space: float,
    skip_stack: Any,
    containing_block: Any,
    *others: Any,
) -> Iterator[Any]:
    """Yield each line of ``box`` and where the next one begins, None at the end."""

    def as_shipped() -> Iterator[Any]:
        found: Iterator[Any] = _library.as_shipped(
            context, box, position_y, bottom_space, skip_stack, containing_block, *others
        )
        return found

    *_, first_letter_style, first_line_style = others
    if first_letter_style or first_line_style or not _is_plain(box, containing_block):
        yield from as_shipped()
        return
    inline = _library.inline
    inline.resolve_percentages(box, containing_block)
    if skip_stack is None:
        inline.resolve_one_percentage(box, "text_indent", containing_block.width)
    else:
        box.text_indent = 0
    if box.text_indent < 0:
        yield from as_shipped()
        return
    paragraph = _Paragraph(context, box, containing_block, skip_stack)
    while not context.excluded_shapes and (line := paragraph.next_line(context, position_y)):
        skip_stack = paragraph.skip_stack()
        yield line, skip_stack
        if skip_stack is None:
            return
        box.text_indent = 0
        position_y = line.position_y + line.height
    yield from as_shipped()


def _is_plain(line_box: Any, containing_block: Any) -> bool:
    """Return whether a line box holds one plain text and nothing else."""
    if len(line_box.children) != 1:
        return False
    (child,) = line_box.children
    return (
        isinstance(child, _library.inline.boxes.TextBox)
        and len(child.text) <= _LONGEST
        and _ONE_LINE.fullmatch(child.text) is not None
        and not child.justification_spacing
        and line_box.text_overflow == "clip"
        and not line_box.is_leader
        and containing_block.style["direction"] == "ltr"
        and containing_block.style["max_lines"] == "none"
        and _is_plain_style(child.style)
        and _is_plain_style(line_box.style)
    )


def _is_plain_style(style: Any) -> bool:
    kept: dict[str, bool] = style.__dict__
    if "_perfeval_plain" not in kept:
        kept["_perfeval_plain"] = bool(style["font_size"]) and all(
            style[name] in allowed for name, allowed in _ONLY
        )
    return kept["_perfeval_plain"]


class _Paragraph:
    """The lines of a text, or of what is left of it: made as WeasyPrint makes them, the same sums in the same order."""

    def __init__(self, context: Any, box: Any, containing_block: Any, skip_stack: Any) -> None:
        """Shape the text from where ``skip_stack`` says; where its lines are planned, leave that to each of them."""
        inline = _library.inline
        self._box = box
        (self._child,) = box.children
        inline.resolve_percentages(self._child, containing_block)
        self._skip = 0
        for _ in range(2):  # the line box's child, then the byte of its text
            if skip_stack is not None:
                ((self._skip, skip_stack),) = skip_stack.items()
        self._left, self._width = containing_block.content_box_x(), containing_block.width
        self._right = (self._left + self._width) * (1 + 1e-9)
        self._indent = box.text_indent
        self._bytes = self._child.text.encode()[self._skip :]
        style = self._child.style
        self._is_one_line = _PLAIN.fullmatch(self._child.text) is None
        room = self._right - (self._left + self._indent)
        self._ends = squeezing.planned_ends(context, self._child, room, self._skip)
        self._whole: Any = None if self._ends else self._shaped(room)
        spacing = style["letter_spacing"]
        self._spacing = 0 if spacing == "normal" else spacing
        self._line_height, _ = inline.strut(style)
        line_height, baseline = inline.strut(box.style)
        size = box.style["font_size"]
        leading = (line_height - size) / 2
        self._strut = 0 - baseline, 0 - baseline + (size + leading + leading)
        self._number = self._start = 0

    def _shaped(self, first_room: float) -> Any:
        """Return the layout of all lines; the first one has ``first_room``. Short cells that are alike share one."""
        room, style = self._right - self._left, self._child.style
        if len(self._bytes) > _SHORT or self._indent or style["text_align_all"] == "justify":
            return self._newly_shaped(room, first_room)
        kept = style.__dict__.setdefault("_perfeval_short", {})
        key = self._bytes, room
        if key not in kept:
            kept[key] = self._newly_shaped(room, first_room)
        return kept[key]

    def _newly_shaped(self, room: float, first_room: float) -> Any:
        line_break, style = _library.line_break, self._child.style
        whole = line_break.create_layout(self._bytes.decode(), style, None, room, 0)
        if self._indent:
            wide, narrow = (
                int(max(0, width) * line_break.TO_UNITS) for width in (room, first_room)
            )
            line_break.pango.pango_layout_set_indent(whole.layout, wide - narrow)
        return whole

    def skip_stack(self) -> Any:
        """Return where the next line begins, None at the end."""
        at = self._skip + self._start
        return {0: {at: None}} if self._start < len(self._bytes) else None

    def _next_layout(self) -> tuple[Any, Any, str] | None:
        """Return the next line as shaped: what stands for its ``Layout``, Pango's line, the text."""
        line_break = _library.line_break
        if self._ends:
            end = self._ends.get(self._skip + self._start, 0) - self._skip
            if end <= self._start:
                return None
            text = self._bytes[self._start : end].decode()
            layout = line_break.create_layout(text, self._child.style, None, None, 0)
            pango_line, _ = layout.get_first_line()
            return layout, pango_line, text
        pango_line = line_break.pango.pango_layout_get_line_readonly(
            self._whole.layout, self._number
        )
        if not pango_line.length or (self._is_one_line and pango_line.length < len(self._bytes)):
            return None
        text = self._bytes[self._start : self._start + pango_line.length].decode()
        return SharedLine(self._whole, self._number, self._start, text), pango_line, text

    def next_line(self, context: Any, position_y: float) -> Any:
        """Return the next line box; None when Pango found no place to break a full line, or a plan can't be kept."""
        found = self._next_layout()
        if found is None:
            return None
        layout, pango_line, text = found
        line_break, extents = _library.line_break, _library.extents
        line_break.pango.pango_layout_line_get_extents(pango_line, line_break.ffi.NULL, extents)
        used = extents.width * line_break.FROM_UNITS + self._spacing
        left, self._indent = self._left + self._indent, 0
        room = self._right - left
        if used > room and not self._ends:
            return None
        height = extents.height * line_break.FROM_UNITS
        leading = (self._line_height - height) / 2
        baseline = -extents.y * line_break.FROM_UNITS + leading
        top, strut_bottom = self._strut
        top, bottom = (
            min(0 - baseline, top),
            max(0 - baseline + (height + leading + leading), strut_bottom),
        )
        part = _copy(
            self._child,
            text=text,
            width=used,
            height=height,
            margin_top=leading,
            margin_bottom=leading,
            baseline=baseline,
            position_x=left,
            position_y=0 - baseline,
            pango_layout=layout,
        )
        if used > room and not squeezing.squeeze(part, room):
            return None
        self._number += 1
        self._start += len(text.encode())
        line = _copy(
            self._box,
            **{plain_lines.MARK: True},
            children=[part],
            remove_decoration_sides=set(),
            position_x=self._left,
            position_y=position_y,
            width=left + part.width - self._left,
            height=bottom - top,
            margin_top=0,
            margin_bottom=0,
            baseline=-top,
        )
        offset = _library.inline.text_align(
            context, line, self._width, last=self._start >= len(self._bytes)
        )
        line.position_x += offset
        part.position_x += offset
        part.position_y += position_y - top
        return line


def _copy(box: Any, **changes: Any) -> Any:
    copied = box.__class__.__new__(box.__class__)
    copied.__dict__.update(box.__dict__, **changes)
    return copied


class SharedLine:
    """A line of a text that was shaped as a whole; stands where WeasyPrint has a ``Layout`` of the line alone."""

    first_line_direction = 0

    def __init__(self, whole: Any, number: int, start: int, own_text: str) -> None:
        """``whole``: the layout of all lines; ``start``: where this one, ``own_text``, begins, in bytes."""
        self.max_width = whole.max_width
        self.text, self.layout = whole.text, whole.layout
        self.start = start
        self._number, self._own_text = number, own_text
        self._alone: Any = None

    def get_first_line(self) -> tuple[Any, None]:
        """Return Pango's line, and that no other follows."""
        if self._alone is not None:
            line, _ = self._alone.get_first_line()
            return line, None
        pango = _library.line_break.pango
        return pango.pango_layout_get_line_readonly(self.layout, self._number), None

    def reactivate(self, style: Any) -> None:
        """Make it ready to be drawn. Drawn once more, for a part that was kept, the line is shaped alone."""
        if self.layout is None:
            self._alone = _library.line_break.create_layout(self._own_text, style, None, None, 0)
            self.text, self.layout, self.start = self._own_text, self._alone.layout, 0

    def deactivate(self) -> None:
        """Let go of what was shaped: the line is drawn, and its gaps may have been widened."""
        self.layout = self._alone = None
