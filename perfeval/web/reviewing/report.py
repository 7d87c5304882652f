"""Reviewing: reading a report whole, remarking on it, returning or approving it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from perfeval.accounts.models import User
from perfeval.accounts.queries import SUPERVISING_ROLES, roles_at
from perfeval.documents.building import build
from perfeval.evidence.queries import evidence_by_indicator
from perfeval.reports.filled import read_filled, tree_of
from perfeval.reports.models import Report
from perfeval.reports.queries import stored_result
from perfeval.review import permissions, queries, services
from perfeval.review.models import ReportSnapshot
from perfeval.review.moves import MOVES, MoveName
from perfeval.review.own_queries import approved_own_part
from perfeval.snapshots.earlier import year_before
from perfeval.snapshots.services import take_snapshot
from perfeval.web.access import VIEW_REPORT, Requirement, person, requires
from perfeval.web.charts import charts_of
from perfeval.web.correcting.lines import moves_told
from perfeval.web.fields import LongTextField
from perfeval.web.reviewing import report_page as page
from perfeval.web.reviewing.report_page import RemarkForm

#: Whether the state still takes remarks is the service's to say, see ``role_for``.
REMARK = Requirement(
    "role for remarks",
    of_report=lambda user, report: bool(roles_at(user, report.department) & SUPERVISING_ROLES),
)


def role_for(move: MoveName) -> Requirement:
    """Return the requirement that the person has a role at this department that makes ``move``.

    Whether the move is possible in this state is the service's to say: a page that was open while
    somebody else acted gets an explanation, not a refusal.
    """
    return Requirement(
        f"role for {move}",
        of_report=lambda user, report: bool(roles_at(user, report.department) & MOVES[move].roles),
    )


class ReturnForm(forms.Form):
    """Asks why the report goes back."""

    comment = LongTextField(
        label=gettext_lazy("What the department has to correct"),
        help_text=gettext_lazy("The department reads this. Name the indicator or section."),
        required=True,
        rows=8,
        max_length=services.COMMENT_LIMIT,
        error_messages={
            "required": gettext_lazy("Write what has to be corrected; nobody can guess it.")
        },
    )


class ApproveForm(forms.Form):
    """Names the snapshot that was read, and takes a comment."""

    snapshot = forms.CharField(widget=forms.HiddenInput)
    comment = LongTextField(
        label=gettext_lazy("Comment (optional)"), rows=4, max_length=services.COMMENT_LIMIT
    )


@dataclass(frozen=True, slots=True)
class Action:
    """A step that this person may take now: where it leads and how its button looks."""

    href: str
    label: Promise
    css: str


@requires(VIEW_REPORT)
@require_safe
def review(request: HttpRequest, report: Report) -> HttpResponse:
    """Show the report whole with everything behind its score."""
    return _review_page(request, report)


@requires(REMARK)
@require_http_methods(["GET", "HEAD", "POST"])
def add_remark(request: HttpRequest, report: Report) -> HttpResponse:
    """Keep a remark, or show the page again with what was typed and what is wrong with it."""
    if request.method != "POST":
        return redirect("web:review", report.pk)
    code = request.POST.get("indicator", "")
    form = RemarkForm(
        request.POST,
        codes=page.leaf_codes(tree_of(report)),
        auto_id=page.form_id(code),
    )
    if not form.is_valid():
        return _review_page(request, report, bound=form)
    try:
        services.add_comment(
            report=report,
            indicator_code=form.cleaned_data["indicator"],
            text=form.cleaned_data["text"],
            by=person(request),
            at=timezone.now(),
        )
    except services.MoveRefused as refusal:
        form.add_error("text", str(refusal))
        return _review_page(request, report, bound=form)
    messages.success(request, _("Your remark is kept; everybody who sees this report can read it."))
    return redirect(
        reverse("web:review", args=[report.pk], fragment=f"leaf-{code}" if code else "remarks")
    )


@requires(role_for(MoveName.RETURN))
@require_http_methods(["GET", "HEAD", "POST"])
def return_report(request: HttpRequest, report: Report) -> HttpResponse:
    """Ask for the comment, then send the report back to its department."""
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.return_(
                report=report,
                comment=form.cleaned_data["comment"],
                by=person(request),
                at=timezone.now(),
            )
        except services.CommentRequired:
            form.add_error("comment", form.fields["comment"].error_messages["required"])
        except services.MoveRefused as refusal:
            return refused(request, report, MoveName.RETURN, form, refusal)
        else:
            messages.success(request, _("The report is returned to %s.") % report.department)
            return redirect("web:review", report.pk)
    return decision(request, report, MoveName.RETURN, form)


@requires(role_for(MoveName.APPROVE))
@require_http_methods(["GET", "HEAD", "POST"])
def approve_report(request: HttpRequest, report: Report) -> HttpResponse:
    """Ask for confirmation, then approve exactly the snapshot that was read."""
    latest = queries.latest_snapshot(report)
    seen = request.GET.get("snapshot") or (latest.sha256 if latest else "")
    form = ApproveForm(request.POST or None, initial={"snapshot": seen})
    if request.method == "POST" and form.is_valid():
        try:
            services.approve(
                report=report,
                snapshot_sha256=form.cleaned_data["snapshot"],
                comment=form.cleaned_data["comment"],
                by=person(request),
                at=timezone.now(),
            )
        except services.SnapshotChanged:
            messages.error(
                request,
                _(
                    "The department handed in a new version after you opened this report. "
                    "Nothing was approved: read the new version first."
                ),
            )
            return decision(request, report, MoveName.APPROVE, form, status=409)
        except services.MoveRefused as refusal:
            return refused(request, report, MoveName.APPROVE, form, refusal)
        messages.success(request, _("The report of %s is approved.") % report.department)
        return redirect("web:review", report.pk)
    return decision(request, report, MoveName.APPROVE, form)


def decision(
    request: HttpRequest,
    report: Report,
    move: MoveName,
    form: forms.Form,
    *,
    status: int = 200,
    **context: object,
) -> HttpResponse:
    """Show what a move means and ask for it, with whatever was typed already and what speaks against it."""
    user = person(request)
    if form.errors:
        status = 422
    return render(
        request,
        _DECISIONS[move],
        {
            "report": report,
            "form": form,
            "score": stored_result(report),
            "is_possible": permissions.may_move(user, report, move),
            "errors": _error_links(form),
            **context,
        },
        status=status,
    )


def refused(
    request: HttpRequest,
    report: Report,
    move: MoveName,
    form: forms.Form,
    refusal: services.MoveRefused,
) -> HttpResponse:
    """Answer a move that is not possible any more.

    Sent twice by the same person it is done already, which is what they wanted. Otherwise the page
    comes again with the reason and all that was typed.
    """
    if isinstance(refusal, services.AlreadyDone):
        messages.info(request, str(refusal))
        return redirect("web:review", report.pk)
    report.refresh_from_db()
    messages.error(request, str(refusal))
    return decision(request, report, move, form, status=409)


def actions_for(user: User, report: Report, snapshot: ReportSnapshot | None) -> list[Action]:
    """Return the steps beyond filling that ``user`` may take with ``report`` now, as buttons.

    ``snapshot``: what was handed in last, None before the first time.
    """
    available = permissions.available_moves(user, report)
    sha256 = snapshot.sha256 if snapshot else ""
    return [
        Action(
            reverse(button.url_name, args=[report.pk], query=button.query(sha256)),
            button.label,
            button.css,
        )
        for move, button in _BUTTONS.items()
        if move in available
    ]


@dataclass(frozen=True, slots=True)
class _Button:
    url_name: str
    label: Promise
    css: str
    names_snapshot: bool = False

    def query(self, snapshot: str) -> dict[str, str] | None:
        return {"snapshot": snapshot} if self.names_snapshot else None


#: The buttons in the order in which they stand.
_BUTTONS: Mapping[MoveName, _Button] = {
    MoveName.APPROVE: _Button(
        "web:approve_report", gettext_lazy("Approve…"), "btn-primary", names_snapshot=True
    ),
    MoveName.PUBLISH: _Button("web:publish_report", gettext_lazy("Publish…"), "btn-primary"),
    MoveName.RETURN: _Button("web:return_report", gettext_lazy("Return…"), "btn-danger"),
}

#: Where the error of a hidden field is mended.
_SHOWN = {"indicator": "text", "snapshot": "comment"}

_DECISIONS: Mapping[MoveName, str] = {
    MoveName.RETURN: "web/reviewing/return.html",
    MoveName.APPROVE: "web/reviewing/approve.html",
    MoveName.PUBLISH: "web/publishing/publish.html",
}


def _review_page(
    request: HttpRequest, report: Report, *, bound: RemarkForm | None = None
) -> HttpResponse:
    """Render the reviewer's page, with the remark form that was refused, if any."""
    user = person(request)
    filled, evidence = read_filled(report), evidence_by_indicator(report)
    scheme, result = filled.scheme, filled.result
    codes = page.leaf_codes(scheme)
    remarks = page.remarks_by_indicator(report)
    on_whole = bound is not None and not bound.data.get("indicator")
    document = build(take_snapshot(filled, evidence), scheme)
    snapshot = queries.latest_snapshot(report)
    return render(
        request,
        "web/reviewing/review.html",
        {
            "report": report,
            "score": result,
            "groups": page.groups_of(scheme, result, evidence, remarks, bound),
            "document": document,
            "blocks": page.blocks_of(document),
            "charts": charts_of(scheme, result, before=year_before(report)),
            "doubts": page.doubts_of(queries.readiness(filled, evidence)),
            "remarks": remarks.get("", []),
            "remark_form": bound if on_whole else page.remark_form(codes, ""),
            "errors": _error_links(bound) if bound else [],
            "may_remark": permissions.may_comment(user, report),
            "may_edit": permissions.may_edit(user, report),
            "actions": actions_for(user, report, snapshot),
            "transitions": queries.transitions_of(report),
            "moves": moves_told(report),
            "publication": queries.publication_of(report),
            "snapshot": snapshot,
            "own_review": approved_own_part(filled),
        },
        status=422 if bound else 200,
    )


def _error_links(form: forms.Form) -> list[dict[str, str]]:
    """Return every error with a link to its field; a hidden field's leads to the text beside it."""
    return [
        {"href": f"#{form[_SHOWN.get(name, name)].id_for_label}", "text": str(error)}
        for name, found in form.errors.items()
        for error in found
    ]


urlpatterns = [
    path("", review, name="review"),
    path("remarks/", add_remark, name="add_remark"),
    path("return/", return_report, name="return_report"),
    path("approve/", approve_report, name="approve_report"),
]
