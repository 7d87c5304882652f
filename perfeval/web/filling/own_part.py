"""The department's own indicators: set in rows, and sent to the reviewer before the report is."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from perfeval.evidence.queries import evidence_by_indicator
from perfeval.reports.filled import Filled, read_filled
from perfeval.reports.models import Report
from perfeval.reports.parts import OWN_PART
from perfeval.reports.services import PartChanged, ReportLocked, save_own_part
from perfeval.review.models import OwnPartReview
from perfeval.review.own_queries import latest_own_review, own_part_hash
from perfeval.review.own_services import send_own_part
from perfeval.review.refusals import AlreadyDone, MoveRefused
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.figures import OwnIndicator
from perfeval.scoring.result import Severity
from perfeval.web.access import FILL_REPORT, person, requires
from perfeval.web.fields import freeze
from perfeval.web.filling.own_part_forms import OwnIndicatorForm
from perfeval.web.filling.page import FieldError, ReportPage, field_errors, report_page, show
from perfeval.web.filling.problems import ShownProblem, shown
from perfeval.web.filling.rows import FormRows, RowForm, wants_other_rows
from perfeval.web.filling.saving import COLLIDED, UNREADABLE, conflict_in, saved


@dataclass(frozen=True, slots=True)
class ShownSlot:
    """An open indicator: its points, how many of them are given, and what is wrong with the sum."""

    code: str
    name: str
    hint: str
    most: int
    weight: Decimal
    given: Decimal
    problems: tuple[ShownProblem, ...]


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One row on the page: its form and its problems."""

    number: int
    form: RowForm
    problems: tuple[ShownProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """What was decided last; ``is_current``: of exactly what is stored now. ``can_send``: may be sent."""

    review: OwnPartReview | None
    is_current: bool
    can_send: bool


@requires(FILL_REPORT)
@require_http_methods(["GET", "POST"])
def own_part(request: HttpRequest, report: Report) -> HttpResponse:
    """Show the own indicators, show another number of rows, or save them all."""
    scheme = as_scoring_scheme(report.scheme)
    build = partial(OwnIndicatorForm, scheme=scheme)
    if not scheme.slots:
        return show(request, "own_part_none", report_page(request, read_filled(report), OWN_PART))
    if request.method != "POST":
        filled = read_filled(report)
        return _page(request, filled, FormRows.stored(build, filled.figures.own_part))
    rows = FormRows.typed(build, request.POST)
    if wants_other_rows(request.POST):
        if "add" in request.POST:
            rows.grow()
        return _page(request, read_filled(report), rows, is_unsaved=True)
    if not rows.is_valid():
        return _page(request, read_filled(report), rows, status=UNREADABLE)
    typed = rows.values()
    attached = _attached_to_removed(report, typed)
    if attached:
        filled = read_filled(report)
        return _page(request, filled, rows, status=UNREADABLE, attached=attached)
    try:
        filled = save_own_part(
            report=report,
            own_part=typed,
            version=request.POST.get("version", ""),
            by=person(request),
            at=timezone.now(),
        )
    except ReportLocked as refusal:
        filled = read_filled(refusal.report)
        return _page(request, filled, rows, status=COLLIDED, is_locked=True)
    except PartChanged as refusal:
        filled = refusal.filled
        theirs = list(filled.figures.own_part)
        if typed != theirs:
            conflict = conflict_in(report, OWN_PART)
            return _page(request, filled, rows, status=COLLIDED, conflict=conflict, stored=theirs)
    return saved(request, filled, OWN_PART)


@requires(FILL_REPORT)
@require_POST
def send(request: HttpRequest, report: Report) -> HttpResponse:
    """Send the own indicators that are stored to the reviewer."""
    try:
        send_own_part(report=report, by=person(request), at=timezone.now())
    except AlreadyDone as refusal:
        messages.info(request, str(refusal))
    except MoveRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The own indicators are sent to the reviewer."))
    return redirect("web:own_part", report_id=report.pk)


def _attached_to_removed(report: Report, typed: Sequence[OwnIndicator]) -> tuple[FieldError, ...]:
    """Return an error for each indicator that is to go while files are attached to it."""
    kept = {own.code for own in typed}
    removed = report.own_indicators.exclude(code__in=kept)
    names = dict(removed.values_list("code", "name"))
    return tuple(
        FieldError(
            "#row-0",
            _(
                "“%(name)s” has files attached to it. Remove them on its page first, or keep the "
                "indicator; nothing was saved."
            )
            % {"name": names[code]},
        )
        for code in evidence_by_indicator(report)
        if code in names
    )


def _page(
    request: HttpRequest,
    filled: Filled,
    rows: FormRows,
    *,
    status: int = 200,
    is_locked: bool = False,
    is_unsaved: bool = False,
    attached: tuple[FieldError, ...] = (),
    **context: object,
) -> HttpResponse:
    page = report_page(request, filled, OWN_PART)
    if is_locked or not page.can_edit:
        for form in rows.forms:
            freeze(form)
    is_typed = request.method == "POST"
    if not rows.forms and page.can_edit:
        rows.grow()
    unreadable = field_errors(*rows.filled) if status == UNREADABLE and not attached else ()
    return show(
        request,
        "own_part",
        page,
        errors=(*attached, *unreadable),
        status=status,
        slots=_slots(page),
        rows=[
            OwnRow(n + 1, form, () if is_typed else _problems(page, f"own:{n}"))
            for n, form in enumerate(rows.forms)
        ],
        blank=OwnRow(0, rows.blank),
        table=rows,
        version=request.POST.get("version", "") if is_unsaved else page.version,
        approval=_approval(page),
        is_locked=is_locked,
        is_unsaved=is_unsaved,
        **context,
    )


def _problems(page: ReportPage, place: str) -> tuple[ShownProblem, ...]:
    found = page.result.problems
    return tuple(shown(problem, page.places) for problem in found if problem.place == place)


def _slots(page: ReportPage) -> list[ShownSlot]:
    scheme, stored = page.filled.issued, page.filled.figures.own_part
    return [
        ShownSlot(
            code=slot.indicator,
            name=scheme.indicator(slot.indicator).name,
            hint=slot.hint,
            most=slot.most,
            weight=scheme.indicator(slot.indicator).weight,
            given=sum((own.weight for own in stored if own.slot == slot.indicator), Decimal(0)),
            problems=_problems(page, f"own:{slot.indicator}"),
        )
        for slot in scheme.slots
    ]


def _approval(page: ReportPage) -> Approval:
    stored = page.filled.figures.own_part
    latest = latest_own_review(page.report)
    is_current = latest is not None and latest.sha256 == own_part_hash(stored)
    is_clean = bool(stored) and not any(
        problem.code.startswith("own_") and problem.severity is not Severity.WARNING
        for problem in page.result.problems
    )
    return Approval(latest, is_current, page.can_edit and is_clean and not is_current)
