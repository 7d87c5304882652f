"""Find text on a page that nobody sees as it is: painted over, or drawn so that it does not show.

Our own pages draw every text last, in black and filled.
"""

import ctypes

import pypdfium2
import pypdfium2.raw as pdfium

_FILLED = pdfium.FPDF_TEXTRENDERMODE_FILL
#: Our text is black or nearly; lighter than this, of 255, it is there to be read by machines only.
_LIGHTEST = 128
#: A line up to this width, in pt, covers no text.
_THIN = 2.0
_TEXT, _PATH = pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_PATH

Box = tuple[float, float, float, float]


def hidden_texts(page: pypdfium2.PdfPage) -> int:
    """Return how many pieces of text are painted over or do not show."""
    texts: list[Box] = []
    hidden = 0
    for one in page.get_objects(max_depth=1):
        if one.type == _TEXT:
            if _shows(one.raw):
                texts.append(_box(one.raw))
            else:
                hidden += 1
        elif one.type != _PATH or _paints(one.raw):
            box = _box(one.raw)
            before = len(texts)
            texts = [text for text in texts if not _covers(box, text)]
            hidden += before - len(texts)
    return hidden


def _shows(text: object) -> bool:
    colour = [ctypes.c_uint() for _ in range(4)]
    pdfium.FPDFPageObj_GetFillColor(text, *colour)
    red, green, blue, opacity = (part.value for part in colour)
    is_dark = max(red, green, blue) <= _LIGHTEST and opacity > _LIGHTEST
    return pdfium.FPDFTextObj_GetTextRenderMode(text) == _FILLED and is_dark


def _paints(path: object) -> bool:
    """Return whether a path is an area, or a line as wide as one."""
    filling, is_stroked, width = ctypes.c_int(), ctypes.c_int(), ctypes.c_float()
    pdfium.FPDFPath_GetDrawMode(path, filling, is_stroked)
    pdfium.FPDFPageObj_GetStrokeWidth(path, width)
    return bool(filling.value) or bool(is_stroked.value and width.value > _THIN)


def _box(found: object) -> Box:
    """Return left, bottom, right and top."""
    edges = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(found, *edges)
    left, bottom, right, top = (edge.value for edge in edges)
    return left, bottom, right, top


def _covers(area: Box, text: Box) -> bool:
    """Return whether an area lies on a third of a line of text or more, or on a character's worth of it."""
    width = min(area[2], text[2]) - max(area[0], text[0])
    height = min(area[3], text[3]) - max(area[1], text[1])
    high = text[3] - text[1]
    return high > 0 and height > high / 3 and width > min(high, text[2] - text[0]) / 3
