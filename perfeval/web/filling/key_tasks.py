"""The key tasks of the year, as rows."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from perfeval.reports.filled import Filled, read_filled
from perfeval.reports.models import Report
from perfeval.reports.parts import KEY_TASKS, asked_for
from perfeval.reports.services import PartChanged, ReportLocked, save_key_tasks
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.figures import KeyTask
from perfeval.scoring.result import RateResult
from perfeval.web.access import FILL_REPORT, person, requires
from perfeval.web.fields import freeze
from perfeval.web.filling.key_task_forms import KeyTaskForm
from perfeval.web.filling.page import ReportPage, field_errors, report_page, show
from perfeval.web.filling.problems import ShownProblem, shown
from perfeval.web.filling.rows import FormRows, RowForm, wants_other_rows
from perfeval.web.filling.saving import COLLIDED, UNREADABLE, conflict_in, saved


@dataclass(frozen=True, slots=True)
class KeyTaskRow:
    """One row on the page: its form, the rate computed from it, and its problems."""

    number: int
    form: RowForm
    rate: RateResult | None = None
    problems: tuple[ShownProblem, ...] = ()


@requires(FILL_REPORT)
@require_http_methods(["GET", "POST"])
def key_tasks(request: HttpRequest, report: Report) -> HttpResponse:
    """Show the key tasks, show another number of rows, or save them all.

    Raises: Http404 when the scheme asks for none and none is stored.
    """
    if not asked_for(as_scoring_scheme(report.scheme), KEY_TASKS) and not report.key_tasks.exists():
        raise Http404
    if request.method != "POST":
        filled = read_filled(report)
        return _page(request, filled, FormRows.stored(KeyTaskForm, filled.figures.key_tasks))
    rows = FormRows.typed(KeyTaskForm, request.POST)
    if wants_other_rows(request.POST):
        if "add" in request.POST:
            rows.grow()
        return _page(request, read_filled(report), rows, is_unsaved=True)
    if not rows.is_valid():
        return _page(request, read_filled(report), rows, status=UNREADABLE)
    try:
        filled = save_key_tasks(
            report=report,
            key_tasks=rows.values(),
            version=request.POST.get("version", ""),
            by=person(request),
            at=timezone.now(),
        )
    except ReportLocked as refusal:
        filled = read_filled(refusal.report)
        return _page(request, filled, rows, status=COLLIDED, is_locked=True)
    except PartChanged as refusal:
        filled = refusal.filled
        stored = filled.figures.key_tasks
        if tuple(rows.values()) != stored:
            conflict = conflict_in(report, KEY_TASKS)
            return _page(request, filled, rows, status=COLLIDED, conflict=conflict, stored=stored)
    return saved(request, filled, KEY_TASKS)


def _page(
    request: HttpRequest,
    filled: Filled,
    rows: FormRows,
    *,
    status: int = 200,
    is_locked: bool = False,
    is_unsaved: bool = False,
    stored: tuple[KeyTask, ...] = (),
    **context: object,
) -> HttpResponse:
    page = report_page(request, filled, KEY_TASKS)
    if is_locked or not page.can_edit:
        for form in rows.forms:
            freeze(form)
    typed = request.method == "POST"
    if not rows.forms and page.can_edit:
        rows.grow()
    return show(
        request,
        "key_tasks",
        page,
        errors=field_errors(*rows.filled) if status == UNREADABLE else (),
        status=status,
        rows=[
            KeyTaskRow(n + 1, form) if typed else _row(page, form, n)
            for n, form in enumerate(rows.forms)
        ],
        blank=KeyTaskRow(0, rows.blank),
        table=rows,
        version=request.POST.get("version", "") if is_unsaved else page.version,
        is_locked=is_locked,
        is_unsaved=is_unsaved,
        stored=stored,
        general=[
            shown(problem, page.places)
            for problem in page.result.problems
            if problem.code == "key_tasks_above_project"
        ],
        **context,
    )


def _row(page: ReportPage, form: RowForm, position: int) -> KeyTaskRow:
    rates = page.result.key_task_rates
    place = f"key_task:{position}"
    return KeyTaskRow(
        position + 1,
        form,
        rates[position] if position < len(rates) else None,
        tuple(shown(one, page.places) for one in page.result.problems if one.place == place),
    )
