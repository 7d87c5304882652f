"""Build the ReportDocument of a Snapshot: the scheme's outline, filled with figures and prose.

What is said is the scheme's (outline, phrases) or the filler's (narratives, reasons); how much is the stored Result's.
Where a scheme does not word a table heading, ``data/wording.toml`` does.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from perfeval.exchange.snapshot import Snapshot
from perfeval.rendering import prose
from perfeval.rendering.charts import report_charts
from perfeval.rendering.document import (
    Align,
    Block,
    Chart,
    Column,
    Heading,
    Paragraph,
    ReportDocument,
    ScoreRow,
    ScoreSheet,
    Table,
)
from perfeval.rendering.numbering import Counter, chart_number, heading_number, table_number
from perfeval.rendering.titles import break_title
from perfeval.scoring import phrases
from perfeval.scoring.figures import Goal, GoalDirection
from perfeval.scoring.own_part import with_own_part
from perfeval.scoring.quantity import format_wan, plain
from perfeval.scoring.result import IndicatorResult
from perfeval.scoring.scheme import FigureColumn, FigureLine, Indicator, OutlineSection, Scheme

_WORDING_FILE = Path(__file__).parent / "data" / "wording.toml"
_HEADINGS_SEPARATOR = "|"
_SIGNS = {GoalDirection.POSITIVE: "≥", GoalDirection.REVERSE: "≤", GoalDirection.EQUAL: "="}
#: The title of the landscape annex has 225 mm in 22 pt type.
_SHEET_TITLE_EMS = 28.0
_NAME_DEPTH = 3
#: Of about twenty pages; longer ones get a table of contents.
_LONG_REPORT_CHARACTERS = 10_000
#: Where a sentence announces a reason that nobody has given yet.
_EMPTY_REASON = re.compile("(?<=：)(?=[；。]|$)")


def build(snapshot: Snapshot, scheme: Scheme, *, watermark: str = "") -> ReportDocument:
    """Return the document of ``snapshot``; figures that a draft has not yet show as visible gaps.

    Raises: ValueError when the snapshot belongs to another scheme.
    """
    if (snapshot.scheme_code, snapshot.scheme_version) != (scheme.code, scheme.version):
        raise ValueError(
            f"the snapshot is of scheme {snapshot.scheme_code} version {snapshot.scheme_version}, "
            f"not of {scheme.code} version {scheme.version}"
        )
    whole = with_own_part(scheme, snapshot.figures.own_part)
    return _Builder(snapshot, whole).document(watermark)


def wording_of(snapshot: Snapshot, scheme: Scheme) -> Callable[[str], str]:
    """Return what gives the words of this report's tables by their code: the scheme's phrase, else the default."""
    return _Builder(snapshot, scheme).word


def draft_watermark() -> str:
    """Return what stands across the pages of a report that is not published."""
    return _default_wording()["watermark_draft"]


def archive_wording() -> Mapping[str, str]:
    """Return what the files inside a published PDF and its signature are called."""
    return _default_wording()


@lru_cache(maxsize=1)
def _default_wording() -> Mapping[str, str]:
    return tomllib.loads(_WORDING_FILE.read_text(encoding="utf-8"))


@dataclass
class _Builder:
    """Walks the outline once; ``tables`` and ``charts`` count the captions."""

    snapshot: Snapshot
    scheme: Scheme
    tables: int = 0
    charts: int = 0

    @cached_property
    def values(self) -> dict[str, str]:
        """Return the text of every placeholder that concerns the whole report.

        A total of what happens to be scored so far is no result: an unfinished report has none.
        """
        values = phrases.report_values(
            self.scheme,
            self.snapshot.figures,
            self.snapshot.result,
            department=self.snapshot.department_name,
            short_name=self.snapshot.department_short_name,
        )
        figures = self.snapshot.figures
        unknown = {
            "score.": not self.snapshot.result.is_complete,
            "count.goal": not figures.goals,
            "count.key_tasks": not figures.key_tasks,
        }
        for start in (start for start, is_unknown in unknown.items() if is_unknown):
            kept = ("score.full",)
            values = {
                name: text
                for name, text in values.items()
                if name in kept or not name.startswith(start)
            }
        return values

    def word(self, code: str) -> str:
        """Return a phrase of the scheme, or of the default wording, filled."""
        template = self.scheme.phrases.get(code) or _default_wording()[code]
        return self.mark_gaps(phrases.fill(template, self.values))

    def mark_gaps(self, text: str) -> str:
        """Return ``text`` with every value that is not there yet as a visible gap."""
        return text.replace(phrases.BLANK, _default_wording()["pending"])

    def document(self, watermark: str) -> ReportDocument:
        """Return the whole document."""
        lines = break_title(self.snapshot.title, name=self.snapshot.department_name)
        blocks = tuple(self.blocks())
        return ReportDocument(
            title="".join(lines),
            title_lines=lines,
            annex_mark=self.scheme.annex_mark,
            blocks=blocks,
            score_sheet=self.score_sheet(),
            subject=self.scheme.name,
            author=self.snapshot.department_name,
            watermark=watermark,
            cover=self.cover(),
            contents_title=self.contents_title(blocks),
        )

    def cover(self) -> tuple[str, ...]:
        """Return the lines below the title of a cover, where the scheme words one."""
        if "cover" not in self.scheme.phrases:
            return ()
        return tuple(self.word("cover").split(_HEADINGS_SEPARATOR))

    def contents_title(self, blocks: tuple[Block, ...]) -> str:
        """Return the title of the table of contents: where the scheme words one, and of every long report."""
        characters = sum(len(block.text) for block in blocks if isinstance(block, Paragraph))
        is_long = characters > _LONG_REPORT_CHARACTERS
        return self.word("contents") if is_long or "contents" in self.scheme.phrases else ""

    # --- The body -------------------------------------------------------------------------------------------------

    def blocks(self) -> Iterator[Block]:
        """Yield headings and what stands below them; a section with nothing below is left out."""
        if "preamble" in self.scheme.phrases:
            yield from self.sentences(self.scheme.phrases["preamble"])
        counter = Counter()
        waiting: list[OutlineSection] = []
        for section in self.scheme.outline:
            waiting = [open_one for open_one in waiting if open_one.level < section.level]
            waiting.append(section)
            content = list(self.section_content(section))
            if not content:
                continue
            for heading in waiting:
                yield Heading(
                    heading.level, counter.next(heading.level), prose.clean(heading.title)
                )
            waiting = []
            yield from content

    def section_content(self, section: OutlineSection) -> Iterator[Block]:
        """Yield the blocks of one section in the scheme's order."""
        for code in section.content:
            kind, _, name = code.partition(".")
            match kind, name:
                case "text", "":
                    yield from self.narrative(section)
                case "phrase", _:
                    yield from self.sentences(self.scheme.phrases[name])
                case "table", "figures":
                    yield from self.figures_table()
                case "table", "goals":
                    yield from self.goals_table()
                case "table", "key_tasks":
                    yield from self.key_tasks_table()
                case "chart", _:
                    yield from self.chart(name)
                case "paragraphs", "groups":
                    yield from self.numbered(section, self.group_texts())
                case "paragraphs", "key_tasks":
                    yield from self.numbered(section, self.key_task_texts())
                case _:
                    raise ValueError(f"outline section {section.code}: unknown content {code!r}")

    def narrative(self, section: OutlineSection) -> Iterator[Paragraph]:
        """Yield the filler's prose, or a gap where it is required and missing."""
        found = list(prose.paragraphs(self.snapshot.narratives.get(section.code, "")))
        yield from (Paragraph(text) for text in found)
        if not found and section.is_required:
            yield Paragraph(_default_wording()["pending"], is_pending=True)

    def sentences(self, template: str) -> Iterator[Paragraph]:
        """Yield a computed phrase; a line break in it starts a new paragraph."""
        yield from self.paragraphs_of(phrases.fill(template, self.values))

    def paragraphs_of(self, text: str) -> Iterator[Paragraph]:
        """Yield ``text`` as paragraphs, marked where a value is missing."""
        for line in prose.paragraphs(text):
            yield Paragraph(self.mark_gaps(line), is_pending=phrases.BLANK in line)

    def numbered(self, section: OutlineSection, texts: list[str]) -> Iterator[Paragraph]:
        """Yield ``texts`` numbered one level below the section; a single one needs no number."""
        for position, text in enumerate(texts, start=1):
            number = heading_number(min(section.level + 1, 4), position) if len(texts) > 1 else ""
            yield from self.paragraphs_of(number + text)

    def group_texts(self) -> list[str]:
        """Return a paragraph for each scored group."""
        return [
            _EMPTY_REASON.sub(
                phrases.BLANK,
                phrases.group_paragraph(
                    self.scheme, self.snapshot.result.indicator(group.code), self.values
                ),
            )
            for group in self.scheme.scored_groups()
        ]

    def key_task_texts(self) -> list[str]:
        """Return a paragraph for each key task."""
        template = self.scheme.phrases["key_task"]
        tasks = zip(
            self.snapshot.result.key_task_rates, self.snapshot.figures.key_tasks, strict=True
        )
        return [
            phrases.fill(template, self.values | phrases.key_task_values(rate, task.progress))
            for rate, task in tasks
        ]

    # --- Tables ---------------------------------------------------------------------------------------------------

    def caption(self, code: str) -> str:
        """Return the next table's number and its caption."""
        self.tables += 1
        return f"{table_number(self.tables)}\u3000{self.word(code)}"

    def chart(self, name: str) -> Iterator[Chart]:
        """Yield a chart of the snapshot, nothing where there is nothing to show."""
        source = report_charts.Source(self.scheme, self.snapshot.result, self.snapshot.before)
        drawing = report_charts.CHARTS[name](source, report_charts.OFFICIAL)
        if drawing:
            self.charts += 1
            caption = f"{chart_number(self.charts)}\u3000{self.word(f'chart_{name}_caption')}"
            yield Chart(caption, drawing)

    def figures_table(self) -> Iterator[Table]:
        """Yield the budget table: lines by columns, and each line's rate where the scheme names one."""
        scheme = self.scheme
        shown = [line for line in scheme.figure_lines if self.is_shown(line)]
        if not shown:
            return
        rates = self.line_rates()
        used = {line.breakdown for line in shown}
        breakdowns = {one.code: one.name for one in scheme.breakdowns if one.code in used}
        has_kinds = len(breakdowns) > 1
        columns = [Column(self.word("table_figures_line"), 24 if has_kinds else 26)]
        if has_kinds:
            columns.insert(0, Column(self.word("table_figures_breakdown"), 18))
        headings = [column.name for column in scheme.figure_columns]
        if rates:
            headings.append(self.word("table_figures_rate"))
        room = 100 - sum(column.width for column in columns)
        columns += [
            Column(
                heading,
                room // len(headings) + (1 if place < room % len(headings) else 0),
                Align.RIGHT,
            )
            for place, heading in enumerate(headings)
        ]
        lines = [line for code in breakdowns for line in shown if line.breakdown == code]
        totals = [line for line in shown if not line.breakdown]
        rows = []
        for line in [*lines, *totals]:
            row = [breakdowns.get(line.breakdown, line.name)] if has_kinds else []
            row.append(line.name)
            row += [self.amount(line, column) for column in scheme.figure_columns]
            if rates:
                row.append(rates.get(line.code, _default_wording()["not_applicable"]))
            rows.append(tuple(row))
        yield Table(
            caption=self.caption("table_figures_caption"),
            unit=self.word("table_figures_unit"),
            columns=tuple(columns),
            rows=tuple(rows),
            total_rows=len(totals),
            merged_columns=1 if has_kinds else 0,
        )

    def is_shown(self, line: FigureLine) -> bool:
        """Return whether a line has, or must have, an amount."""
        amounts = self.snapshot.figures.amounts
        return bool(line.required) or any(
            f"{line.code}.{column}" in amounts for column in line.columns
        )

    def amount(self, line: FigureLine, column: FigureColumn) -> str:
        """Return one cell: the amount, a gap where it is required, a dash where there is none."""
        amount = self.snapshot.figures.amounts.get(f"{line.code}.{column.code}")
        if amount is not None:
            return format_wan(amount)
        wording = _default_wording()
        return wording["pending"] if column.code in line.required else wording["not_applicable"]

    def line_rates(self) -> dict[str, str]:
        """Return the printed rate of each line whose numerator and denominator the scheme names."""
        found: dict[str, str] = {}
        for rate in self.scheme.rates:
            line, other = rate.numerator.partition(".")[0], rate.denominator.partition(".")[0]
            if line == other and line not in found:
                text = self.snapshot.result.rate(rate.code).text
                found[line] = text or _default_wording()["pending"]
        return found

    def goals_table(self) -> Iterator[Table]:
        """Yield the department's goal with target, actual value and completion."""
        goals = self.snapshot.figures.goals
        if not goals:
            return
        categories = {category.code: category for category in self.scheme.goal_categories}
        rows = []
        for goal, reached in zip(goals, self.snapshot.result.goal_completions, strict=True):
            category = categories.get(goal.category)
            kinds = {kind.code: kind.label for kind in category.kinds} if category else {}
            rows.append(
                (
                    category.name if category else goal.category,
                    kinds.get(goal.kind, goal.kind),
                    prose.clean(goal.name),
                    self.target(goal),
                    self.actual(goal),
                    reached.text or _default_wording()["pending"],
                    prose.clean(goal.deviation_reason),
                )
            )
        widths = (
            (14, "center"),
            (12, "center"),
            (22, "left"),
            (15, "center"),
            (15, "center"),
            (11, "center"),
            (11, "left"),
        )
        yield Table(
            caption=self.caption("table_goals_caption"),
            unit="",
            columns=self.columns("table_goals_headings", widths),
            rows=tuple(rows),
            merged_columns=2,
        )

    def target(self, goal: Goal) -> str:
        """Return a goal's target as the table shows it: ≥35场, or its words."""
        if goal.target_text or goal.target_value is None:
            return prose.clean(goal.target_text) or _default_wording()["pending"]
        return f"{_SIGNS.get(goal.direction, '')}{plain(goal.target_value)}{goal.unit}"

    def actual(self, goal: Goal) -> str:
        """Return what became of a goal as the table shows it."""
        if goal.actual_text or goal.actual_value is None:
            return prose.clean(goal.actual_text) or _default_wording()["pending"]
        return f"{plain(goal.actual_value)}{goal.unit}"

    def key_tasks_table(self) -> Iterator[Table]:
        """Yield the key tasks with budget, spending and rate."""
        tasks = self.snapshot.figures.key_tasks
        if not tasks:
            return
        pending = _default_wording()["pending"]
        rows = []
        for position, (task, rate) in enumerate(
            zip(tasks, self.snapshot.result.key_task_rates, strict=True), start=1
        ):
            texts = phrases.key_task_values(rate)
            rows.append(
                (
                    str(position),
                    prose.clean(task.name),
                    texts.get("budget") or pending,
                    texts.get("executed") or pending,
                    texts.get("rate") or pending,
                    prose.clean(task.progress),
                )
            )
        widths = (
            (7, "center"),
            (27, "left"),
            (14, "right"),
            (14, "right"),
            (11, "right"),
            (27, "left"),
        )
        yield Table(
            caption=self.caption("table_key_tasks_caption"),
            unit=self.word("table_key_tasks_unit"),
            columns=self.columns("table_key_tasks_headings", widths),
            rows=tuple(rows),
        )

    def columns(self, code: str, widths: tuple[tuple[int, str], ...]) -> tuple[Column, ...]:
        """Return columns with the wording's headings."""
        headings = self.word(code).split(_HEADINGS_SEPARATOR)
        return tuple(
            Column(heading, width, Align(align))
            for heading, (width, align) in zip(headings, widths, strict=True)
        )

    # --- The annex ------------------------------------------------------------------------------------------------

    def score_sheet(self) -> ScoreSheet:
        """Return every leaf with its standard, weight, points and reason, and the totals."""
        result = self.snapshot.result
        title = self.word("sheet_title")
        widths = (
            (7, "center"),
            (8, "center"),
            (14, "left"),
            (40, "left"),
            (5, "center"),
            (7, "center"),
            (19, "left"),
        )
        return ScoreSheet(
            mark=self.word("sheet_mark"),
            title=title,
            title_lines=break_title(
                title, name=self.snapshot.department_name, line_ems=_SHEET_TITLE_EMS
            ),
            columns=self.columns("sheet_headings", widths),
            rows=tuple(self.score_rows()),
            total_label=self.word("sheet_total"),
            grade_label=self.word("sheet_grade"),
            total_weight=plain(result.full_score),
            total_points=plain(result.total)
            if result.is_complete
            else _default_wording()["pending"],
            grade=result.grade
            or (_default_wording()["pending"] if self.scheme.grade_bands else ""),
        )

    def score_rows(self) -> Iterator[ScoreRow]:
        """Yield the leaves in the scheme's order with the names of what they belong to."""
        for root in self.scheme.indicators:
            for path in _leaf_paths(root):
                leaf = path[-1]
                names = [node.name for node in path] + [""] * (_NAME_DEPTH - len(path))
                scored = self.snapshot.result.indicator(leaf.code)
                yield ScoreRow(
                    primary=names[0],
                    secondary=names[1],
                    tertiary=names[2],
                    weight=_default_wording()["not_applicable"]
                    if leaf.is_adjustment
                    else plain(leaf.weight),
                    standard="".join(prose.paragraphs(leaf.standard)),
                    points=self.points(scored),
                    reason="".join(prose.paragraphs(scored.reason)),
                )

    def points(self, scored: IndicatorResult) -> str:
        """Return a leaf's points, or a gap while it is not answered."""
        return _default_wording()["pending"] if scored.points is None else plain(scored.points)


def _leaf_paths(
    node: Indicator, above: tuple[Indicator, ...] = ()
) -> Iterator[tuple[Indicator, ...]]:
    path = (*above, node)
    if node.is_leaf:
        yield path
    for child in node.children:
        yield from _leaf_paths(child, path)
