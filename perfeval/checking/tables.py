"""Tables in text: cells that stand apart by tabs, bars or gaps, and score sheets of any layout.

A web page copied as text gives one cell a line, a PDF may lose the columns altogether. Such a sheet
is read as a stream: behind a heading that names 分值 and 得分, each run of bare numbers ends with
the weight and the score. A reading is trusted only when its weights prove it (``is_proved``).
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from perfeval.checking.text import Prose

_NUMBER_CELL = re.compile(
    r"^-?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,10})? ?(?:%|分|万元|亿元|元)?$"
)
_WEIGHT_HEAD = re.compile(
    r"^(?:标准|指标|满分)?(?:分值|权重|标准分|满分|基准分)(?:[（(][^）)]*[)）])?%?$"
)
_SCORE_HEAD = re.compile(
    r"^(?:自评|实际|考核|评价|单位自评)?(?:得分|自评分|评分|实得分)(?:[（(][^）)]*[)）])?$"
)
_REASON_HEAD = re.compile(r"原因|扣分说明|说明|备注|改进措施")
_TARGET_HEAD = re.compile(r"年度指标值|预期指标值|目标值|^指标值")
_ACTUAL_HEAD = re.compile(r"实际完成值|完成值|实际值|全年完成")
_TOTAL_ROW = re.compile(r"^(?:总分|合计|总计|总得分|共计)(?:[（(][^）)]*[)）])?$")
_HEADING_CELL = re.compile(r"^(?:序号|项目|指标|名称|单位|部门|科目|类别|内容)(?:名称|类别)?$")
_NO_VALUE = frozenset({"", "—", "-", "——", "无", "/", "--"})
_LONGEST_STREAM = 4000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its place in the prose; ``number`` when it holds nothing else."""

    text: str
    start: int
    end: int
    number: Decimal | None

    @property
    def is_percent(self) -> bool:
        """Return whether the number is a percentage."""
        return self.text.endswith("%")

    @property
    def digits(self) -> int:
        """Return how many decimals the number is written with."""
        return len(re.sub(r"[^\d.]", "", self.text).partition(".")[2])


@dataclass(frozen=True, slots=True)
class TextGrid:
    """Rows of cells that stand below each other without other text between."""

    rows: tuple[tuple[Cell, ...], ...]

    @property
    def figures(self) -> int:
        """Return how many cells hold a number."""
        return sum(cell.number is not None for row in self.rows for cell in row)


@dataclass(frozen=True, slots=True)
class StatedScoreRow:
    """An indicator's row: weight, score, and what stands beside them where columns are known."""

    name: str
    weight: Cell
    score: Cell
    reason: str | None = None
    target: str = ""
    actual: Cell | None = None


@dataclass(frozen=True, slots=True)
class StatedScoreSheet:
    """The indicators of one table and its total row, whose cells are None where not given.

    ``is_proved``: the weights add to the full score, so the columns were read right.
    """

    rows: tuple[StatedScoreRow, ...]
    total_weight: Cell | None
    total_score: Cell | None
    is_proved: bool

    @property
    def weight_sum(self) -> Decimal:
        """Return the sum of the weights."""
        return sum((row.weight.number or Decimal(0) for row in self.rows), Decimal(0))

    @property
    def score_sum(self) -> Decimal:
        """Return the sum of the scores."""
        return sum((row.score.number or Decimal(0) for row in self.rows), Decimal(0))


def grids(text: str) -> Iterator[TextGrid]:
    """Yield every run of rows whose cells stand apart by tabs."""
    rows: list[tuple[Cell, ...]] = []
    for match in re.finditer(r"[^\n]+", text):
        if "\t" in match.group():
            rows.append(tuple(_cells(match.group(), match.start())))
        elif rows:
            yield TextGrid(tuple(rows))
            rows = []
    if rows:
        yield TextGrid(tuple(rows))


def _cells(line: str, offset: int) -> Iterator[Cell]:
    """Yield the cells of a row."""
    position = 0
    for part in line.split("\t"):
        text = part.strip()
        start = offset + position + len(part) - len(part.lstrip())
        yield Cell(text, start, start + len(text), number_of(text))
        position += len(part) + 1


def number_of(text: str) -> Decimal | None:
    """Return the number that is all a cell holds, None otherwise."""
    if not _NUMBER_CELL.match(text):
        return None
    return Decimal(re.sub(r"[^\d.\-]", "", text))


def score_sheets(prose: Prose, found: Sequence[TextGrid]) -> Iterator[StatedScoreSheet]:
    """Yield each score sheet once: by its columns where they are clear, else as a stream."""
    is_any = False
    for grid in found:
        sheet = _sheet_of_grid(grid)
        if sheet is not None:
            is_any = True
            yield sheet
    if not is_any:
        yield from _sheets_of_stream(prose)


def _sheet_of_grid(grid: TextGrid) -> StatedScoreSheet | None:
    """Return the score sheet of a grid with clear columns, or None."""
    columns: dict[str, int] | None = None
    width = 0
    rows: list[StatedScoreRow] = []
    total: tuple[Cell | None, Cell | None] = (None, None)
    for row in grid.rows:
        heading = _columns(row)
        if heading is not None:
            columns, width = heading, len(row)
            continue
        if columns is None or is_heading(row):
            columns = None
            continue
        if any(_TOTAL_ROW.match(cell.text) for cell in row[:3]):
            numbers = [cell for cell in row if cell.number is not None]
            if len(row) == width:
                weight, score = row[columns["weight"]], row[columns["score"]]
                total = (
                    weight if weight.number is not None else None,
                    score if score.number is not None else None,
                )
            elif len(numbers) >= 2:
                total = (numbers[0], numbers[1])
            continue
        if len(row) == width:
            rows += _score_row(row, columns)
    return _sheet(rows, total) if rows else None


def is_heading(row: Sequence[Cell]) -> bool:
    """Return whether a row begins another table that stands right below: words only, 项目 first."""
    texts = [cell.text for cell in row if cell.text]
    is_bare = len(texts) >= 3 and all(cell.number is None for cell in row)
    return is_bare and _HEADING_CELL.match(texts[0].replace(" ", "")) is not None


def _columns(row: Sequence[Cell]) -> dict[str, int] | None:
    """Return the places of the columns when the row is a heading with a weight and a score."""
    places: dict[str, int] = {}
    for place, cell in enumerate(row):
        text = cell.text.replace(" ", "")
        if _SCORE_HEAD.match(text):
            places.setdefault("score", place)
        elif _WEIGHT_HEAD.match(text):
            places["weight"] = place
        elif _TARGET_HEAD.search(text):
            places.setdefault("target", place)
        elif _ACTUAL_HEAD.search(text):
            places.setdefault("actual", place)
        elif _REASON_HEAD.search(text):
            places.setdefault("reason", place)
    return places if "score" in places and "weight" in places else None


def _score_row(row: Sequence[Cell], columns: dict[str, int]) -> Iterator[StatedScoreRow]:
    """Yield the row when it gives both a weight and a score."""
    weight, score = row[columns["weight"]], row[columns["score"]]
    if weight.number is None or score.number is None or score.is_percent:
        return
    names = [cell.text for cell in row[: columns["weight"]] if cell.text and cell.number is None]
    before = min(columns.get("target", 99), columns.get("actual", 99), columns["weight"])
    names = [cell.text for cell in row[:before] if cell.text and cell.number is None] or names
    yield StatedScoreRow(
        name=names[-1][:30] if names else "",
        weight=weight,
        score=score,
        reason=row[columns["reason"]].text if "reason" in columns else None,
        target=row[columns["target"]].text if "target" in columns else "",
        actual=row[columns["actual"]] if "actual" in columns else None,
    )


def _sheet(
    rows: Sequence[StatedScoreRow], total: tuple[Cell | None, Cell | None]
) -> StatedScoreSheet:
    """Return the sheet, proved when its weights add to the total row's or to 100."""
    sheet = StatedScoreSheet(tuple(rows), total[0], total[1], is_proved=False)
    full = total[0].number if total[0] else Decimal(100)
    return StatedScoreSheet(sheet.rows, total[0], total[1], is_proved=sheet.weight_sum == full)


def _sheets_of_stream(prose: Prose) -> Iterator[StatedScoreSheet]:
    """Yield the sheets whose cells follow each other without columns."""
    stream = list(tokens(prose))
    position = 0
    while position < len(stream):
        following = stream[position + 1 : position + 5]
        is_heading = (
            _WEIGHT_HEAD.match(stream[position].text)
            and any(_SCORE_HEAD.match(token.text) for token in following)
            and not _has_rate_between(following)
        )
        if not is_heading:
            position += 1
            continue
        rows, total, position = _stream(stream, position + 1)
        if rows:
            yield _sheet(rows, total)


def _has_rate_between(cells: Sequence[Cell]) -> bool:
    """Return whether 执行率 stands between 分值 and 得分: then two numbers do not follow."""
    for token in cells:
        if _SCORE_HEAD.match(token.text):
            return False
        if "率" in token.text:
            return True
    return False


def _stream(
    cells: Sequence[Cell], start: int
) -> tuple[list[StatedScoreRow], tuple[Cell | None, Cell | None], int]:
    """Read runs of bare numbers until the total row; each run ends with weight and score."""
    rows: list[StatedScoreRow] = []
    run: list[Cell] = []
    name = ""
    is_total = False
    for position in range(start, min(len(cells), start + _LONGEST_STREAM)):
        token = cells[position]
        if token.number is not None and not token.is_percent:
            run.append(token)
            if is_total and len(run) == 2:
                return rows, (run[0], run[1]), position + 1
            continue
        if is_total and run:
            return rows, (None, run[0]), position
        if len(run) >= 2:
            rows.append(StatedScoreRow(name[-30:], run[-2], run[-1]))
        run = []
        is_total = bool(_TOTAL_ROW.match(token.text))
        name = token.text
    if is_total and run:
        return rows, (None, run[-1]), len(cells)
    if len(run) >= 2 and not is_total:
        rows.append(StatedScoreRow(name[-30:], run[-2], run[-1]))
    return rows, (None, None), min(len(cells), start + _LONGEST_STREAM)


def tokens(prose: Prose) -> Iterator[Cell]:
    """Yield what stands between spaces in the raw lines, placed in the prose."""
    for line in prose.lines:
        for match in re.finditer(r"[^\s|]+", line.text):
            raw_start = line.start + match.start()
            start = bisect_left(prose.origin, raw_start)
            text = match.group()
            yield Cell(text, start, start + len(text), number_of(text))


def has_no_value(text: str) -> bool:
    """Return whether a cell says nothing."""
    return text.strip() in _NO_VALUE
