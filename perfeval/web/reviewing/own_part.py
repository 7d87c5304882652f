"""Reviewing a department's own indicators before its report: read them, approve or return them."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from perfeval.accounts.models import Role, User
from perfeval.accounts.queries import departments_where, has_role
from perfeval.review.models import OwnPartDecision, OwnPartReview
from perfeval.review.own_queries import sent_own_part
from perfeval.review.own_services import decide_own_part
from perfeval.review.refusals import COMMENT_LIMIT, AlreadyDone, CommentRequired, MoveRefused
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.figures import OwnIndicator
from perfeval.scoring.own_part import own_standard
from perfeval.scoring.scheme.tree import Scheme
from perfeval.web.access import Requirement, person, requires
from perfeval.web.fields import LongTextField
from perfeval.words.rule_kinds import own_kind_name


def reviews_somewhere(user: User) -> bool:
    """Return whether the person is the reviewer of any department."""
    return has_role(user, {Role.REVIEWER})


REVIEWS = Requirement("review own indicators", of_user=reviews_somewhere)


class DecisionForm(forms.Form):
    """Names what was read, and takes a comment."""

    sha256 = forms.CharField(widget=forms.HiddenInput)
    comment = LongTextField(
        label=gettext_lazy("Comment"),
        help_text=gettext_lazy("Needed when you return them: say what has to be changed."),
        rows=4,
        max_length=COMMENT_LIMIT,
    )


@dataclass(frozen=True, slots=True)
class OwnLine:
    """One own indicator as the reviewer reads it."""

    own: OwnIndicator
    kind: Promise | str
    standard: str


@dataclass(frozen=True, slots=True)
class SlotTable:
    """An open indicator with the own ones in it; ``given`` is the sum of their points."""

    name: str
    weight: Decimal
    given: Decimal
    has_headings: bool
    lines: tuple[OwnLine, ...]


@requires(REVIEWS)
@require_http_methods(["GET", "HEAD", "POST"])
def review_own_part(request: HttpRequest, review_id: int) -> HttpResponse:
    """Show what was sent, or decide on it.

    Raises: Http404 for what was sent by a department that this person does not review.
    """
    review = _review_for(person(request), review_id)
    form = DecisionForm(request.POST or None, initial={"sha256": review.sha256})
    if request.method != "POST" or not form.is_valid():
        return _page(request, review, form)
    is_return = request.POST.get("decision") == OwnPartDecision.RETURNED
    decision = OwnPartDecision.RETURNED if is_return else OwnPartDecision.APPROVED
    try:
        decide_own_part(
            report=review.report,
            sha256=form.cleaned_data["sha256"],
            decision=decision,
            comment=form.cleaned_data["comment"],
            by=person(request),
            at=timezone.now(),
        )
    except CommentRequired as refusal:
        form.add_error("comment", str(refusal))
        return _page(request, review, form)
    except AlreadyDone as refusal:
        messages.info(request, str(refusal))
    except MoveRefused as refusal:
        messages.error(request, str(refusal))
        return _page(request, review, form, status=409)
    else:
        told = {"department": review.report.department}
        done = (
            _("The own indicators of %(department)s are returned.")
            if is_return
            else _("The own indicators of %(department)s are approved.")
        )
        messages.success(request, done % told)
    return redirect("web:review_own_part", review_id=review.pk)


def _review_for(user: User, review_id: int) -> OwnPartReview:
    found = (
        OwnPartReview.objects.filter(
            pk=review_id, report__department_id__in=departments_where(user, {Role.REVIEWER})
        )
        .select_related("report__department", "report__scheme", "sent_by", "decided_by")
        .first()
    )
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, review: OwnPartReview, form: DecisionForm, *, status: int = 200
) -> HttpResponse:
    review.refresh_from_db()
    user = person(request)
    scheme = as_scoring_scheme(review.report.scheme)
    return render(
        request,
        "web/reviewing/own_part.html",
        {
            "review": review,
            "report": review.report,
            "tables": _tables(scheme, sent_own_part(review)),
            "form": form,
            "errors": [
                {"href": f"#{form['comment'].id_for_label}", "text": str(error)}
                for found in form.errors.values()
                for error in found
            ],
            "can_decide": not review.decision
            and review.report.is_editable
            and review.sent_by_id != user.pk,
        },
        status=422 if form.errors else status,
    )


def _tables(scheme: Scheme, own_part: tuple[OwnIndicator, ...]) -> list[SlotTable]:
    tables = []
    for slot in scheme.slots:
        node = scheme.indicator(slot.indicator)
        own = [one for one in own_part if one.slot == slot.indicator]
        tables.append(
            SlotTable(
                node.name,
                node.weight,
                sum((one.weight for one in own), Decimal(0)),
                slot.has_headings,
                tuple(
                    OwnLine(one, own_kind_name(one.kind), own_standard(slot, one)) for one in own
                ),
            )
        )
    return tables


urlpatterns = [path("<int:review_id>/", review_own_part, name="review_own_part")]
