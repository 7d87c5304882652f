"""The key tasks of the year, as rows."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from perfeval.reports.filled import Filled, read_filled
from perfeval.reports.models import Report
from perfeval.reports.parts import KEY_TASKS, asked_for
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.result import RateResult
from perfeval.web.access import FILL_REPORT, requires
from perfeval.web.fields import freeze
from perfeval.web.filling.key_task_forms import KeyTaskForm
from perfeval.web.filling.page import ReportPage, field_errors, report_page, show
from perfeval.web.filling.problems import ShownProblem, shown
from perfeval.web.filling.rows import FormRows, RowForm, wants_other_rows
from perfeval.web.filling.saving import Attempt, attempt, saved, token_for


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
        rows = FormRows.stored(KeyTaskForm, filled.figures.key_tasks, filled.task_rows)
        return _page(request, filled, rows, token_for(filled, KEY_TASKS))
    rows = FormRows.typed(KeyTaskForm, request.POST)
    if wants_other_rows(request.POST):
        if "add" in request.POST:
            rows.grow()
        token = request.POST.get("version", "")
        return _page(request, read_filled(report), rows, token, is_unsaved=True)
    if rows.is_too_long:
        filled, token = read_filled(report), request.POST.get("version", "")
        return _page(request, filled, rows, token, made=Attempt(filled, token, is_unread=True))
    texts, unread = rows.state("task")
    made = attempt(
        request,
        report,
        KEY_TASKS,
        texts,
        unread=unread,
        label=lambda place: rows.label(place, "task"),
        field=lambda place: rows.field(place, "task"),
    )
    if made.is_whole and not request.htmx:  # type: ignore[attr-defined]
        return saved(request, made.filled, KEY_TASKS)
    return _page(request, made.filled, rows, made.token, made=made)


def _page(
    request: HttpRequest,
    filled: Filled,
    rows: FormRows,
    token: str,
    *,
    made: Attempt | None = None,
    is_unsaved: bool = False,
) -> HttpResponse:
    page = report_page(request, filled, KEY_TASKS)
    is_locked = made is not None and made.is_locked
    is_swapped = made is not None and bool(request.htmx)  # type: ignore[attr-defined]
    if is_locked or not page.can_edit:
        for form in rows.forms:
            freeze(form)
    typed = request.method == "POST"
    if not rows.forms and page.can_edit:
        rows.grow()
    return show(
        request,
        "rows_saved" if is_swapped else "key_tasks",
        page,
        errors=field_errors(*rows.filled) if made and made.is_unread else (),
        status=made.status if made else 200,
        rows=[
            KeyTaskRow(n + 1, form) if typed else _row(page, form, n)
            for n, form in enumerate(rows.forms)
        ],
        blank=KeyTaskRow(0, rows.blank),
        table=rows,
        forms=rows.forms,
        version=token,
        is_locked=is_locked,
        is_unsaved=is_unsaved,
        conflicts=made.conflicts if made else (),
        general=[
            shown(problem, page.places)
            for problem in page.result.problems
            if problem.code == "key_tasks_above_project"
        ],
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
