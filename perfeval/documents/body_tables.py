"""The tables of a report's body: budget figures, goals, key tasks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from perfeval.documents.document import Align, BodyTable, TableColumn
from perfeval.documents.report_words import ReportWords, default_wording
from perfeval.scoring.figures import Goal, GoalDirection
from perfeval.scoring.quantity import format_wan, plain
from perfeval.scoring.scheme import phrases
from perfeval.scoring.scheme.tree import FigureColumn, FigureLine, Scheme
from perfeval.snapshots.snapshot import Snapshot
from perfeval.text import prose

_SIGNS = {GoalDirection.POSITIVE: "≥", GoalDirection.REVERSE: "≤", GoalDirection.EQUAL: "="}


@dataclass
class BodyTables:
    """Makes the tables; ``caption``: numbers one and words its caption by code."""

    words: ReportWords
    caption: Callable[[str], str]

    @property
    def snapshot(self) -> Snapshot:
        """Return whose figures they show."""
        return self.words.snapshot

    @property
    def scheme(self) -> Scheme:
        """Return what asks for them."""
        return self.words.scheme

    def figures_table(self) -> Iterator[BodyTable]:
        """Yield the budget table: lines by columns, and each line's rate where the scheme names one."""
        scheme = self.scheme
        shown = [line for line in scheme.figure_lines if self.is_shown(line)]
        if not shown:
            return
        rates = self.line_rates()
        used = {line.breakdown for line in shown}
        breakdowns = {one.code: one.name for one in scheme.breakdowns if one.code in used}
        has_kinds = len(breakdowns) > 1
        columns = [TableColumn(self.words.word("table_figures_line"), 24 if has_kinds else 26)]
        if has_kinds:
            columns.insert(0, TableColumn(self.words.word("table_figures_breakdown"), 18))
        headings = [column.name for column in scheme.figure_columns]
        if rates:
            headings.append(self.words.word("table_figures_rate"))
        room = 100 - sum(column.width for column in columns)
        columns += [
            TableColumn(
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
                row.append(rates.get(line.code, default_wording()["not_applicable"]))
            rows.append(tuple(row))
        yield BodyTable(
            caption=self.caption("table_figures_caption"),
            unit=self.words.word("table_figures_unit"),
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
        wording = default_wording()
        return wording["pending"] if column.code in line.required else wording["not_applicable"]

    def line_rates(self) -> dict[str, str]:
        """Return the printed rate of each line whose numerator and denominator the scheme names."""
        found: dict[str, str] = {}
        for rate in self.scheme.rates:
            line, other = rate.numerator.partition(".")[0], rate.denominator.partition(".")[0]
            if line == other and line not in found:
                text = self.snapshot.result.rate(rate.code).text
                found[line] = text or default_wording()["pending"]
        return found

    def goals_table(self) -> Iterator[BodyTable]:
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
                    reached.text or default_wording()["pending"],
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
        yield BodyTable(
            caption=self.caption("table_goals_caption"),
            unit="",
            columns=self.words.columns("table_goals_headings", widths),
            rows=tuple(rows),
            merged_columns=2,
        )

    def target(self, goal: Goal) -> str:
        """Return a goal's target as the table shows it: ≥35场, or its words."""
        if goal.target_text or goal.target_value is None:
            return prose.clean(goal.target_text) or default_wording()["pending"]
        return f"{_SIGNS.get(goal.direction, '')}{plain(goal.target_value)}{goal.unit}"

    def actual(self, goal: Goal) -> str:
        """Return what became of a goal as the table shows it."""
        if goal.actual_text or goal.actual_value is None:
            return prose.clean(goal.actual_text) or default_wording()["pending"]
        return f"{plain(goal.actual_value)}{goal.unit}"

    def key_tasks_table(self) -> Iterator[BodyTable]:
        """Yield the key tasks with budget, spending and rate."""
        tasks = self.snapshot.figures.key_tasks
        if not tasks:
            return
        pending = default_wording()["pending"]
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
        yield BodyTable(
            caption=self.caption("table_key_tasks_caption"),
            unit=self.words.word("table_key_tasks_unit"),
            columns=self.words.columns("table_key_tasks_headings", widths),
            rows=tuple(rows),
        )
