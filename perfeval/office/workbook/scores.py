"""The score sheet as the report prints it, with live points, sums and grade."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from perfeval.documents.document import ReportDocument
from perfeval.fonts.choice import TypefaceRole
from perfeval.office.workbook.inputs import LeafCells
from perfeval.office.workbook.live import Cells, Live, points_formula
from perfeval.office.workbook.pages import WorkbookPage, quoted
from perfeval.scoring.quantity import exact, plain
from perfeval.scoring.scheme.tree import Scheme, TotalCap
from perfeval.snapshots.snapshot import Snapshot

_POINTS, _WEIGHT = 6, 5


@dataclass(frozen=True, slots=True)
class Written:
    """Where other sheets find what: the sheet's title, each leaf's row, the addresses of total and grade."""

    title: str
    rows: Mapping[str, int]
    total: str
    grade: str


@dataclass(frozen=True, slots=True)
class ScorePage:
    """The sheet and what it is written of. ``amounts``: the cells of the budget table, by reference."""

    page: WorkbookPage
    snapshot: Snapshot
    scheme: Scheme
    document: ReportDocument
    amounts: Mapping[str, Live]

    def write(
        self,
        cells: Mapping[str, LeafCells],
        goals: Mapping[str, tuple[tuple[Live, Live], ...]],
    ) -> Written:
        """Write all of it and return where the others find what."""
        page = self.page
        sheet = self.document.score_sheet
        page.line(sheet.mark, role=TypefaceRole.HEI, size=16)
        page.title("".join(sheet.title_lines))
        page.head([column.heading for column in sheet.columns], is_repeated=True)
        first, rows = page.row, {}
        leaves = list(self.scheme.leaves())
        for leaf, printed in zip(leaves, sheet.rows, strict=True):
            scored, row = self.snapshot.result.indicator(leaf.code), page.row
            rows[leaf.code] = row
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
        self.merge_names(first)
        total = self.write_total(first)
        grade = self.write_grade(total)
        return Written(page.sheet.title, rows, total, grade)

    def merge_names(self, first: int) -> None:
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
                    self.page.merge(column, first + start, first + index - 1)
                start = index
        for index, path in enumerate(paths):
            depth = sum(1 for name in path if name)
            if 0 < depth < 3:
                self.page.merge(depth, first + index, first + index, last_column=3)

    def write_total(self, first: int) -> str:
        """Write the line of the sums and return the address of the total."""
        page = self.page
        sheet, result, last = self.document.score_sheet, self.snapshot.result, page.row - 1
        count = last - first + 1
        for column in range(1, 8):
            page.put(column, "")
        page.put(1, sheet.total_label, role=TypefaceRole.HEI)
        page.merge(1, page.row, page.row, last_column=3)
        weights = sum(
            (leaf.weight for leaf in self.scheme.leaves() if not leaf.is_adjustment), Decimal(0)
        )
        is_sum = weights == result.full_score
        formula = f"SUM(E{first}:E{last})" if is_sum else ""
        page.put(_WEIGHT, result.full_score, formula=formula, role=TypefaceRole.HEI)
        summed = f"SUM(F{first}:F{last})"
        for cap in self.scheme.total_caps:
            condition = self.cap_condition(cap)
            if condition and cap.total is not None:
                summed = f"MIN({summed},IF({condition},{plain(cap.total)},{summed}))"
        value = result.total if result.is_complete else sheet.total_points
        pending = f'IF(COUNT(F{first}:F{last})<{count},"{quoted(sheet.total_points)}",{summed})'
        page.put(
            _POINTS, value, formula=summed if result.is_complete else pending, role=TypefaceRole.HEI
        )
        total = page.address(_POINTS)
        page.row += 1
        return total

    def write_grade(self, total: str) -> str:
        """Write the line of the grade, by its bands, and return its address; nothing where the scheme has no grades."""
        page, sheet = self.page, self.document.score_sheet
        if not sheet.grade:
            return ""
        for column in range(1, 8):
            page.put(column, "")
        page.put(1, sheet.grade_label, role=TypefaceRole.HEI)
        page.merge(1, page.row, page.row, last_column=3)
        page.put(
            4, sheet.grade, formula=self.grade_formula(sheet.grade, total), role=TypefaceRole.HEI
        )
        page.merge(4, page.row, page.row, last_column=7)
        grade = page.address(4)
        page.row += 1
        return grade

    def cap_condition(self, cap: TotalCap) -> str:
        """Return when a cap holds as an Excel condition, empty where its rate cannot be formed."""
        for rate in self.scheme.rates:
            if rate.code == cap.rate and {rate.numerator, rate.denominator} <= self.amounts.keys():
                numerator = self.amounts[rate.numerator]
                denominator = self.amounts[rate.denominator]
                if denominator.value:
                    return f"{numerator.text}/{denominator.text}*100<{plain(cap.below)}"
        return ""

    def grade_formula(self, unknown: str, total: str) -> str:
        """Return the grade by its bands and caps, empty when the scheme has no bands."""
        bands = self.scheme.grade_bands
        if not bands:
            return ""
        words = [band.word for band in bands]
        place = str(len(bands) + 1)
        for number in range(len(bands), 0, -1):
            place = f"IF({total}>={plain(bands[number - 1].minimum)},{number},{place})"
        held = [place]
        for cap in self.scheme.total_caps:
            condition = self.cap_condition(cap)
            if condition and cap.grade in words:
                held.append(f"IF({condition},{words.index(cap.grade) + 1},1)")
        place = f"MAX({','.join(held)})" if len(held) > 1 else place
        listed = ",".join(f'"{quoted(word)}"' for word in [*words, ""])
        chosen = f"CHOOSE({place},{listed})"
        if self.snapshot.result.is_complete:
            return chosen
        return f'IF(ISNUMBER({total}),{chosen},"{quoted(unknown)}")'
