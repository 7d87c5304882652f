"""A correction of a year: proposed, computed, approved by another person, applied, taken back."""

import time
from collections.abc import Callable, Iterator

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from perfeval.accounts.models import Role, User
from perfeval.accounts.queries import has_role
from perfeval.corrections import queries, services
from perfeval.corrections.models import CorrectedReport, Correction
from perfeval.corrections.permissions import may_approve, may_propose, may_see_any, may_view
from perfeval.corrections.services import CorrectionRefused, CorrectionUnderWay
from perfeval.corrections.states import MOVING_PLANS, OPEN_STATES, CorrectionState, PlanOutcome
from perfeval.office.correction_list import CorrectedRow, excel_of
from perfeval.schemes.models import Scheme, SchemeState
from perfeval.web.access import EDIT_SCHEMES, Requirement, person, requires
from perfeval.web.correcting.lines import line_of
from perfeval.web.fields import LongTextField, describe
from perfeval.web.filling.page import field_errors
from perfeval.web.filling.saving import UNREADABLE

#: Seconds of work in one request; what is left is done by the next press of the button.
PATIENCE_SECONDS = 8
_PAGE = 50
#: Rows of the Excel file that are read at a time.
_CHUNK = 200
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

SEE_CORRECTIONS = Requirement("see corrections", of_user=may_see_any)


def _approves(user: User) -> bool:
    """Return whether the person is an approver anywhere; the service looks at the departments."""
    return has_role(user, {Role.APPROVER})


APPROVE_CORRECTIONS = Requirement("approve corrections", of_user=_approves)

#: The parts of the table that can be asked for alone.
FILTERS = {
    "": (gettext_lazy("All"), Q()),
    "moving": (gettext_lazy("Moving"), Q(plan__in=MOVING_PLANS)),
    "staying": (gettext_lazy("Staying"), ~Q(plan__in=MOVING_PLANS)),
    "changed": (gettext_lazy("Another total or grade"), ~Q(old_total=F("new_total"))
        | ~Q(old_grade=F("new_grade"))),
    "lost": (gettext_lazy("Not all carried over"), ~Q(losses=[])),
    "left": (gettext_lazy("Changed meanwhile"), Q(outcome__in=[PlanOutcome.STALE, PlanOutcome.KEPT])),
}  # fmt: skip


class ProposalForm(forms.Form):
    """Why the year is corrected, and what becomes of what was handed in."""

    reason = LongTextField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The departments read this text, for instance the notice's number."),
        required=True,
        rows=4,
        max_length=services.REASON_LIMIT,
        error_messages={"required": gettext_lazy("Say why the scheme was corrected.")},
    )
    sends_back = forms.BooleanField(
        label=gettext_lazy("Send submitted and approved reports back to their departments"),
        help_text=gettext_lazy(
            "They move too and are handed in and approved anew. Otherwise they stay on the earlier "
            "version. Published ones always stay."
        ),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )


@requires(SEE_CORRECTIONS)
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """List the corrections that this person may see, newest first."""
    user = person(request)
    found = [one for one in queries.corrections() if may_propose(user) or may_view(user, one)]
    context = {"corrections": found, "may_propose": may_propose(user)}
    return render(request, "web/corrections/list.html", context)


@requires(EDIT_SCHEMES)
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Ask for the reason, then start the trial run of moving this version's reports."""
    old = get_object_or_404(Scheme, code=code, version=version)
    new = Scheme.objects.filter(code=code, state=SchemeState.ISSUED).first()
    if new is None or new == old:
        messages.info(
            request, _("There is no later version to correct this one to. Issue one first.")
        )
        return redirect("web:scheme_versions", code)
    form = ProposalForm(request.POST or None)
    describe(form)
    if request.method == "POST" and form.is_valid():
        by, at = person(request), timezone.now()
        try:
            made = services.propose(old=old, new=new, by=by, at=at, **form.cleaned_data)
        except CorrectionUnderWay as found:
            messages.info(request, str(found))
            return redirect("web:correction", found.correction.pk)
        except CorrectionRefused as refused:
            form.add_error(None, str(refused))
        else:
            services.compute(correction=made, may_go_on=_patience())
            return redirect("web:correction", made.pk)
    errors = field_errors(form) if form.is_bound else ()
    waiting = queries.unpublished_on([old]).get(old.pk, 0)
    context = {"old": old, "new": new, "form": form, "errors": errors, "waiting": waiting}
    return render(
        request, "web/corrections/propose.html", context, status=UNREADABLE if errors else 200
    )


@requires(SEE_CORRECTIONS)
@require_safe
def correction(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Show what a correction does to each report, and the steps that this person may take."""
    user, found = person(request), _found(request, correction_id)
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in FILTERS else ""
    page = Paginator(_rows(found).filter(FILTERS[chosen][1]), _PAGE).get_page(
        request.GET.get("page")
    )
    progress = queries.progress_of(found)
    owns = may_propose(user)
    context = {
        "correction": found,
        "progress": progress,
        "lines": [line_of(item) for item in page],
        "page": page,
        "chosen": chosen,
        "filters": [(name, title) for name, (title, _where) in FILTERS.items()],
        "may_compute": owns and found.state == CorrectionState.COMPUTING,
        "may_approve": may_approve(user, found),
        "may_apply": owns and found.state == CorrectionState.APPROVED,
        "may_revert": owns and found.state == CorrectionState.APPLIED and progress.moved,
        "may_withdraw": owns and found.state in OPEN_STATES and not progress.moved,
    }
    return render(request, "web/corrections/correction.html", context)


@requires(EDIT_SCHEMES)
@require_POST
def compute(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Go on with the trial run."""
    return _step(
        request,
        correction_id,
        lambda one: services.compute(correction=one, may_go_on=_patience()),
        _("The trial run is finished. Another person has to approve it."),
    )


@requires(APPROVE_CORRECTIONS)
@require_POST
def approve(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Approve what the trial run showed."""
    by, at = person(request), timezone.now()
    return _step(
        request,
        correction_id,
        lambda one: services.approve(correction=one, by=by, at=at),
        _("Approved. The scheme owner can apply it now."),
    )


@requires(EDIT_SCHEMES)
@require_POST
def apply(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Move the reports, as many as there is time for."""
    by, at = person(request), timezone.now()
    return _step(
        request,
        correction_id,
        lambda one: services.apply(correction=one, may_go_on=_patience(), by=by, at=at),
        _("Applied. Reports that changed after the trial run were left as they are."),
    )


@requires(EDIT_SCHEMES)
@require_POST
def revert(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Take the move back, for as many reports as there is time for."""
    by, at = person(request), timezone.now()
    return _step(
        request,
        correction_id,
        lambda one: services.revert(correction=one, may_go_on=_patience(), by=by, at=at),
        _("Taken back. Every report that did not change since is as it was before."),
    )


@requires(EDIT_SCHEMES)
@require_POST
def withdraw(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Give the correction up before anything was applied."""
    by, at = person(request), timezone.now()
    return _step(
        request,
        correction_id,
        lambda one: services.withdraw(correction=one, by=by, at=at),
        _("Withdrawn. Nothing was changed."),
    )


@requires(SEE_CORRECTIONS)
@require_safe
def correction_excel(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Give the whole table as Excel: reports, changed indicators, what is not carried over."""
    found = _found(request, correction_id)
    return HttpResponse(
        excel_of(str(found), found.reason, _as_plain(_rows(found))),
        content_type=_EXCEL,
        headers={"Content-Disposition": f'attachment; filename="correction-{found.pk}.xlsx"'},
    )


def _step(
    request: HttpRequest,
    correction_id: int,
    act: Callable[[Correction], Correction],
    done: str,
) -> HttpResponse:
    """Take one step of a correction and say what came of it."""
    found = _found(request, correction_id)
    try:
        after = act(found)
    except CorrectionRefused as refused:
        messages.error(request, str(refused))
    else:
        if after.state == found.state:
            messages.info(request, _("Not finished yet: press the button again to go on."))
        else:
            messages.success(request, done)
    return redirect("web:correction", correction_id)


def _found(request: HttpRequest, correction_id: int) -> Correction:
    """Return the correction if this person may see it. Raises: Http404."""
    found = get_object_or_404(queries.corrections(), pk=correction_id)
    if not may_view(person(request), found):
        raise Http404
    return found


def _rows(found: Correction) -> QuerySet[CorrectedReport]:
    return queries.reports_in(found)


def _as_plain(rows: QuerySet[CorrectedReport]) -> Iterator[CorrectedRow]:
    """Yield the rows of the Excel file, read piece by piece."""
    for row in rows.iterator(chunk_size=_CHUNK):
        yield CorrectedRow(
            department=row.report.department.name,
            state=row.get_state_display(),
            old_total=row.old_total,
            new_total=row.new_total,
            old_grade=row.old_grade,
            new_grade=row.new_grade,
            plan=row.get_plan_display(),
            outcome=row.get_outcome_display(),
            changes=row.changes,
            losses=row.losses,
        )


def _patience() -> Callable[[], bool]:
    """Return a function that says whether a person would still wait."""
    until = time.monotonic() + PATIENCE_SECONDS
    return lambda: time.monotonic() < until


urlpatterns = [
    path("", corrections, name="corrections"),
    path("new/<slug:code>/<int:version>/", propose, name="propose_correction"),
    path("<int:correction_id>/", correction, name="correction"),
    path("<int:correction_id>/compute/", compute, name="compute_correction"),
    path("<int:correction_id>/approve/", approve, name="approve_correction"),
    path("<int:correction_id>/apply/", apply, name="apply_correction"),
    path("<int:correction_id>/revert/", revert, name="revert_correction"),
    path("<int:correction_id>/withdraw/", withdraw, name="withdraw_correction"),
    path("<int:correction_id>/table.xlsx", correction_excel, name="correction_excel"),
]
