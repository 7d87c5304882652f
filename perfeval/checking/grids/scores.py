"""Score sheets: indicators with weight and score, groups with weights of their own, money rows, the total.

A sheet begins with a heading that names a score and ends with its total row. The row of the execution
rate above it, with weight and score, belongs to it. A sheet with clear columns is believed: weights that
do not add up are its fault. Cells without columns are believed where the weights add up.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from perfeval.checking.grids.cells import Cell, Row
from perfeval.checking.grids.heads import HeadPart, HeadSection, part_of

_TOTAL = re.compile(
    r"^(?:总分|合计|总计|总得分|共计|自评总分|综合得分|合计得分|总分合计|总分值)(?:[（(][^）)]*[)）])?[：:]?$"
)
_GROUP = re.compile(r"[（(]+ ?(?P<points>\d{1,3}(?:\.\d+)?) ?分")
_WHOLE_MONEY = re.compile(
    r"^(?:年度)?(?:财政)?(?:资金|支出|预算)?(?:总额|总金额|总计|合计)(?:（[^）]*）)?：?$|^年度(?:财政)?资金总额|^年度总金额"
)
_SOME_MONEY = re.compile(
    r"^(?:其中[：:])?(?:当年|本年|年度)?(?:财政拨款|财政资金|上年结转资金|上年结转|其他资金|单位资金|财政专户管理资金|非财政拨款)[：:]?$"
)
_BONUS = re.compile(r"加分|附加|奖励")
_EMPTY = frozenset({"—", "-", "——", "--", "/", "－"})
#: No rate is worth more points.
FULL = 100
_LONGEST_STREAM = 4000


@dataclass(frozen=True, slots=True)
class StatedScoreRow:
    """An indicator's row: weight, score, and what stands beside them where columns are known.

    ``target`` and ``actual`` as printed, ``bound`` the sign of the target where it has a column of its own;
    ``coefficient`` and ``score_rate`` in percent. ``reason``: None where the sheet has no column for it.
    """

    name: str
    weight: Cell | None
    score: Cell
    reason: str | None = None
    target: str = ""
    bound: str = ""
    actual: Cell | None = None
    coefficient: Cell | None = None
    score_rate: Cell | None = None

    @property
    def is_bonus(self) -> bool:
        """Return whether the row gives points beyond the full score."""
        return _BONUS.search(self.name) is not None


@dataclass(slots=True)
class StatedGroup:
    """A head with a weight of its own (产出指标（50分）) and the weights below it."""

    name: str
    weight: Decimal
    start: int
    end: int
    weights: list[Decimal] = field(default_factory=list)
    scores: list[Decimal] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Return whether every row below gives a weight."""
        return bool(self.weights) and len(self.weights) == len(self.scores)


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """Budgets (at the start, for the year), spending, rate; weight and score where given.

    ``is_sure``: columns with headings say which is which. ``section``: which table it stands in.
    """

    name: str
    budgets: tuple[Cell, ...]
    spent: Cell
    rate: Cell | None
    weight: Decimal | None
    score: Cell | None
    is_sure: bool
    section: int = 0


@dataclass(slots=True)
class StatedScoreSheet:
    """The indicators of one sheet, the points of its execution rate, its total row.

    ``has_columns``: a heading says which number is which. ``heads``: weights of the two halves of the form
    (预算执行情况（20分）, 年度绩效目标（80分）).
    """

    rows: list[StatedScoreRow] = field(default_factory=list)
    groups: list[StatedGroup] = field(default_factory=list)
    heads: list[StatedGroup] = field(default_factory=list)
    budget_weight: Decimal = Decimal(0)
    budget_score: Cell | None = None
    total_weights: list[Cell] = field(default_factory=list)
    total_score: Cell | None = None
    total_rate: Cell | None = None
    has_columns: bool = True
    odd_rows: int = 0
    start: int = 0

    @property
    def total_weight(self) -> Cell | None:
        """Return the weight that the total row gives."""
        return self.total_weights[-1] if self.total_weights else None

    @property
    def has_weights(self) -> bool:
        """Return whether every row gives its weight."""
        return bool(self.rows) and all(row.weight is not None for row in self.rows)

    @property
    def weights(self) -> list[Decimal]:
        """Return every weight that counts toward the full score."""
        found = [
            row.weight.number or Decimal(0) for row in self.rows if row.weight and not row.is_bonus
        ]
        return [self.budget_weight, *found] if self.budget_weight else found

    @property
    def scores(self) -> list[Decimal]:
        """Return every score that counts toward the total."""
        found = [row.score.number or Decimal(0) for row in self.rows]
        return [self.budget_score.number or Decimal(0), *found] if self.budget_score else found

    @property
    def weight_sum(self) -> Decimal:
        """Return the sum of the weights."""
        return sum(self.weights, Decimal(0))

    @property
    def score_sum(self) -> Decimal:
        """Return the sum of the scores."""
        return sum(self.scores, Decimal(0))

    @property
    def is_proved(self) -> bool:
        """Return whether the weights add to the full score, so that the columns were read right."""
        full = self.total_weight.number if self.total_weight else Decimal(100)
        return self.has_weights and self.weight_sum == full


def score_sheets(
    stream: Sequence[Cell], sections: Sequence[HeadSection], budget_rows: Sequence[BudgetRow]
) -> Iterator[StatedScoreSheet]:
    """Yield each score sheet once: by its columns where they are clear, else as a stream."""
    found = list(_Sheets(sections, budget_rows).sheets())
    yield from found
    if not any(sheet.rows for sheet in found):
        yield from _sheets_of_stream(stream, budget_rows)


class _Sheets:
    """Reads the sheets of all tables in their order."""

    def __init__(self, sections: Sequence[HeadSection], budget_rows: Sequence[BudgetRow]) -> None:
        self._sections = sections
        self._budgets: dict[int, list[BudgetRow]] = {}
        for row in budget_rows:
            self._budgets.setdefault(row.section, []).append(row)

    def sheets(self) -> Iterator[StatedScoreSheet]:
        """Yield the sheets; one without a total row ends where the next begins."""
        sheet = StatedScoreSheet()
        for number, section in enumerate(self._sections):
            if section.has(HeadPart.RATE, HeadPart.SPENT):
                if sheet.rows:
                    yield sheet
                    sheet = StatedScoreSheet()
                self._take_budget(sheet, number, section)
            elif section.has(HeadPart.SCORE) and not section.has(HeadPart.SPENT):
                for row in self._rows(sheet, section):
                    if row is not None:
                        yield row
                        sheet = StatedScoreSheet()
            elif sheet.rows:
                yield sheet
                sheet = StatedScoreSheet()
        if sheet.rows:
            yield sheet

    def _take_budget(self, sheet: StatedScoreSheet, number: int, section: HeadSection) -> None:
        sheet.heads += _head_groups(section)
        for row in self._budgets.get(number, ()):
            if row.weight is not None and row.score is not None:
                sheet.budget_weight, sheet.budget_score = row.weight, row.score
                sheet.start = row.spent.start
                break

    def _rows(
        self, sheet: StatedScoreSheet, section: HeadSection
    ) -> Iterator[StatedScoreSheet | None]:
        """Read the rows into the sheet; yield it as soon as its total row was read."""
        sheet.heads += _head_groups(section)
        reader = _SheetReader(sheet, section)
        for row in section.rows:
            if reader.read(row):
                yield sheet
                return


def _head_groups(section: HeadSection) -> list[StatedGroup]:
    """Return the weights that stand in the heading itself."""
    return [
        StatedGroup(cell.text, Decimal(match["points"]), cell.start, cell.end)
        for row in section.head
        for cell in row
        if (match := _GROUP.search(cell.text))
        and part_of(cell.words) not in (HeadPart.SCORE, HeadPart.WEIGHT)
    ]


class _SheetReader:
    """Reads the rows below one heading."""

    def __init__(self, sheet: StatedScoreSheet, section: HeadSection) -> None:
        self._sheet = sheet
        self._section = section
        weights = section.columns(HeadPart.WEIGHT)
        self._score = section.columns(HeadPart.SCORE)[-1]
        before = [column for column in weights if column < self._score] or weights
        self._weight = before[-1] if before else None
        self._outer = before[:-1]
        self._open: dict[int, StatedGroup] = {}

    def read(self, row: Row) -> bool:
        """Read a row; return whether it was the total row."""
        total = next((n for n, cell in enumerate(row) if _TOTAL.match(cell.words)), None)
        if total is not None:
            return self._read_total(row, total)
        if len(row) != self._section.width:
            self._sheet.odd_rows += any(cell.number is not None for cell in row)
            return False
        self._open_groups(row)
        score = row[self._score]
        weight = row[self._weight] if self._weight is not None else None
        if (
            score.number is None
            or score.is_percent
            or (weight is not None and weight.number is None)
        ):
            self._sheet.odd_rows += score.number is not None
            return False
        self._sheet.rows.append(self._row_of(row, weight, score))
        self._sheet.start = self._sheet.start or score.start
        for group in self._open.values():
            group.scores.append(score.number)
            if weight is not None and weight.number is not None:
                group.weights.append(weight.number)
        return False

    def _open_groups(self, row: Row) -> None:
        """Begin the groups whose names or weights stand in the row, end those that they follow."""
        for column in range(self._weight if self._weight is not None else self._score):
            cell = row[column]
            if column in self._outer:
                if cell.number is not None:
                    name = row[column - 1].text if column else ""
                    self._begin(column, StatedGroup(name, cell.number, cell.start, cell.end))
                continue
            match = _GROUP.search(cell.text)
            if match and self._section.parts[column] not in (
                HeadPart.TARGET,
                HeadPart.ACTUAL,
                HeadPart.REASON,
            ):
                self._begin(
                    column, StatedGroup(cell.text, Decimal(match["points"]), cell.start, cell.end)
                )
            elif cell.text and column in self._open and column not in self._outer:
                bare = re.sub(r"[（(].*", "", self._open[column].name)
                if re.sub(r"[（(].*", "", cell.text) != bare:
                    del self._open[column]

    def _begin(self, column: int, group: StatedGroup) -> None:
        for other in [key for key in self._open if key >= column]:
            del self._open[other]
        self._open[column] = group
        self._sheet.groups.append(group)

    def _row_of(self, row: Row, weight: Cell | None, score: Cell) -> StatedScoreRow:
        section = self._section
        first = min(
            (
                *section.columns(
                    HeadPart.TARGET,
                    HeadPart.ACTUAL,
                    HeadPart.BOUND,
                    HeadPart.UNIT,
                    HeadPart.WEIGHT,
                    HeadPart.SCORE,
                ),
            )
        )
        names = [cell.text for cell in row[:first] if cell.text and cell.number is None]
        if self._outer:
            names = [cell.text for cell in row[: self._weight] if cell.text and cell.number is None]

        def cell_of(part: HeadPart) -> Cell | None:
            columns = section.columns(part)
            return row[columns[-1]] if columns else None

        target, bound, reason = (
            cell_of(HeadPart.TARGET),
            cell_of(HeadPart.BOUND),
            cell_of(HeadPart.REASON),
        )
        if target is None and reason is None and len(section.head) > 1:
            reason = None
        return StatedScoreRow(
            name=names[-1][:30] if names else "",
            weight=weight,
            score=score,
            reason=reason.text if reason else None,
            target=target.text if target else "",
            bound=bound.text if bound else "",
            actual=cell_of(HeadPart.ACTUAL),
            coefficient=cell_of(HeadPart.COEFFICIENT),
            score_rate=cell_of(HeadPart.SCORE_RATE),
        )

    def _read_total(self, row: Row, place: int) -> bool:
        """Read the total row: by its columns, or the numbers behind the word; False for a subtotal."""
        sheet = self._sheet
        numbers = [
            cell for cell in row[place + 1 :] if cell.number is not None and not cell.is_percent
        ]
        score = row[self._score] if len(row) == self._section.width else None
        if score is not None and score.number is not None:
            sheet.total_score = score
            columns = [*self._outer, *([self._weight] if self._weight is not None else [])]
            sheet.total_weights = [row[c] for c in columns if row[c].number is not None]
            rates = self._section.columns(HeadPart.SCORE_RATE)
            sheet.total_rate = row[rates[-1]] if rates else None
        elif len(numbers) >= 2:
            sheet.total_weights, sheet.total_score = [numbers[0]], numbers[1]
        elif numbers:
            sheet.total_score = numbers[0]
        else:
            return False
        return True


def budget_rows(stream: Sequence[Cell], sections: Sequence[HeadSection]) -> Iterator[BudgetRow]:
    """Yield the rows of all tables; only where there are none, those of the bare stream of cells."""
    is_any = False
    for number, section in enumerate(sections):
        if section.has(HeadPart.RATE, HeadPart.SPENT):
            for row in section.rows:
                found = _budget_row(section, row, number)
                if found is not None:
                    is_any = True
                    yield found
    if not is_any:
        yield from _budgets_of_stream(stream)


def _budget_row(section: HeadSection, row: Row, number: int) -> BudgetRow | None:
    """Return the row when it gives a budget and spending."""
    if len(row) != section.width:
        return None
    spents, rates = section.columns(HeadPart.SPENT), section.columns(HeadPart.RATE)
    budgets = tuple(
        row[column]
        for column in section.columns(HeadPart.INITIAL, HeadPart.BUDGET)
        if row[column].number is not None and not row[column].is_percent
    )
    spent, rate = row[spents[0]], row[rates[0]]
    if spent.number is None or spent.is_percent or not budgets:
        return None
    if rate.number is None or rate.number < 0:
        return None
    if not rate.is_percent and any(cell.is_percent for cell in row):
        return None  # the row stands one column off its heading
    scores, weights = section.columns(HeadPart.SCORE), section.columns(HeadPart.WEIGHT)
    score = row[scores[-1]] if scores else None
    weight = row[weights[-1]].number if weights else _rule_weight(section)
    return BudgetRow(
        name=next((cell.text for cell in row if cell.text and cell.number is None), ""),
        budgets=budgets,
        spent=spent,
        rate=rate,
        weight=weight,
        score=score if score and score.number is not None and not score.is_percent else None,
        is_sure=len(spents) == 1 and len(rates) == 1,
        section=number,
    )


def _rule_weight(section: HeadSection) -> Decimal | None:
    """Return the weight of the rate that the heading itself gives: 预算执行情况（20分）."""
    columns = section.columns(HeadPart.SCORE)
    heads = [cell.text for row in section.head for cell in row]
    lowest = next(
        (row[columns[-1]].text for row in section.head if columns and len(row) > columns[-1]), ""
    )
    for text in (lowest, *heads):
        match = _GROUP.search(text)
        if match:
            return Decimal(match["points"])
    return None


def _budgets_of_stream(stream: Sequence[Cell]) -> Iterator[BudgetRow]:
    """Yield what follows 年度资金总额 (budgets, spending, weight, rate, score) and the rows below it."""
    name: Cell | None = None
    run: list[Cell] = []
    is_form = False
    for token in stream:
        if token.number is not None:
            run.append(token)
            continue
        if token.text in _EMPTY and run:
            continue
        if name is not None:
            yield from _row_of_run(name, run)
        is_whole = bool(_WHOLE_MONEY.match(token.text))
        is_form = is_form or is_whole
        name = token if is_whole or (is_form and _SOME_MONEY.match(token.text)) else None
        run = []
    if name is not None:
        yield from _row_of_run(name, run)


def _row_of_run(name: Cell, run: Sequence[Cell]) -> Iterator[BudgetRow]:
    """Yield the row when the numbers can be read in one way only."""
    if not _WHOLE_MONEY.match(name.text):
        budgets = tuple(cell for cell in run[:2] if cell.number is not None)
        if len(run) == 4 and run[3].is_percent and budgets and not run[2].is_percent:
            yield BudgetRow(name.text, budgets, run[2], run[3], None, None, is_sure=False)
        elif len(run) == 3 and not any(cell.is_percent for cell in run):
            yield BudgetRow(name.text, budgets, run[2], None, None, None, is_sure=False)
        return
    if len(run) not in (5, 6):
        return
    weight, rate, score = run[-3], run[-2], run[-1]
    budgets = tuple(cell for cell in run[:-4] if cell.number is not None)
    is_plausible = rate.is_percent and not weight.is_percent and (weight.number or 0) <= FULL
    if is_plausible and budgets and not score.is_percent:
        yield BudgetRow(name.text, budgets, run[-4], rate, weight.number, score, is_sure=False)


def _sheets_of_stream(
    stream: Sequence[Cell], budget_rows: Sequence[BudgetRow]
) -> Iterator[StatedScoreSheet]:
    """Yield the sheets whose cells follow each other without columns."""
    position = 0
    while position < len(stream):
        following = stream[position + 1 : position + 5]
        is_heading = (
            part_of(stream[position].words) == HeadPart.WEIGHT
            and any(part_of(token.words) == HeadPart.SCORE for token in following)
            and not _has_rate_between(following)
        )
        if not is_heading:
            position += 1
            continue
        sheet, position = _stream(stream, position + 1)
        if sheet.rows:
            before = [row for row in budget_rows if row.score and row.score.start < sheet.start]
            for row in before[-1:]:
                sheet.budget_weight = row.weight or Decimal(0)
                sheet.budget_score = row.score
            yield sheet


def _has_rate_between(cells: Sequence[Cell]) -> bool:
    """Return whether 执行率 stands between 分值 and 得分: then two numbers do not follow."""
    for token in cells:
        if part_of(token.words) == HeadPart.SCORE:
            return False
        if "率" in token.text:
            return True
    return False


def _stream(cells: Sequence[Cell], start: int) -> tuple[StatedScoreSheet, int]:
    """Read runs of bare numbers until the total row; each run ends with weight and score."""
    sheet = StatedScoreSheet(has_columns=False)
    run: list[Cell] = []
    name = ""
    is_total = False
    group: StatedGroup | None = None

    def end_run() -> None:
        if len(run) < 2:
            return
        sheet.rows.append(StatedScoreRow(name[-30:], run[-2], run[-1]))
        sheet.start = sheet.start or run[-1].start
        if group is not None:
            group.weights.append(run[-2].number or Decimal(0))
            group.scores.append(run[-1].number or Decimal(0))

    last = min(len(cells), start + _LONGEST_STREAM)
    for position in range(start, last):
        token = cells[position]
        if token.number is not None and not token.is_percent:
            run.append(token)
            if is_total and len(run) == 2:
                sheet.total_weights, sheet.total_score = [run[0]], run[1]
                return sheet, position + 1
            continue
        if is_total and run:
            sheet.total_score = run[0]
            return sheet, position
        end_run()
        run = []
        is_total = bool(_TOTAL.match(token.text))
        match = _GROUP.search(token.text)
        if match and "指标" in token.text:
            group = StatedGroup(token.text, Decimal(match["points"]), token.start, token.end)
            sheet.groups.append(group)
        name = token.text
    if is_total and run:
        sheet.total_score = run[-1]
    elif not is_total:
        end_run()
    return sheet, last
