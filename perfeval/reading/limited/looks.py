"""Hold the pictures of two files' pages against each other: whether one looks otherwise although its text is the same.

Most tools that save a file anew leave the drawing alone; some draw every page a
little otherwise, and of these nothing can be said.
"""

import pypdfium2
from PIL import Image, ImageChops

from perfeval.reading.contents import Look

#: Pixels a point: a figure of the score sheet is eleven pixels high.
_SCALE = 1.5
#: Pixels that are looked at together, and how different they are on average, of 255, where something else is drawn.
_BLOCK, _DIFFERENT = 4, 40
#: Where so many pages, and more than this share of all, look otherwise, a tool has drawn the whole file anew.
_FEWEST_REDRAWN, _REDRAWN_SHARE = 3, 3
#: How much of the line around a difference is told, in pt.
_BESIDE, _ABOVE = 60, 3
_LONGEST = 40


def different_looks(data: bytes, issued: bytes) -> tuple[Look, ...]:
    """Return the pages of ``data`` that look otherwise than those of ``issued``; both have the same pages.

    None where the whole file was drawn anew.
    """
    ours, theirs = pypdfium2.PdfDocument(issued), pypdfium2.PdfDocument(data)
    found = []
    for number, (one, other) in enumerate(zip(ours, theirs, strict=False), start=1):
        box = _difference(_picture(one), _picture(other))
        if box:
            found.append(Look(number, _text_near(one, box)))
    is_redrawn = len(found) >= _FEWEST_REDRAWN and len(found) * _REDRAWN_SHARE > len(theirs)
    return () if is_redrawn else tuple(found)


def _picture(page: pypdfium2.PdfPage) -> Image.Image:
    return page.render(scale=_SCALE, grayscale=True).to_pil()


def _difference(one: Image.Image, other: Image.Image) -> tuple[int, int, int, int] | None:
    """Return where two pictures differ first, in pixels from the upper left corner, None where they do not."""
    if one.size != other.size:
        return (0, 0, *one.size)
    blocks = ImageChops.difference(one, other).reduce(_BLOCK)
    marked = blocks.point(lambda value: 255 if value > _DIFFERENT else 0)
    box = marked.getbbox()
    if box is None:
        return None
    left, top, right, bottom = box
    # The first line of blocks that differ: places far apart would say nothing.
    first = marked.crop((left, top, right, top + 1)).getbbox()
    if first:
        left, right = left + first[0], left + first[2]
    return left * _BLOCK, top * _BLOCK, right * _BLOCK, min(bottom, top + 3) * _BLOCK


def _text_near(page: pypdfium2.PdfPage, box: tuple[int, int, int, int]) -> str:
    """Return the text of the line in which a box lies."""
    left, top, right, bottom = (edge / _SCALE for edge in box)
    height = page.get_height()
    near = page.get_textpage().get_text_bounded(
        left=left - _BESIDE,
        right=right + _BESIDE,
        bottom=height - bottom - _ABOVE,
        top=height - top + _ABOVE,
    )
    return " ".join(near.split())[:_LONGEST]
