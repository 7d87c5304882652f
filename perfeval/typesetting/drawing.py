"""Look at a PDF of ours: draw a page, find a text. Runs in a limited process, which PDFium has for itself."""

from io import BytesIO

import pypdfium2

_PT_PER_INCH = 72


def picture(data: bytes, place: int, dots_per_inch: int) -> tuple[bytes, int, int]:
    """Return page number ``place`` (from 0) as a grey PNG, its width and its height in dots."""
    with pypdfium2.PdfDocument(data) as opened:
        drawn = opened[place].render(scale=dots_per_inch / _PT_PER_INCH, grayscale=True)
        shown = drawn.to_pil()
    out = BytesIO()
    shown.save(out, "PNG", compress_level=1)
    return out.getvalue(), shown.width, shown.height


def find(data: bytes, wanted: str, first: int, below: float) -> tuple[int, float] | None:
    """Return the first place of a text: the page (from 1), and how far down it as a share of its height.

    ``first``: the page to begin at, ``below``: how far down it. Only letters and digits are compared. None where it
    stands nowhere.
    """
    letters = _letters(wanted)
    if not letters:
        return None
    with pypdfium2.PdfDocument(data) as opened:
        for number in range(first, len(opened) + 1):
            top = _top_of(opened[number - 1], letters, below if number == first else 0.0)
            if top is not None:
                return number, top
    return None


def _top_of(page: pypdfium2.PdfPage, wanted: str, above: float) -> float | None:
    """Return how far down the page ``wanted`` stands, as a share of its height, at or below ``above``."""
    text = page.get_textpage()
    height = page.get_height()
    codes = (pypdfium2.raw.FPDFText_GetUnicode(text, n) for n in range(text.count_chars()))
    letters = [(n, one) for n, code in enumerate(codes) if (one := _letters(chr(code)))]
    printed = "".join(one for _, one in letters)
    at = printed.find(wanted)
    while at >= 0:
        top = 1 - text.get_charbox(letters[at][0], loose=True)[3] / height
        if top >= above:
            return min(max(top, 0.0), 1.0)
        at = printed.find(wanted, at + 1)
    return None


def _letters(text: str) -> str:
    """Return what is compared: lines, spaces and punctuation are set otherwise than they were typed.

    PDFium gives a rare character as two halves, so those are left out on both sides.
    """
    return "".join(one for one in text if one.isalnum() and one <= "\uffff")
