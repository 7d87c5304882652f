"""Justify Chinese lines: spread what is left of a line over the gaps between its characters, as the Chinese rules ask.

WeasyPrint justifies by widening spaces, and Chinese has none, so a line that holds figures stays ragged at the right.
Gaps inside a figure or a Latin word stay. Without this a page is complete and right, only ragged.
"""

import math
from collections.abc import Iterator
from typing import Any

from perfeval.text.planning import INVISIBLE, is_gap
from perfeval.typesetting.patches.replacing import Replacements

#: All in thousandths of the type size. Readers of a PDF take a gap of a tenth for a space, so that a word would not be
#: found any more: gaps are widened up to ``_UNSEEN``, then those behind punctuation, which is no part of a word, by up
#: to ``_BEHIND_PUNCTUATION``. What little is left stays at the end of the line; if it is much, all gaps share it.
_UNSEEN, _BEHIND_PUNCTUATION, _LEFT_OVER = 106, 450, 1300
#: A line is not stretched more than this: one cut before an endless word stays as it is.
_WIDEST = 450
_PUNCTUATION = frozenset("，。；：、！？）》”’")
#: WeasyPrint writes a gap as a whole number of thousandths of the type size and cuts the rest off.
PDF_UNITS = 1000


def replacements() -> Replacements:
    """Return what takes the place of what in WeasyPrint."""
    from weasyprint.layout import inline  # noqa: PLC0415  the fonts must be arranged before WeasyPrint is imported

    if not _as_shipped:
        _as_shipped.append(inline.justify_line)
    return [(inline.justify_line, _justify_line)]


_as_shipped: list[Any] = []


def _justify_line(context: Any, line: Any, extra_width: float) -> None:
    """Spread ``extra_width`` (CSS px) over the gaps of ``line``; leave it to WeasyPrint when it can't be."""
    from weasyprint.formatting_structure import boxes  # noqa: PLC0415  as above

    parts = list(_text_boxes(line, boxes))
    if not parts or any(part is None for part in parts):
        _as_shipped[0](context, line, extra_width)
        return
    gaps = _gaps([part.text for part in parts])
    font_size = parts[0].style["font_size"]
    unit = font_size / PDF_UNITS
    shares = _shares([gap for found in gaps for gap in found], math.floor(extra_width / unit))
    if not any(shares):
        return
    advance, start = 0.0, 0
    for part, found in zip(parts, gaps, strict=True):
        extras = [share * unit for share in shares[start : start + len(found)]]
        start += len(found)
        part.position_x += advance
        part.pango_layout = SpreadLayout(part, extras)
        part.width += sum(extras)
        advance += sum(extras)
    _widen(line, boxes)


def _text_boxes(box: Any, boxes: Any) -> Iterator[Any]:
    """Yield the text boxes of a line in order, and None for anything that is not plain text."""
    for child in box.children:
        if isinstance(child, boxes.TextBox):
            if child.text:
                yield child
        elif isinstance(child, boxes.InlineBox) and child.style["direction"] == "ltr":
            yield from _text_boxes(child, boxes)
        elif child.is_in_normal_flow():
            yield None


def _widen(box: Any, boxes: Any) -> None:
    """Fit the line and the inline boxes in it around their moved text."""
    for child in box.children:
        if isinstance(child, boxes.InlineBox):
            _widen(child, boxes)
    flowing = [child for child in box.children if child.is_in_normal_flow()]
    if flowing:
        if not isinstance(box, boxes.LineBox):
            box.position_x = flowing[0].position_x
        box.width = flowing[-1].position_x + flowing[-1].width - flowing[0].position_x


def _gaps(texts: list[str]) -> list[list[str]]:
    """Return for each character of each part "" when the gap after it stays, else what it is behind.

    The invisible marks that tie or free characters have no width of their own and no gap either.
    """
    found = [[""] * len(text) for text in texts]
    before: tuple[int, int, str] | None = None
    for number, text in enumerate(texts):
        for index, character in enumerate(text):
            if character in INVISIBLE:
                continue
            if before is not None and is_gap(before[2], character):
                found[before[0]][before[1]] = before[2]
            before = (number, index, character)
    return found


def _shares(gaps: list[str], total: int) -> list[int]:
    """Return what each gap gets of ``total``, all in thousandths of the type size."""
    open_gaps = [index for index, gap in enumerate(gaps) if gap]
    shares = [0] * len(gaps)
    if not open_gaps or total // len(open_gaps) > _WIDEST:
        return shares
    each, rest = divmod(total, len(open_gaps))
    if each >= _UNSEEN:
        behind = [index for index in open_gaps if gaps[index] in _PUNCTUATION]
        more = total - _UNSEEN * len(open_gaps)
        if more - _BEHIND_PUNCTUATION * len(behind) <= _LEFT_OVER:
            for index in open_gaps:
                shares[index] = _UNSEEN
            for index in behind:
                shares[index] += min(_BEHIND_PUNCTUATION, more // len(behind))
            return shares
    for place, index in enumerate(open_gaps):
        shares[index] = each + (1 if place < rest else 0)
    return shares


class SpreadLayout:
    """A Pango layout whose glyphs are moved apart when it is drawn; made instead of WeasyPrint's own."""

    def __init__(self, box: Any, extras: list[float]) -> None:
        self._layout = box.pango_layout
        self._extras = dict(_by_byte(box.text, extras))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._layout, name)

    def reactivate(self, style: Any) -> None:
        """Shape the line again, as WeasyPrint does before drawing, and widen the gaps."""
        from weasyprint.text.ffi import TO_UNITS, ffi, pango  # noqa: PLC0415  the fonts come first

        self._layout.reactivate(style)
        # Drawing sets this too, and setting it later would throw the changed line away.
        pango.pango_layout_set_single_paragraph_mode(self._layout.layout, True)  # noqa: FBT003  C takes no names
        line, _ = self._layout.get_first_line()
        run = line.runs[0]
        start = getattr(self._layout, "start", 0)
        while run != ffi.NULL:
            item, glyphs = run.data.item, run.data.glyphs
            for index in range(glyphs.num_glyphs):
                extra = self._extras.get(item.offset + glyphs.log_clusters[index] - start)
                if extra:
                    geometry = glyphs.glyphs[index].geometry
                    geometry.width += (math.ceil if extra > 0 else math.floor)(extra * TO_UNITS)
            run = run.next


def _by_byte(text: str, extras: list[float]) -> Iterator[tuple[int, float]]:
    offset = 0
    for character, extra in zip(text, extras, strict=False):
        if extra:
            yield offset, extra
        offset += len(character.encode())
