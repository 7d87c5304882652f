"""Score sheets: rows against their weights and targets, groups, the total row, the row of the execution rate."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from perfeval.checking.checks.arithmetic import Fit, fit_ratio, show_percent, show_points
from perfeval.checking.findings import Hit
from perfeval.checking.grids.cells import has_no_value
from perfeval.checking.grids.scores import BudgetRow, StatedGroup, StatedScoreRow, StatedScoreSheet
from perfeval.checking.grids.targets import Reached, reached
from perfeval.checking.knowledge import knowledge
from perfeval.checking.reading import Reading
from perfeval.scoring.quantity import exact, plain

#: What an execution rate weighs in the forms known.
_RATE_WEIGHTS = (Decimal(10), Decimal(20))
_TOTAL_WEIGHT = re.compile(r"(?:合计|总)分值(?:为|：|:)?(?P<points>\d{2,3}(?:\.\d+)?) ?分")


def score_sheets(reading: Reading) -> Iterator[Hit]:
    """Hold each row's score against its weight, the groups and the total row against the rows."""
    for sheet in reading.score_sheets:
        if sheet.has_columns or sheet.is_proved:
            for row in sheet.rows:
                yield from _row(reading, row)
        if sheet.has_weights:
            for group in sheet.groups:
                yield from _group(reading, group)
        yield from _halves(reading, sheet)
        yield from _total_row(reading, sheet)


def _full(reading: Reading) -> Decimal:
    """Return the full score: the scheme's, the text's, or the common one."""
    return reading.full_score or knowledge().full_score


def _row(reading: Reading, row: StatedScoreRow) -> Iterator[Hit]:
    """Check one row of a sheet whose columns are known."""
    weight, score = row.weight, row.score
    if weight is None or weight.number is None or score.number is None or row.is_bonus:
        return
    reading.hold(weight.start, score.start)
    words = {"name": row.name}
    if score.number > weight.number:
        yield Hit("score-above-weight", score.start, score.end, score.text, weight.text, words)
    if score.number < weight.number and row.reason is not None and has_no_value(row.reason):
        yield Hit("loss-without-reason", score.start, score.end, score.text, weight.text, words)
    actual = row.actual
    if (
        actual is not None
        and score.number == weight.number > 0
        and reached(row.bound, row.target, actual.text, row.name) == Reached.MISSED
    ):
        target = f"{row.bound}{row.target}"
        yield Hit("target-missed-full-score", actual.start, actual.end, actual.text, target, words)
    if actual is not None and _is_copied(actual.text, row.target):
        yield Hit("target-copied", actual.start, actual.end, row.target[:30], "")
    yield from _ratios(reading, row, weight.number, score.number)


def _ratios(
    reading: Reading, row: StatedScoreRow, weight: Decimal, score: Decimal
) -> Iterator[Hit]:
    """Hold a printed score rate, and a printed coefficient, against weight and score."""
    rate, coefficient = row.score_rate, row.coefficient
    if rate is not None and rate.number is not None and weight:
        percent = exact(score) / exact(weight) * 100
        reading.hold(rate.start)
        fit = fit_ratio(rate.number, rate.digits, percent, Fraction(0))
        if fit != Fit.EXACT:
            shown = show_percent(percent, rate.digits)
            code = "score-rate-cut-off" if fit == Fit.CUT_OFF else "score-rate-wrong"
            arithmetic = f"{plain(score)} ÷ {plain(weight)} = {shown}"
            words = {"name": row.name, "arithmetic": arithmetic}
            yield Hit(code, rate.start, rate.end, rate.text, shown, words)
    if coefficient is not None and coefficient.number is not None:
        reading.hold(coefficient.start)
        earned = exact(coefficient.number) * exact(weight) / 100
        fits = {fit_ratio(score, digits, earned, Fraction(0)) for digits in (row.score.digits, 2)}
        if Fit.EXACT not in fits and not (Fit.CUT_OFF in fits and row.score.digits):
            shown = show_percent(earned, 2).rstrip("%")
            arithmetic = f"{coefficient.text} × {plain(weight)} = {shown}"
            words = {"name": row.name, "arithmetic": arithmetic}
            yield Hit(
                "score-rule-doubtful", row.score.start, row.score.end, row.score.text, shown, words
            )


def _is_copied(actual: str, target: str) -> bool:
    """Return whether words were copied from the target; equal figures are only good work."""
    return actual == target and len(actual) >= 8 and not re.search(r"\d", target)


def _group(reading: Reading, group: StatedGroup) -> Iterator[Hit]:
    """Hold the weight of a head against the weights below it."""
    if not group.is_complete:
        return
    reading.hold(group.start)
    added = sum(group.weights, Decimal(0))
    if added != group.weight:
        yield Hit(
            "group-weight-doubtful",
            group.start,
            group.end,
            plain(group.weight),
            plain(added),
            {"name": group.name, "arithmetic": show_points(group.weights, added)},
        )


def _halves(reading: Reading, sheet: StatedScoreSheet) -> Iterator[Hit]:
    """Hold the weights of the form's halves against the full score, the rate's row, the rows below."""
    if not sheet.heads or not sheet.rows:
        return
    full, halves = _full(reading), [half.weight for half in sheet.heads]
    added = sum(halves, Decimal(0))
    below = sheet.heads[-1]
    reading.hold(*(half.start for half in sheet.heads))
    if len(halves) > 1 and added != full:
        words = {"arithmetic": show_points(halves, added)}
        yield Hit("total-weight-wrong", below.start, below.end, plain(full), plain(added), words)
    if sheet.budget_weight and len(halves) > 1 and halves[0] != sheet.budget_weight:
        yield _half_hit(sheet.heads[0], [sheet.budget_weight])
    rows = sheet.weights[1:] if sheet.budget_weight else sheet.weights
    if sheet.has_weights and sum(rows, Decimal(0)) != below.weight:
        yield _half_hit(below, rows)


def _half_hit(half: StatedGroup, weights: Sequence[Decimal]) -> Hit:
    added = sum(weights, Decimal(0))
    words = {"name": half.name, "arithmetic": show_points(weights, added)}
    return Hit(
        "group-weight-doubtful", half.start, half.end, plain(half.weight), plain(added), words
    )


def _total_row(reading: Reading, sheet: StatedScoreSheet) -> Iterator[Hit]:
    """Add up the weights and the scores; a row that a PDF tore may be missing, then nothing is sure."""
    if len(sheet.rows) < 2:
        return
    stated, full = sheet.total_score, _full(reading)
    if sheet.total_weight is not None and sheet.total_weight.number is not None:
        yield from _total_weights(reading, sheet, full)
    score_sum, weight_sum = sheet.score_sum, sheet.weight_sum
    scores_hold = stated is not None and stated.number == score_sum
    if sheet.has_weights and weight_sum != full:
        may_be_torn = (stated is None or not scores_hold or not sheet.has_columns) and (
            sheet.odd_rows or (not sheet.has_columns and not scores_hold)
        )
        is_open_end = stated is None and weight_sum < full
        if (
            not may_be_torn
            and not is_open_end
            and not _may_be_of_budget(reading, sheet, full - weight_sum)
        ):
            place = stated or sheet.rows[-1].score
            yield Hit(
                "total-weight-wrong",
                place.start,
                place.end,
                plain(full),
                plain(weight_sum),
                {"arithmetic": show_points(sheet.weights, weight_sum)},
            )
    if stated is None or stated.number is None:
        return
    reading.hold(stated.start)
    if not scores_hold:
        yield from _wrong_total(sheet, full)
    rate = sheet.total_rate
    if rate is not None and rate.number is not None and full:
        percent = exact(stated.number) / exact(full) * 100
        reading.hold(rate.start)
        if fit_ratio(rate.number, rate.digits, percent, Fraction(0)) == Fit.WRONG:
            shown = show_percent(percent, rate.digits)
            words = {"name": "合计", "arithmetic": f"{stated.text} ÷ {plain(full)} = {shown}"}
            yield Hit("score-rate-wrong", rate.start, rate.end, rate.text, shown, words)


def _wrong_total(sheet: StatedScoreSheet, full: Decimal) -> Iterator[Hit]:
    """Report a total that is not the sum, unless rows that were not read may make it up."""
    stated = sheet.total_score
    assert stated is not None  # noqa: S101 - the caller looked; mypy cannot see it
    score_sum, missing = sheet.score_sum, full - sheet.weight_sum
    gap = (stated.number or Decimal(0)) - score_sum
    is_whole = not sheet.has_weights or missing == 0
    if not is_whole and (not sheet.has_columns or 0 <= gap <= missing):
        return
    if not sheet.has_weights and sheet.odd_rows:
        return
    yield Hit(
        "total-score-wrong" if is_whole and not sheet.odd_rows else "total-score-doubtful",
        stated.start,
        stated.end,
        stated.text,
        plain(score_sum),
        {"arithmetic": show_points(sheet.scores, score_sum)},
    )


def _total_weights(reading: Reading, sheet: StatedScoreSheet, full: Decimal) -> Iterator[Hit]:
    """Hold the weights of the total row against the rows; of a full one the rows are at fault."""
    if not sheet.has_weights:
        return
    for cell in sheet.total_weights:
        reading.hold(cell.start)
        if cell.number not in (sheet.weight_sum, full) and not sheet.odd_rows:
            if _may_be_of_budget(reading, sheet, (cell.number or Decimal(0)) - sheet.weight_sum):
                continue
            yield Hit(
                "total-weight-wrong",
                cell.start,
                cell.end,
                cell.text,
                plain(sheet.weight_sum),
                {"arithmetic": show_points(sheet.weights, sheet.weight_sum)},
            )


def _may_be_of_budget(reading: Reading, sheet: StatedScoreSheet, missing: Decimal) -> bool:
    """Return whether the missing weight is that of the form's execution rate whose row was not read."""
    return missing in _RATE_WEIGHTS and sheet.budget_score is None and reading.is_national_form


def totals_of_the_text(reading: Reading) -> Iterator[Hit]:
    """Hold the total scores that the text states against the one sheet of the report."""
    sheets = [sheet for sheet in reading.score_sheets if sheet.total_score is not None]
    if len(sheets) != 1:
        return
    cell = sheets[0].total_score
    assert cell is not None  # noqa: S101 - chosen so; mypy cannot see it
    for total in reading.stated_scores:
        reading.hold(total.start)
        if total.points != cell.number and total.start != cell.start:
            line = str(reading.prose.line_number(reading.prose.raw_span(total.start, total.end)[0]))
            yield Hit(
                "total-restated",
                cell.start,
                cell.end,
                cell.text,
                plain(total.points),
                {"line": line},
            )
    for match in _TOTAL_WEIGHT.finditer(reading.text):
        weight = Decimal(match["points"])
        if sheets[0].has_weights and weight != sheets[0].weight_sum:
            yield Hit(
                "total-weight-wrong",
                *match.span("points"),
                plain(weight),
                plain(sheets[0].weight_sum),
                {"arithmetic": show_points(sheets[0].weights, sheets[0].weight_sum)},
            )


def budget_rows(reading: Reading) -> Iterator[Hit]:
    """Hold each row's rate against its amounts, and the points of the rate against the rate."""
    by_section: dict[int, list[BudgetRow]] = {}
    for row in reading.budget_rows:
        by_section.setdefault(row.section, []).append(row)
    for rows in by_section.values():
        usual = _usual_budget(rows)
        for row in rows:
            yield from _check_budget_row(reading, row, usual)


def _usual_budget(rows: Sequence[BudgetRow]) -> int | None:
    """Return which of several budgets the rates of one table are taken of, None where that is not plain."""
    counts: Counter[int] = Counter()
    for row in rows:
        for place, (fit, _) in enumerate(_fits(row)):
            counts[place] += fit == Fit.EXACT
    best = counts.most_common(2)
    if not best or best[0][1] < 2 or len({len(row.budgets) for row in rows}) > 1:
        return None
    ties = [place for place, count in counts.items() if count == best[0][1]]
    return max(ties)


def _fits(row: BudgetRow) -> list[tuple[Fit, Fraction]]:
    """Return how the row's rate agrees with each of its budgets, and the rate of each."""
    found: list[tuple[Fit, Fraction]] = []
    rate = row.rate
    if rate is None:
        return found
    for budget in row.budgets:
        stated, digits = rate.number or Decimal(0), rate.digits
        if not budget.number:
            is_nothing = not row.spent.number and not stated
            found.append((Fit.EXACT if is_nothing else Fit.WRONG, Fraction(0)))
            continue
        whole = exact(budget.number)
        percent = exact(row.spent.number or Decimal(0)) / whole * 100
        if not rate.is_percent and stated <= 2 < percent and digits >= 2:
            stated, digits = stated * 100, digits - 2
        slack = Fraction(1, 10**row.spent.digits) * 100 / whole
        found.append((fit_ratio(stated, digits, percent, slack), percent))
    return found


def _check_budget_row(reading: Reading, row: BudgetRow, usual: int | None) -> Iterator[Hit]:
    """Check one row of budget, spending and rate."""
    rate, fits = row.rate, _fits(row)
    if rate is None or not any(budget.number for budget in row.budgets):
        return
    reading.hold(rate.start, row.spent.start, *(budget.start for budget in row.budgets))
    asked = [usual] if usual is not None and row.budgets[usual].number else range(len(fits))
    chosen = [(*fits[place], row.budgets[place]) for place in asked if row.budgets[place].number]
    if not any(fit == Fit.EXACT for fit, _, _ in chosen):
        near = [entry for entry in chosen if entry[0] != Fit.WRONG]
        fit, percent, budget = (near or chosen[-1:])[0]
        shown = show_percent(percent, rate.digits)
        is_of_another = any(fit == Fit.EXACT for fit, _ in fits)
        far = "rate-wrong" if row.is_sure and not is_of_another else "rate-doubtful"
        yield Hit(
            {Fit.CUT_OFF: "rate-cut-off", Fit.NEAR: "rate-rounding"}.get(fit, far),
            rate.start,
            rate.end,
            rate.text,
            shown,
            {"arithmetic": f"{row.spent.text} ÷ {budget.text} = {shown}"},
        )
    yield from _check_points(reading, row, [percent for _, percent, _ in chosen])


def _check_points(reading: Reading, row: BudgetRow, percents: Sequence[Fraction]) -> Iterator[Hit]:
    """Compare the score of a budget row with its weight and with rate × weight."""
    weight, score, rate = row.weight, row.score, row.rate
    if weight is None or score is None or score.number is None or rate is None:
        return
    reading.hold(score.start)
    rates = [exact(rate.number or 0)] if rate.is_percent else percents
    computed = [min(each, Fraction(100)) * exact(weight) / 100 for each in rates]
    fits = {
        fit_ratio(score.number, digits, value, Fraction(0))
        for value in computed
        for digits in (score.digits, 2)
    }
    if fits != {Fit.WRONG}:
        return
    is_above = score.number > weight and row.is_sure
    shown = show_percent(computed[-1], 2).rstrip("%")
    yield Hit(
        "score-above-weight" if is_above else "score-rule-doubtful",
        score.start,
        score.end,
        score.text,
        plain(weight) if is_above else shown,
        {"name": row.name, "arithmetic": f"{rate.text} × {plain(weight)} = {shown}"},
    )
