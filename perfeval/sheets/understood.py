"""What was understood of a sheet: indicators, and what is to be told of them, each with its cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from perfeval.sheets.columns import Header


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to tell of a sheet: a code, the cell or rows, the values its sentence needs.

    ``is_fault``: something to mend; otherwise only how the sheet was understood.
    """

    code: str
    place: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    is_fault: bool = True


@dataclass(frozen=True, slots=True)
class SheetNode:
    """One indicator as the sheet states it; ``parent`` is its place in the list, None at level 1.

    ``weight``: None where the sheet states none that can be read. ``stated``: for a group, what the
    sheet says beside the sum of its leaves. ``place``: the cell of its name.
    """

    name: str
    level: int
    parent: int | None
    row: int
    place: str
    weight: Decimal | None = None
    standard: str = ""
    evidence: str = ""
    note: str = ""
    code: str = ""
    is_adjustment: bool = False
    is_leaf: bool = True


@dataclass(frozen=True, slots=True)
class Understood:
    """A sheet as it was understood. ``nodes`` stand in order, parents first."""

    sheet: str
    header: Header
    title: str
    year: int | None
    nodes: tuple[SheetNode, ...]
    remarks: tuple[Remark, ...]
    notes: tuple[str, ...] = ()
    stated_total: Decimal | None = None

    def children(self, index: int | None) -> list[int]:
        """Return the places of the nodes directly below one."""
        return [n for n, node in enumerate(self.nodes) if node.parent == index]


class Remarks:
    """Collects what is to be told of a sheet."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.found: list[Remark] = []

    def fault(self, code: str, place: str, /, **parameters: str) -> None:
        """Note something to mend."""
        self.found.append(Remark(code, place, parameters))

    def tell(self, code: str, place: str, /, **parameters: str) -> None:
        """Note how something was understood."""
        self.found.append(Remark(code, place, parameters, is_fault=False))


def short(text: str) -> str:
    """Return the beginning of a text, on one line, for a sentence."""
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:39] + "…"
