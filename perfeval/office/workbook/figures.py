"""The sheets of figures: the budget table and its rates, the key tasks, the goals."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from perfeval.office.workbook.live import Live, choose
from perfeval.office.workbook.pages import RATE, WAN, WorkbookPage
from perfeval.scoring.figures import Goal, GoalDirection
from perfeval.scoring.goals import scored_completion
from perfeval.scoring.quantity import exact
from perfeval.scoring.result import RateResult
from perfeval.scoring.scheme.tree import EqualGoals, FigureLine, RateDefinition, Scheme
from perfeval.snapshots.snapshot import Snapshot

_SIGNS = {GoalDirection.POSITIVE: "≥", GoalDirection.REVERSE: "≤", GoalDirection.EQUAL: "="}
_DASH = "—"


Word = Callable[[str], str]


def write_figures(
    page: WorkbookPage, snapshot: Snapshot, scheme: Scheme, word: Word, words: Mapping[str, str]
) -> dict[str, Live]:
    """Write the amounts with the line rates, then the rates that the report names; return each amount's cell."""
    amounts = snapshot.figures.amounts
    breakdowns = {one.code: one for one in scheme.breakdowns}
    columns = scheme.figure_columns
    rates = _line_rates(scheme)
    page.title(word("table_figures_caption"))
    page.line(word("table_figures_unit"), align="right")
    headings = [word("table_figures_breakdown"), word("table_figures_line")]
    headings += [*(column.name for column in columns), word("table_figures_rate")]
    page.head(headings, is_repeated=True)
    order = [line for line in scheme.figure_lines if line.breakdown]
    order.sort(key=lambda line: list(breakdowns).index(line.breakdown))
    order += [line for line in scheme.figure_lines if not line.breakdown]
    shown = [
        line
        for line in order
        if line.required or any(f"{line.code}.{one}" in amounts for one in line.columns)
    ]
    first = page.row
    places = {line.code: first + number for number, line in enumerate(shown)}
    cells: dict[str, Live] = {}
    for line in shown:
        group = breakdowns.get(line.breakdown)
        page.put(1, group.name if group else line.name)
        page.put(2, line.name)
        for number, column in enumerate(columns, start=3):
            reference = f"{line.code}.{column.code}"
            amount = amounts.get(reference)
            if amount is None:
                page.put(number, "" if column.code in line.required else _DASH)
                continue
            parts = _parts(line, column.code, scheme, amounts, places)
            letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number - 1]
            formula = "+".join(f"{letter}{row}" for row in parts)
            address = page.put(
                number,
                amount,
                formula=formula,
                number_format=WAN,
                align="right",
                is_input=not parts,
            )
            cells[reference] = Live(address, exact(amount))
        rate = rates.get(line.code)
        last = 3 + len(columns)
        if rate:
            _put_rate(page, last, snapshot.result.rate(rate.code), cells, rate)
        else:
            page.put(last, _DASH)
        page.row += 1
    _merge_names(page, shown, first)
    _write_rates(page, snapshot, scheme, words, cells)
    return cells


def _merge_names(page: WorkbookPage, shown: Sequence[FigureLine], first: int) -> None:
    """Merge the name of a breakdown beside its lines, and both cells of a line that is the whole, as the report does."""
    start = 0
    for end in range(1, len(shown) + 1):
        breakdown = shown[start].breakdown
        if end < len(shown) and breakdown and shown[end].breakdown == breakdown:
            continue
        last_column = None if breakdown else 2
        page.merge(1, first + start, first + end - 1, last_column=last_column)
        start = end


def _line_rates(scheme: Scheme) -> dict[str, RateDefinition]:
    found: dict[str, RateDefinition] = {}
    for rate in scheme.rates:
        line, other = rate.numerator.partition(".")[0], rate.denominator.partition(".")[0]
        if line == other:
            found.setdefault(line, rate)
    return found


def _parts(
    line: FigureLine,
    column: str,
    scheme: Scheme,
    amounts: Mapping[str, Decimal],
    places: Mapping[str, int],
) -> list[int]:
    """Return the rows that add up to a line's amount, of the first breakdown of it that is filled in whole."""
    for breakdown in scheme.breakdowns:
        if breakdown.of != line.code:
            continue
        parts = [one for one in scheme.figure_lines if one.breakdown == breakdown.code]
        references = [f"{one.code}.{column}" for one in parts]
        if not parts or any(reference not in amounts for reference in references):
            continue
        if (
            sum((amounts[reference] for reference in references), Decimal(0))
            == amounts[f"{line.code}.{column}"]
        ):
            return [places[one.code] for one in parts]
    return []


def _put_rate(
    page: WorkbookPage,
    column: int,
    rate: RateResult,
    cells: Mapping[str, Live],
    defined: RateDefinition,
) -> None:
    numerator, denominator = cells.get(defined.numerator), cells.get(defined.denominator)
    if rate.value is None or numerator is None or denominator is None:
        page.put(column, _DASH)
        return
    formula = f"ROUND({numerator.text}/{denominator.text},4)"
    page.put(column, rate.value, formula=formula, number_format=RATE, align="right")


def _write_rates(
    page: WorkbookPage,
    snapshot: Snapshot,
    scheme: Scheme,
    words: Mapping[str, str],
    cells: Mapping[str, Live],
) -> None:
    if not scheme.rates:
        return
    page.row += 1
    page.line(words["rates_title"], align="center")
    name, numerator, denominator, value = words["rates_headings"].split("|")
    page.head([name, "", numerator, denominator, value])
    page.merge(1, page.row - 1, page.row - 1, last_column=2)
    for defined in scheme.rates:
        rate = snapshot.result.rate(defined.code)
        page.put(1, rate.name, align="left")
        page.put(2, "")
        page.merge(1, page.row, page.row, last_column=2)
        for column, reference, amount in (
            (3, defined.numerator, rate.numerator),
            (4, defined.denominator, rate.denominator),
        ):
            if reference in cells and amount is not None:
                text = cells[reference].text
                page.put(column, amount, formula=text, number_format=WAN, align="right")
            else:
                page.put(column, _DASH)
        _put_rate(page, 5, rate, cells, defined)
        page.row += 1


def write_key_tasks(page: WorkbookPage, snapshot: Snapshot, word: Word) -> None:
    """Write the key tasks with budget, spending, rate and what became of them."""
    page.title(word("table_key_tasks_caption"))
    page.line(word("table_key_tasks_unit"), align="right")
    page.head(word("table_key_tasks_headings").split("|"), is_repeated=True)
    tasks = zip(snapshot.figures.key_tasks, snapshot.result.key_task_rates, strict=True)
    for number, (task, rate) in enumerate(tasks, start=1):
        page.put(1, number)
        page.put(2, task.name, align="left")
        for column, amount in ((3, task.adjusted_budget_wan), (4, task.executed_amount_wan)):
            page.put(column, amount, number_format=WAN, align="right", is_input=True)
        if rate.value is None:
            page.put(5, _DASH)
        else:
            formula = f"ROUND(D{page.row}/C{page.row},4)"
            page.put(5, rate.value, formula=formula, number_format=RATE, align="right")
        page.put(6, task.progress, align="left")
        page.row += 1


def write_goals(
    page: WorkbookPage, snapshot: Snapshot, scheme: Scheme, word: Word, words: Mapping[str, str]
) -> dict[str, tuple[tuple[Live, Live], ...]]:
    """Write the goals with target, actual value and completion; return weight and completion, by category."""
    headings = word("table_goals_headings").split("|")
    page.title(word("table_goals_caption"))
    page.head([*headings, words["goals_weight"], words["goals_counted"]], is_repeated=True)
    categories = {category.code: category for category in scheme.goal_categories}
    found: dict[str, list[tuple[Live, Live]]] = {}
    is_known = True
    for goal, reached in zip(snapshot.figures.goals, snapshot.result.goal_completions, strict=True):
        category = categories.get(goal.category)
        kinds = {kind.code: kind.label for kind in category.kinds} if category else {}
        page.put(1, category.name if category else goal.category)
        page.put(2, kinds.get(goal.kind, goal.kind))
        page.put(3, goal.name, align="left")
        live = _write_values(page, goal, scheme.equal_goals)
        if reached.value is None:
            page.put(6, _DASH)
        elif live is None:
            page.put(6, reached.value, number_format=RATE, is_input=True)
        else:
            page.put(6, reached.value, formula=f"ROUND({live.text},4)", number_format=RATE)
        page.put(7, goal.deviation_reason, align="left")
        weight = Live(page.put(8, goal.weight, is_input=True), exact(goal.weight))
        counted = scored_completion(goal, scheme.equal_goals)
        if counted is None:
            page.put(9, _DASH)
            found.setdefault(goal.category, [])
            is_known = False
        else:
            exactly = live.at_most(Live.of(1)) if live else Live(f"F{page.row}", counted)
            shown = Decimal(counted.numerator) / Decimal(counted.denominator)
            address = page.put(9, shown, formula=exactly.text, number_format=RATE)
            found.setdefault(goal.category, []).append((weight, Live(address, counted)))
        page.row += 1
    return {code: tuple(goals) for code, goals in found.items()} if is_known else {}


def _write_values(page: WorkbookPage, goal: Goal, equal: EqualGoals) -> Live | None:
    """Write target and actual value as numbers that print with sign and unit; return the completion."""
    row = page.row
    unit = goal.unit.replace('"', "")
    for column, number, text, sign in (
        (4, goal.target_value, goal.target_text, _SIGNS.get(goal.direction, "")),
        (5, goal.actual_value, goal.actual_text, ""),
    ):
        if number is None:
            page.put(column, text or _DASH, is_input=True)
        else:
            look = f'"{sign}"General"{unit}"'
            page.put(column, number, number_format=look, is_input=True)
    if goal.direction is GoalDirection.QUALITATIVE:
        return None
    if goal.target_value is None or goal.actual_value is None:
        return None
    target, actual = (
        Live(f"D{row}", exact(goal.target_value)),
        Live(f"E{row}", exact(goal.actual_value)),
    )
    one, zero = Live.of(1), Live.of(0)
    if goal.direction is GoalDirection.EQUAL:
        if equal is not EqualGoals.PROPORTIONAL:
            return choose(f"E{row}=D{row}", one, zero, is_met=target.value == actual.value)
        if target.value * actual.value <= 0:
            return Live.of(int(target.value == actual.value))
        return (actual / target).at_most(target / actual)
    if target.value <= 0 and goal.direction is GoalDirection.POSITIVE:
        return None
    if goal.direction is GoalDirection.POSITIVE:
        return (actual / target).at_least(zero)
    is_within = actual.value <= target.value
    share = target / actual if actual.value else zero
    return choose(f"E{row}<=D{row}", one, share.at_least(zero), is_met=is_within)
