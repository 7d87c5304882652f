"""Write a report's score sheet and figures as .xlsx with live formulas.

What was filled in stands as a number, what follows from it as a formula: sums, group totals, the total, rates, the
grade by its bands, and the points of each rule that is a formula. A rule that is none leaves its points as the stored
Result has them. Every formula's value is the Result's.
"""

from dataclasses import dataclass, field
from datetime import datetime

from openpyxl import Workbook

from perfeval.documents.building import wording_of
from perfeval.documents.document import ReportDocument
from perfeval.office.workbook import figures as figure_pages
from perfeval.office.workbook.groups import write_groups
from perfeval.office.workbook.inputs import write_inputs
from perfeval.office.workbook.live import Live
from perfeval.office.workbook.packing import packed
from perfeval.office.workbook.pages import WorkbookPage
from perfeval.office.workbook.scores import ScorePage
from perfeval.office.workbook.wording import wording
from perfeval.scoring.own_part import with_own_part
from perfeval.scoring.scheme.tree import Scheme
from perfeval.snapshots.snapshot import Snapshot

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    pages: list[WorkbookPage] = field(default_factory=list)

    def page(self, name: str, widths: tuple[float, ...]) -> WorkbookPage:
        """Return a new sheet."""
        page = WorkbookPage(self.book.create_sheet(wording()[f"sheet_{name}"]), widths)
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
        cells = write_inputs(inputs, self.snapshot, self.scheme, amounts)
        sheet = ScorePage(scores, self.snapshot, self.scheme, self.document, amounts)
        written = sheet.write(cells, goals)
        printed = self.document.score_sheet
        write_groups(
            groups,
            self.snapshot,
            self.scheme,
            written,
            pending=printed.total_points,
            grade=printed.grade,
        )
        for page in self.pages:
            page.set_heights()
            page.set_up_print(is_landscape=page is not groups, mark=self.document.watermark)
            page.lock_formulas()
        self.book.active = 0
