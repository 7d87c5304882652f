"""Changes to WeasyPrint 70 that the official layout profits from; each is optional.

One job a module. ``justifying`` and ``squeezing`` change how a page looks; the others only save time: without them a page
has the same text at the same places (tests lay out both ways). They are applied to the one version they were written for
and leave any other alone. Anonymous parts of WeasyPrint are read here, and nowhere else but in ``typesetting``.

How a page looks: ``justifying``: lines · ``squeezing``: where they end, by ``planning``.
Less text shaped, and once: ``lines``, ``paragraphs``. Asked once for each style: ``backgrounds``, ``lengths``,
``page_styles``, ``flow``; each element: ``attributes``.
Not asked: ``margins``.
Passed by: ``plain_lines``.
Written with less work: ``borders``, ``drawing``, ``numbers``, ``page_numbers``, ``compression``. Read so: ``reading``.
Memory: ``font_files``, ``letting_go``.
"""

from typing import Any

from perfeval.typesetting.patches import (
    attributes,
    backgrounds,
    borders,
    compression,
    drawing,
    flow,
    font_files,
    justifying,
    lengths,
    letting_go,
    lines,
    margins,
    numbers,
    page_numbers,
    page_styles,
    paragraphs,
    plain_lines,
    reading,
    squeezing,
)
from perfeval.typesetting.patches.replacing import Replacements, replace

PATCHED_VERSION = "70.0"
_MODULES: tuple[Any, ...] = (
    justifying,
    squeezing,
    backgrounds,
    borders,
    lines,
    paragraphs,
    plain_lines,
    lengths,
    margins,
    attributes,
    page_styles,
    page_numbers,
    numbers,
    reading,
    compression,
    drawing,
    flow,
    letting_go,
    font_files,
)
_applied: Replacements = []


def apply() -> bool:
    """Put all patches into WeasyPrint; return whether it is the version they were written for."""
    import weasyprint  # noqa: PLC0415  the fonts must be arranged before WeasyPrint is first imported

    if weasyprint.VERSION != PATCHED_VERSION:
        return False
    if not _applied:
        _applied.extend(pair for module in _MODULES for pair in module.replacements())
        replace(_applied)
    return True


def restore() -> None:
    """Put WeasyPrint's own functions back."""
    replace([(new, old) for old, new in _applied])
    _applied.clear()
