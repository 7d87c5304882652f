"""The sheet of what the rules read and what was deducted, beside the figures and goals."""

from collections.abc import Mapping
from decimal import Decimal

from perfeval.office.workbook.live import Live
from perfeval.office.workbook.pages import WorkbookPage
from perfeval.office.workbook.wording import wording
from perfeval.scoring.quantity import exact
from perfeval.scoring.result import UsedInput
from perfeval.scoring.scheme.tree import Scheme
from perfeval.snapshots.snapshot import Snapshot

#: Of a leaf: the cells of what its rule read, by reference, and that of the deduction.
LeafCells = tuple[dict[str, Live], Live | None]


def write_inputs(
    page: WorkbookPage, snapshot: Snapshot, scheme: Scheme, amounts: Mapping[str, Live]
) -> dict[str, LeafCells]:
    """Write what each leaf's rule read and what was deducted; return the cells, by leaf."""
    words = wording()
    page.title(words["inputs_title"])
    page.line(words["note"])
    page.head(words["inputs_headings"].split("|"), is_repeated=True)
    found = {}
    for leaf in scheme.leaves():
        scored, named = snapshot.result.indicator(leaf.code), {}
        for used in scored.inputs:
            if used.reference.startswith("goal:") or used.reference in named:
                continue
            page.put(1, leaf.name, align="left")
            page.put(2, used.label, align="left")
            page.put(4, used.unit)
            cell = _input_cell(page, snapshot, used, amounts)
            if cell:
                named[used.reference] = cell
            page.row += 1
        deduction = None
        if scored.deduction_points or (leaf.rule and leaf.rule.deduction_allowed):
            page.put(1, leaf.name, align="left")
            page.put(2, words["inputs_deduction"], align="left")
            address = page.put(3, scored.deduction_points, is_input=True)
            page.put(4, words["points_unit"])
            deduction = Live(address, exact(scored.deduction_points))
            page.row += 1
        found[leaf.code] = named, deduction
    return found


def _input_cell(
    page: WorkbookPage, snapshot: Snapshot, used: UsedInput, amounts: Mapping[str, Live]
) -> Live | None:
    """Write one value into the third column; return it where a formula can name it."""
    reference, value = used.reference, used.value
    if reference in amounts:
        amount = snapshot.figures.amounts[reference]
        page.put(3, amount, formula=amounts[reference].text, number_format="#,##0.00")
        return amounts[reference]
    number = value.replace(",", "")
    if number and number.replace(".", "", 1).isdigit():
        address = page.put(3, Decimal(number), is_input=True)
        return Live(address, exact(Decimal(number)))
    if value in ("yes", "no"):
        words = wording()
        address = page.put(3, words[value], is_input=True)
        return Live(f'{address}="{words["yes"]}"', exact(int(value == "yes")))
    page.put(3, value, align="left", is_input=True)
    return None
