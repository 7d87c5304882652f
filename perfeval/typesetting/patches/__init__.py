"""Changes to WeasyPrint 70 that the official layout profits from; each is optional.

One job a module. ``justifying`` and ``squeezing`` change how a page looks; the others only save time: without them a page
has the same text at the same places (tests lay out both ways). Each stands in ``fits.toml`` with what it replaces and
relies on, in WeasyPrint and in pydyf, tinyhtml5 and cssselect2 below it; where one of these is another than it was, that
patch alone is left out, with those that need it, and the log says so. Anonymous parts of WeasyPrint are read here, and
nowhere else but in ``typesetting``.

How a page looks: ``justifying``: lines · ``squeezing``: where they end, by ``planning``.
Less text shaped, and once: ``lines``, ``paragraphs``. Asked once for each style: ``backgrounds``, ``lengths``,
``page_styles``, ``flow``; each element: ``attributes``.
Not asked: ``margins``.
Passed by: ``plain_lines``.
Written with less work: ``borders``, ``drawing``, ``numbers``, ``page_numbers``, ``compression``. Read so: ``reading``.
Memory: ``font_files``, ``letting_go``. Less style to look through: ``ground``.
"""

import logging
from functools import cache
from importlib.metadata import version
from typing import Any

from perfeval.typesetting.patches import (
    attributes,
    backgrounds,
    borders,
    compression,
    drawing,
    fitting,
    flow,
    font_files,
    ground,
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

#: How a page looks without them, beside taking longer.
_LOOKS = frozenset({"justifying", "squeezing"})
_LIBRARIES = ("weasyprint", "pydyf", "tinyhtml5", "cssselect2")
_MODULES: tuple[Any, ...] = (
    ground,
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

logger = logging.getLogger(__name__)


def apply() -> None:
    """Put every patch that fits into WeasyPrint. The fonts must be arranged before."""
    if not _applied:
        off = left_out()
        _applied.extend(
            pair
            for name, module in modules().items()
            if name not in off
            for pair in module.replacements()
        )
        replace(_applied)


def restore() -> None:
    """Put WeasyPrint's own functions back."""
    replace([(new, old) for old, new in _applied])
    _applied.clear()


@cache
def left_out() -> frozenset[str]:
    """Return the names of the patches that do not fit what is installed; the log is told once.

    To be asked before any is applied: what is installed is looked at.
    """
    off = fitting.unfit(fitting.table())
    if off:
        logger.warning(
            "%s: not the versions that perfeval was fitted to. Pages take longer%s; left out: %s.",
            ", ".join(f"{name} {version(name)}" for name in _LIBRARIES),
            " and their lines are ragged" if off & _LOOKS else "",
            ", ".join(sorted(off)),
        )
    return off


def modules() -> dict[str, Any]:
    """Return each patch's module by its name, in the order in which they are applied."""
    return {module.__name__.rpartition(".")[2]: module for module in _MODULES}
