"""Put functions in the place of WeasyPrint's, wherever its modules imported them, and put its own back."""

import sys
from typing import Any

#: What is replaced, and by what.
Replacements = list[tuple[Any, Any]]


def replace(found: Replacements) -> None:
    """Let every module and class of WeasyPrint that holds the first of a pair hold the second."""
    wanted = {id(old): new for old, new in found}
    for name, module in list(sys.modules.items()):
        if (
            name.partition(".")[0] not in ("weasyprint", "pydyf", "tinyhtml5", "cssselect2")
            or module is None
        ):
            continue
        _replace_in(module, wanted)
        for value in list(vars(module).values()):
            if isinstance(value, type) and value.__module__ == name:
                _replace_in(value, wanted)


def _replace_in(holder: Any, wanted: dict[int, Any]) -> None:
    for name, value in list(vars(holder).items()):
        if id(value) in wanted:
            setattr(holder, name, wanted[id(value)])
