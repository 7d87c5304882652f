"""Keep what is computed once without a lock: Python before 3.12 takes one for each element's name and classes."""

from functools import cached_property
from typing import Any

from perfeval.typesetting.patches.replacing import Replacements


class _Kept:
    """A ``functools.cached_property`` without a lock: one document is laid out at a time."""

    def __init__(self, shipped: Any) -> None:
        self.func, self.attrname = shipped.func, shipped.attrname

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        value = instance.__dict__[self.attrname] = self.func(instance)
        return value


def replacements() -> Replacements:
    """Return what takes the place of what in cssselect2."""
    from cssselect2 import tree  # noqa: PLC0415  comes with WeasyPrint, after the fonts

    return [
        (shipped, _Kept(shipped))
        for shipped in vars(tree.ElementWrapper).values()
        if isinstance(shipped, cached_property)
    ]
