"""The budget table: one cell per line and column, in 万元."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from perfeval.reports.filled import Filled, read_filled
from perfeval.reports.models import Report
from perfeval.reports.parts import FIGURES
from perfeval.reports.services import PartChanged, ReportLocked, save_figures
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.result import RateResult, Severity
from perfeval.scoring.scheme.tree import FigureLine
from perfeval.web.access import FILL_REPORT, person, requires
from perfeval.web.fields import freeze, note_stored
from perfeval.web.filling.figure_forms import FiguresForm
from perfeval.web.filling.page import ReportPage, field_errors, report_page, show
from perfeval.web.filling.problems import ShownProblem, shown
from perfeval.web.filling.saving import COLLIDED, UNREADABLE, conflict_in, saved


@dataclass(frozen=True, slots=True)
class BudgetCell:
    """A place in the table: ``field`` is None where nothing is to be filled in."""

    column: str
    field: forms.BoundField | None
    problems: tuple[ShownProblem, ...]


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A row of the table with the rates that are computed from it."""

    code: str
    name: str
    hint: str
    cells: tuple[BudgetCell, ...]
    rates: tuple[RateResult, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """What the filled cells of a column add up to within a breakdown, None where none is filled."""

    key: str
    column: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class BudgetBlock:
    """The total, or a breakdown of it with the sums of its filled cells by column."""

    name: str
    lines: tuple[BudgetLine, ...]
    sums: tuple[Sum, ...]


@requires(FILL_REPORT)
@require_http_methods(["GET", "POST"])
def figures(request: HttpRequest, report: Report) -> HttpResponse:
    """Show the budget table, or save it whole."""
    if request.method != "POST":
        filled = read_filled(report)
        return _page(request, filled, _form(filled))
    form = FiguresForm(request.POST, scheme=as_scoring_scheme(report.scheme), amounts={})
    if not form.is_valid():
        return _page(request, read_filled(report), form, status=UNREADABLE)
    try:
        filled = save_figures(
            report=report,
            amounts=form.amounts(),
            version=request.POST.get("version", ""),
            by=person(request),
            at=timezone.now(),
        )
    except ReportLocked as refusal:
        filled = read_filled(refusal.report)
        return _page(request, filled, form, status=COLLIDED, is_locked=True)
    except PartChanged as refusal:
        filled = refusal.filled
        stored = filled.figures.amounts
        if form.amounts() != {key: stored.get(key) for key in form.fields}:
            note_stored(form, _form(filled))
            conflict = conflict_in(report, FIGURES)
            return _page(request, filled, form, status=COLLIDED, conflict=conflict)
    return saved(request, filled, FIGURES, _bits)


def _form(filled: Filled) -> FiguresForm:
    """Return the form with what is stored."""
    return FiguresForm(scheme=filled.issued, amounts=filled.figures.amounts)


def _bits(request: HttpRequest, page: ReportPage) -> HttpResponse:
    """Return what a script puts into the page after saving."""
    blocks = _blocks(page, _form(page.filled))
    return show(request, "figures_saved", page, blocks=blocks, version=page.version)


def _page(
    request: HttpRequest,
    filled: Filled,
    form: FiguresForm,
    *,
    status: int = 200,
    is_locked: bool = False,
    **context: object,
) -> HttpResponse:
    page = report_page(request, filled, FIGURES)
    if is_locked or not page.can_edit:
        freeze(form)
    return show(
        request,
        "autosave_refused" if request.htmx and status != 200 else "figures",  # type: ignore[attr-defined]
        page,
        errors=field_errors(form),
        status=status,
        form=form,
        forms=[form],
        blocks=_blocks(page, form),
        columns=page.scheme.figure_columns,
        version=page.version,
        is_locked=is_locked,
        **context,
    )


def _blocks(page: ReportPage, form: FiguresForm) -> tuple[BudgetBlock, ...]:
    """Return the table: the undivided lines first, then each breakdown."""
    scheme = page.scheme
    names = [("", ""), *((breakdown.code, breakdown.name) for breakdown in scheme.breakdowns)]
    blocks = []
    for code, name in names:
        lines = [line for line in scheme.figure_lines if line.breakdown == code]
        if lines:
            sums = _sums(code, lines, page) if code else ()
            blocks.append(BudgetBlock(name, tuple(_line(line, page, form) for line in lines), sums))
    return tuple(blocks)


def _line(line: FigureLine, page: ReportPage, form: FiguresForm) -> BudgetLine:
    scheme = page.scheme
    numerators = {rate.code: rate.numerator.partition(".")[0] for rate in scheme.rates}
    return BudgetLine(
        code=line.code,
        name=line.name,
        hint=line.hint,
        cells=tuple(
            _cell(f"{line.code}.{column.code}", column.name, page, form)
            for column in scheme.figure_columns
        ),
        rates=tuple(rate for rate in page.result.rates if numerators.get(rate.code) == line.code),
    )


def _cell(reference: str, column: str, page: ReportPage, form: FiguresForm) -> BudgetCell:
    if reference not in form.fields:
        return BudgetCell(column, None, ())
    problems = tuple(
        shown(problem, page.places)
        for problem in page.result.problems
        if problem.place == f"amount:{reference}" and problem.severity is not Severity.MISSING
    )
    return BudgetCell(column, form[reference], problems)


def _sums(breakdown: str, lines: Sequence[FigureLine], page: ReportPage) -> tuple[Sum, ...]:
    """Return the sum of each column of a breakdown."""
    stored = page.filled.figures.amounts
    sums = []
    for column in page.scheme.figure_columns:
        filled = [
            stored[f"{line.code}.{column.code}"]
            for line in lines
            if f"{line.code}.{column.code}" in stored
        ]
        amount = sum(filled, Decimal(0)) if filled else None
        sums.append(Sum(f"{breakdown}--{column.code}", column.name, amount))
    return tuple(sums)
