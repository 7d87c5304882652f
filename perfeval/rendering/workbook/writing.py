"""Write a report's score sheet and figures as .xlsx with live formulas.

What was filled in stands as a number, what follows from it as a formula: sums, group totals, the total, rates, the
grade by its bands, and the points of each rule that is a formula. A rule that is none leaves its points as the stored
Result has them. Every formula's value is the Result's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook

from perfeval.exchange.snapshot import Snapshot
from perfeval.rendering.building import wording_of
from perfeval.rendering.document import ReportDocument
from perfeval.rendering.fonts import Role
from perfeval.rendering.workbook import figures as figure_pages
from perfeval.rendering.workbook.live import Cells, Live, points_formula
from perfeval.rendering.workbook.packing import packed
from perfeval.rendering.workbook.pages import RATE, Page
from perfeval.rendering.workbook.wording import wording
from perfeval.scoring.own_part import with_own_part
from perfeval.scoring.quantity import exact, plain
from perfeval.scoring.result import IndicatorResult
from perfeval.scoring.scheme import Indicator, Scheme, TotalCap

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_POINTS, _WEIGHT = 6, 5


def as_workbook(
    snapshot: Snapshot, scheme: Scheme, document: ReportDocument, *, created_at: datetime
) -> bytes:
    """Return the report as the bytes of an .xlsx file; the same report gives the same bytes.

    ``document``: as ``building.build`` made it of the same snapshot; its words head the tables.
    Raises: ValueError when ``created_at`` has no time zone.
    """
    if created_at.tzinfo is None:
        raise ValueError("created_at needs a time zone")
    whole = with_own_part(scheme, snapshot.figures.own_part)
    writer = _Writer(snapshot, whole, document)
    writer.write()
    properties = writer.book.properties
    properties.title, properties.creator = document.title, document.author
    properties.subject, properties.language = document.subject, document.language
    properties.created = properties.modified = created_at.replace(microsecond=0, tzinfo=None)
    formulas = {page.sheet.title: page.formulas for page in writer.pages}
    return packed(writer.book, formulas, created_at=created_at)


@dataclass
class _Writer:
    """Writes the sheets; those that others refer to come first, and are put in order at the end."""

    snapshot: Snapshot
    scheme: Scheme
    document: ReportDocument
    book: Workbook = field(default_factory=Workbook)
    pages: list[Page] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)

    def page(self, name: str, widths: tuple[float, ...]) -> Page:
        """Return a new sheet."""
        page = Page(self.book.create_sheet(wording()[f"sheet_{name}"]), widths)
        self.pages.append(page)
        return page

    def write(self) -> None:
        """Write every sheet that has something to show."""
        self.book.remove(self.book.worksheets[0])
        words = wording()
        scores = self.page("scores", (12, 14, 22, 56, 8, 9, 30))
        groups = self.page("groups", (40, 10, 12, 12, 12))
        columns = max(2, len(self.scheme.figure_columns))
        figures = self.page("figures", (18, 22, *(20,) * columns, 14))
        word = wording_of(self.snapshot, self.scheme)
        amounts = figure_pages.write_figures(figures, self.snapshot, self.scheme, word, words)
        if self.snapshot.figures.key_tasks:
            tasks = self.page("key_tasks", (8, 40, 16, 16, 12, 44))
            figure_pages.write_key_tasks(tasks, self.snapshot, word)
        goals: dict[str, tuple[tuple[Live, Live], ...]] = {}
        if self.snapshot.figures.goals:
            page = self.page("goals", (12, 14, 34, 14, 14, 12, 30, 8, 12))
            goals = figure_pages.write_goals(page, self.snapshot, self.scheme, word, words)
        inputs = self.page("inputs", (40, 44, 44, 10))
        cells = self.write_inputs(inputs, amounts)
        self.write_scores(scores, cells, goals, amounts)
        self.write_groups(groups, scores)
        for page in self.pages:
            page.set_heights()
            page.set_up_print(is_landscape=page is not groups, mark=self.document.watermark)
            page.lock_formulas()
        self.book.active = 0

    # --- What the rules read ------------------------------------------------------------------------------------------

    def write_inputs(
        self, page: Page, amounts: Mapping[str, Live]
    ) -> dict[str, tuple[dict[str, Live], Live | None]]:
        """Write what each leaf's rule read and what was deducted; return the cells, by leaf."""
        words = wording()
        page.title(words["inputs_title"])
        page.line(words["note"])
        page.head(words["inputs_headings"].split("|"), is_repeated=True)
        found = {}
        for leaf in self.scheme.leaves():
            scored, named = self.snapshot.result.indicator(leaf.code), {}
            for used in scored.inputs:
                if used.reference.startswith("goal:") or used.reference in named:
                    continue
                page.put(1, leaf.name, align="left")
                page.put(2, used.label, align="left")
                page.put(4, used.unit)
                cell = self.input_cell(page, used.reference, used.value, amounts)
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

    def input_cell(
        self, page: Page, reference: str, value: str, amounts: Mapping[str, Live]
    ) -> Live | None:
        """Write one value into the third column; return it where a formula can name it."""
        if reference in amounts:
            amount = self.snapshot.figures.amounts[reference]
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

    # --- The score sheet ----------------------------------------------------------------------------------------------

    def write_scores(
        self,
        page: Page,
        cells: Mapping[str, tuple[dict[str, Live], Live | None]],
        goals: Mapping[str, tuple[tuple[Live, Live], ...]],
        amounts: Mapping[str, Live],
    ) -> None:
        """Write the score sheet as the report prints it."""
        sheet = self.document.score_sheet
        page.line(sheet.mark, role=Role.HEI, size=16)
        page.title("".join(sheet.title_lines))
        page.head([column.heading for column in sheet.columns], is_repeated=True)
        first = page.row
        leaves = list(self.scheme.leaves())
        for leaf, printed in zip(leaves, sheet.rows, strict=True):
            scored, row = self.snapshot.result.indicator(leaf.code), page.row
            self.rows[leaf.code] = row
            path = [printed.primary, printed.secondary, printed.tertiary]
            for column, name in enumerate(path, start=1):
                page.put(column, name, align="left" if column == 3 else "center")
            page.put(4, printed.standard, align="left")
            weight = Live.of(leaf.weight)
            if leaf.is_adjustment:
                page.put(_WEIGHT, printed.weight)
            else:
                page.put(_WEIGHT, leaf.weight)
                weight = Live(f"E{row}", exact(leaf.weight))
            inputs, deduction = cells[leaf.code]
            known = Cells(weight, inputs, goals, deduction)
            live = (
                None
                if leaf.is_adjustment
                else points_formula(leaf, scored, known, self.scheme.rounding)
            )
            points = printed.points if scored.points is None else scored.points
            page.put(_POINTS, points, formula=live.text if live else "", is_input=live is None)
            page.put(7, printed.reason, align="left")
            page.row += 1
        self.merge_names(page, first)
        self.write_total(page, first, amounts)

    def merge_names(self, page: Page, first: int) -> None:
        """Merge equal names below each other, and the cells that a short path leaves empty."""
        rows = self.document.score_sheet.rows
        paths = [(row.primary, row.secondary, row.tertiary) for row in rows]
        for column in (1, 2):
            start = 0
            for index in range(1, len(paths) + 1):
                is_same = index < len(paths) and paths[index][:column] == paths[start][:column]
                if is_same and paths[index][column]:
                    continue
                if paths[start][column]:
                    page.merge(column, first + start, first + index - 1)
                start = index
        for index, path in enumerate(paths):
            depth = sum(1 for name in path if name)
            if 0 < depth < 3:
                page.merge(depth, first + index, first + index, last_column=3)

    def write_total(self, page: Page, first: int, amounts: Mapping[str, Live]) -> None:
        """Write the closing lines: the sums, and the grade by its bands."""
        sheet, result, last = self.document.score_sheet, self.snapshot.result, page.row - 1
        count = last - first + 1
        for column in range(1, 8):
            page.put(column, "")
        page.put(1, sheet.total_label, role=Role.HEI)
        page.merge(1, page.row, page.row, last_column=3)
        weights = sum(
            (leaf.weight for leaf in self.scheme.leaves() if not leaf.is_adjustment), Decimal(0)
        )
        is_sum = weights == result.full_score
        formula = f"SUM(E{first}:E{last})" if is_sum else ""
        page.put(_WEIGHT, result.full_score, formula=formula, role=Role.HEI)
        summed = f"SUM(F{first}:F{last})"
        for cap in self.scheme.total_caps:
            condition = self.cap_condition(cap, amounts)
            if condition and cap.total is not None:
                summed = f"MIN({summed},IF({condition},{plain(cap.total)},{summed}))"
        value = result.total if result.is_complete else sheet.total_points
        pending = f'IF(COUNT(F{first}:F{last})<{count},"{_quoted(sheet.total_points)}",{summed})'
        page.put(_POINTS, value, formula=summed if result.is_complete else pending, role=Role.HEI)
        self.total = page.address(_POINTS)
        page.row += 1
        if not sheet.grade:
            return
        for column in range(1, 8):
            page.put(column, "")
        page.put(1, sheet.grade_label, role=Role.HEI)
        page.merge(1, page.row, page.row, last_column=3)
        page.put(4, sheet.grade, formula=self.grade_formula(sheet.grade, amounts), role=Role.HEI)
        page.merge(4, page.row, page.row, last_column=7)
        self.grade = page.address(4)
        page.row += 1

    def cap_condition(self, cap: TotalCap, amounts: Mapping[str, Live]) -> str:
        """Return when a cap holds as an Excel condition, empty where its rate cannot be formed."""
        for rate in self.scheme.rates:
            if rate.code == cap.rate and {rate.numerator, rate.denominator} <= amounts.keys():
                numerator, denominator = amounts[rate.numerator], amounts[rate.denominator]
                if denominator.value:
                    return f"{numerator.text}/{denominator.text}*100<{plain(cap.below)}"
        return ""

    def grade_formula(self, unknown: str, amounts: Mapping[str, Live]) -> str:
        """Return the grade by its bands and caps, empty when the scheme has no bands."""
        bands = self.scheme.grade_bands
        if not bands:
            return ""
        words = [band.word for band in bands]
        place = str(len(bands) + 1)
        for number in range(len(bands), 0, -1):
            place = f"IF({self.total}>={plain(bands[number - 1].minimum)},{number},{place})"
        held = [place]
        for cap in self.scheme.total_caps:
            condition = self.cap_condition(cap, amounts)
            if condition and cap.grade in words:
                held.append(f"IF({condition},{words.index(cap.grade) + 1},1)")
        place = f"MAX({','.join(held)})" if len(held) > 1 else place
        listed = ",".join(f'"{_quoted(word)}"' for word in [*words, ""])
        chosen = f"CHOOSE({place},{listed})"
        if self.snapshot.result.is_complete:
            return chosen
        return f'IF(ISNUMBER({self.total}),{chosen},"{_quoted(unknown)}")'

    # --- The groups ---------------------------------------------------------------------------------------------------

    def write_groups(self, page: Page, scores: Page) -> None:
        """Write weight, points and rate of each node that has others below it."""
        words = wording()
        page.title(words["groups_title"])
        page.head(words["groups_headings"].split("|"), is_repeated=True)
        for node in _groups(self.scheme.indicators):
            scored = self.snapshot.result.indicator(node.code)
            self.write_group(page, scores, node, scored)
        page.put(1, words["groups_total"], role=Role.HEI)
        page.put(2, "")
        result = self.snapshot.result
        page.put(3, result.full_score, role=Role.HEI)
        total = result.total if result.is_complete else self.document.score_sheet.total_points
        page.put(4, total, formula=self.total, role=Role.HEI)
        page.put(5, "")
        page.row += 1
        grade = self.document.score_sheet.grade
        if not grade:
            return
        page.put(1, words["groups_grade"], role=Role.HEI)
        page.put(2, "")
        page.put(3, "")
        page.put(4, grade, formula=self.grade, role=Role.HEI)
        page.put(5, "")
        page.row += 1

    def write_group(
        self, page: Page, scores: Page, node: Indicator, scored: IndicatorResult
    ) -> None:
        """Write one group; its leaves stand below each other in the score sheet."""
        rows = [self.rows[leaf.code] for leaf in node.leaves()]
        first, last = min(rows), max(rows)
        name = scores.sheet.title
        page.put(1, node.name, align="left", indent=2 * (node.level - 1))
        page.put(2, node.level)
        printed = sum((leaf.weight for leaf in node.leaves()), Decimal(0))
        is_sum = printed == scored.weight and not node.is_adjustment
        weights = f"SUM('{name}'!E{first}:E{last})" if is_sum else ""
        page.put(3, scored.weight, formula=weights)
        cells = f"'{name}'!F{first}:F{last}"
        points, pending = f"SUM({cells})", self.document.score_sheet.total_points
        if scored.is_complete and scored.points is not None:
            page.put(4, scored.points, formula=points)
        else:
            # A sum of gaps is no nought.
            count = last - first + 1
            points = f'IF(COUNT({cells})<{count},"{_quoted(pending)}",{points})'
            page.put(4, pending, formula=points)
        if scored.score_rate is None:
            page.put(5, pending if not scored.is_complete else "—")
        else:
            page.put(
                5,
                scored.score_rate,
                formula=f"ROUND(D{page.row}/C{page.row},4)",
                number_format=RATE,
            )
        page.row += 1


def _groups(indicators: tuple[Indicator, ...]) -> Iterator[Indicator]:
    for root in indicators:
        yield from (node for node in root.walk() if not node.is_leaf)


def _quoted(text: str) -> str:
    return text.replace('"', '""')
