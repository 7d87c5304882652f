"""One group of indicators: a card for each leaf, saved as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from perfeval.evidence.models import EvidenceFile
from perfeval.evidence.queries import evidence_by_indicator
from perfeval.reports.filled import Filled, read_filled
from perfeval.reports.models import Report
from perfeval.reports.parts import answers_part
from perfeval.reports.places import FilledIn, state_of
from perfeval.review.models import Comment
from perfeval.review.queries import comments_of
from perfeval.scoring.figures import Answer, Figures
from perfeval.scoring.leaf import BY_HAND_TROUBLES
from perfeval.scoring.own_part import is_own_group
from perfeval.scoring.result import IndicatorResult, Severity
from perfeval.scoring.scheme.tree import Indicator, Scheme
from perfeval.web.access import FILL_REPORT, requires
from perfeval.web.fields import freeze
from perfeval.web.filling.answer_forms import AnswerForm
from perfeval.web.filling.page import ReportPage, field_errors, report_page, show
from perfeval.web.filling.problems import ShownProblem, shown
from perfeval.web.filling.saving import Attempt, attempt, saved, token_for
from perfeval.web.filling.used_inputs import used_value
from perfeval.words.scoring import describe_step


@dataclass(frozen=True, slots=True)
class FieldBox:
    """A field with the stored problems that it would mend."""

    field: forms.BoundField
    problems: tuple[ShownProblem, ...]


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step of the explanation: the sentence, the arithmetic, and what stood after it."""

    sentence: str
    expression: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class ShownInput:
    """One value that the rule read."""

    label: str
    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class LeafCard:
    """One leaf on the page: what is asked, what was typed, and what came of it."""

    indicator: Indicator
    result: IndicatorResult
    form: AnswerForm
    fields: tuple[FieldBox, ...]
    inputs: tuple[ShownInput, ...]
    steps: tuple[ShownStep, ...]
    problems: tuple[ShownProblem, ...]
    evidence: tuple[EvidenceFile, ...]
    comments: tuple[Comment, ...]


@requires(FILL_REPORT)
@require_http_methods(["GET", "POST"])
def group(request: HttpRequest, report: Report, group: str) -> HttpResponse:
    """Show one group of indicators, or save what was changed in its answers."""
    part = answers_part(group)
    if request.method != "POST":
        filled = read_filled(report)
        chosen = scored_group(filled.scheme, group)
        return _page(request, filled, chosen, _forms(filled, chosen), token_for(filled, part))
    filled = read_filled(report)
    if _was_of_own_part(filled, group):
        return _group_is_gone(request, report)
    chosen = scored_group(filled.scheme, group)
    typed = _forms(filled, chosen, request.POST)
    texts, unread = _texts(typed)
    fields = {
        f"answer:{form.indicator.code}.{name}": (form.indicator.name, field)
        for form in typed
        for name, field in form.fields.items()
    }
    made = attempt(
        request,
        report,
        part,
        texts,
        unread=unread,
        label=lambda place: (
            f"{fields[place][0]} · {fields[place][1].label}" if place in fields else place
        ),
        field=lambda place: fields[place][1] if place in fields else None,
    )
    if made.is_whole and request.htmx:  # type: ignore[attr-defined]
        return _bits(request, report_page(request, made.filled, part), made.token)
    if made.is_whole:
        return saved(request, made.filled, part)
    return _page(request, made.filled, chosen, typed, made.token, made=made)


def _texts(typed: Sequence[AnswerForm]) -> tuple[dict[str, str], set[str]]:
    """Return the texts at the places of the answers, and the places that could not be read."""
    unread = {
        f"answer:{form.indicator.code}.{name}"
        for form in typed
        if not form.is_valid()
        for name in form.errors
    }
    return state_of(FilledIn(Figures(answers=answers_in(typed)), {})), unread


def scored_group(scheme: Scheme, code: str) -> Indicator:
    """Return the scored group. Raises: Http404 when the tree has none of that code."""
    for found in scheme.scored_groups():
        if found.code == code and (found.children or found.rule):
            return found
    raise Http404


def _was_of_own_part(filled: Filled, code: str) -> bool:
    """Return whether the group is an open slot, or stood below one, and nothing to be answered is left of it."""
    nodes = [node for node in filled.scheme.walk() if node.code == code]
    slots = {slot.indicator for slot in filled.issued.slots}
    if nodes:
        return code in slots and not any(node.children or node.rule for node in nodes)
    return bool(slots) and is_own_group(code)


def _group_is_gone(request: HttpRequest, report: Report) -> HttpResponse:
    """Tell that the own indicators were set anew meanwhile, and lead to them."""
    messages.error(
        request,
        _(
            "The own indicators of this page were changed by somebody else meanwhile, so that "
            "nothing could be saved here. Look at them, then fill in the new page."
        ),
    )
    return redirect("web:own_part", report_id=report.pk)


def _forms(filled: Filled, chosen: Indicator, data: QueryDict | None = None) -> list[AnswerForm]:
    """Return a form for each leaf with what is stored, or with what ``data`` typed."""
    stored = filled.figures.answers
    stuck = {
        node.code
        for node in filled.result.walk()
        if any(problem.code in BY_HAND_TROUBLES for problem in node.problems)
    }
    return [
        AnswerForm(
            data,
            indicator=leaf,
            answer=stored.get(leaf.code),
            can_be_by_hand=leaf.code in stuck,
        )
        for leaf in chosen.leaves()
    ]


def answers_in(typed: Sequence[AnswerForm]) -> dict[str, Answer]:
    """Return the typed answers by indicator code; leaves without one are left out."""
    answers = {}
    for form in typed:
        answer = form.answer()
        if answer is not None:
            answers[form.indicator.code] = answer
    return answers


def _bits(request: HttpRequest, page: ReportPage, token: str) -> HttpResponse:
    """Return what a script puts into the page after saving: results, never the inputs."""
    chosen = scored_group(page.scheme, page.part.partition(":")[2])
    return show(
        request,
        "group_saved",
        page,
        group=chosen,
        group_result=page.result.indicator(chosen.code),
        cards=_cards(page, _forms(page.filled, chosen)),
        version=token,
    )


def _page(
    request: HttpRequest,
    filled: Filled,
    chosen: Indicator,
    typed: Sequence[AnswerForm],
    token: str,
    *,
    made: Attempt | None = None,
) -> HttpResponse:
    is_locked = made is not None and made.is_locked
    is_swapped = made is not None and bool(request.htmx)  # type: ignore[attr-defined]
    page = report_page(request, filled, answers_part(chosen.code))
    is_open = page.can_edit and not is_locked
    if not is_open:
        for form in typed:
            freeze(form)
    return show(
        request,
        "autosave_partly" if is_swapped else "group",
        page,
        saved_template="web/filling/group_saved.html",
        errors=field_errors(*typed),
        status=made.status if made else 200,
        group=chosen,
        group_result=page.result.indicator(chosen.code),
        path=_path_to(page, chosen.code),
        forms=typed,
        cards=_cards(page, _forms(filled, chosen) if is_swapped else typed),
        version=token,
        is_locked=is_locked,
        conflicts=made.conflicts if made else (),
    )


def _path_to(page: ReportPage, code: str) -> list[str]:
    """Return the names of the indicators above ``code``, the first level first."""
    for top in page.scheme.indicators:
        for middle in (top, *top.children):
            if middle is not top and any(node.code == code for node in middle.walk()):
                return [top.name] if middle.code == code else [top.name, middle.name]
    return []


def _cards(page: ReportPage, typed: Sequence[AnswerForm]) -> list[LeafCard]:
    evidence = evidence_by_indicator(page.report)
    remarks: dict[str, list[Comment]] = {}
    for comment in comments_of(page.report):
        if comment.code:
            remarks.setdefault(comment.code, []).append(comment)
    results = {node.code: node for node in page.result.walk()}
    return [
        _card(
            page,
            form,
            results[form.indicator.code],
            tuple(evidence.get(form.indicator.code, ())),
            tuple(remarks.get(form.indicator.code, ())),
        )
        for form in typed
    ]


def _card(
    page: ReportPage,
    form: AnswerForm,
    result: IndicatorResult,
    evidence: tuple[EvidenceFile, ...],
    comments: tuple[Comment, ...],
) -> LeafCard:
    """Return the card of one leaf; a problem stands at its field where the page has that field.

    What is merely missing stands below the card as a whole, so that an empty page is not all red.
    """
    at_field: dict[str, list[ShownProblem]] = {bound.auto_id: [] for bound in form}
    general = []
    for problem in result.problems:
        place = page.places.answer_field(result.code, problem)
        if place in at_field and problem.severity is not Severity.MISSING:
            at_field[place].append(shown(problem, page.places))
        else:
            general.append(shown(problem, page.places))
    return LeafCard(
        indicator=form.indicator,
        result=result,
        form=form,
        fields=tuple(FieldBox(bound, tuple(at_field[bound.auto_id])) for bound in form),
        inputs=tuple(
            ShownInput(used.label, used_value(used, form.indicator), used.unit)
            for used in result.inputs
        ),
        steps=tuple(
            ShownStep(describe_step(step), step.expression, step.value) for step in result.steps
        ),
        problems=tuple(general),
        evidence=evidence,
        comments=comments,
    )
