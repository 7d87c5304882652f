"""One group of indicators: a card for each leaf, saved as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from perfeval.evidence.models import EvidenceFile
from perfeval.evidence.queries import evidence_by_indicator
from perfeval.reports.filled import Filled, read_filled, tree_of
from perfeval.reports.models import Report
from perfeval.reports.parts import answers_part
from perfeval.reports.services import PartChanged, ReportLocked, save_answers
from perfeval.review.models import Comment
from perfeval.review.queries import comments_of
from perfeval.scoring.figures import Answer
from perfeval.scoring.result import IndicatorResult, Severity
from perfeval.scoring.scheme.tree import Indicator, Scheme
from perfeval.web.access import FILL_REPORT, person, requires
from perfeval.web.fields import freeze, note_stored
from perfeval.web.filling.answer_forms import AnswerForm
from perfeval.web.filling.page import ReportPage, field_errors, report_page, show
from perfeval.web.filling.problems import ShownProblem, shown
from perfeval.web.filling.saving import COLLIDED, UNREADABLE, conflict_in, saved
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
    """Show one group of indicators, or save all its answers."""
    if request.method != "POST":
        filled = read_filled(report)
        chosen = scored_group(filled.scheme, group)
        return _page(request, filled, chosen, _forms(filled, chosen))
    chosen = scored_group(tree_of(report), group)
    typed = [AnswerForm(request.POST, indicator=leaf, answer=None) for leaf in chosen.leaves()]
    if not all(form.is_valid() for form in typed):
        return _page(request, read_filled(report), chosen, typed, status=UNREADABLE)
    answers = answers_in(typed)
    try:
        filled = save_answers(
            report=report,
            group=group,
            answers=answers,
            version=request.POST.get("version", ""),
            by=person(request),
            at=timezone.now(),
        )
    except ReportLocked as refusal:
        filled = read_filled(refusal.report)
        return _page(request, filled, chosen, typed, status=COLLIDED, is_locked=True)
    except PartChanged as refusal:
        filled = refusal.filled
        if all(node.code != group for node in filled.scheme.walk()):
            return _group_is_gone(request, report)
        stored = filled.figures.answers
        if any(answers.get(leaf.code) != stored.get(leaf.code) for leaf in chosen.leaves()):
            for form, theirs in zip(typed, _forms(filled, chosen), strict=True):
                note_stored(form, theirs)
            conflict = conflict_in(report, refusal.part)
            return _page(request, filled, chosen, typed, status=COLLIDED, conflict=conflict)
    return saved(request, filled, answers_part(group), _bits)


def scored_group(scheme: Scheme, code: str) -> Indicator:
    """Return the scored group. Raises: Http404 when the tree has none of that code."""
    for found in scheme.scored_groups():
        if found.code == code and (found.children or found.rule):
            return found
    raise Http404


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


def _forms(filled: Filled, chosen: Indicator) -> list[AnswerForm]:
    """Return a form for each leaf with what is stored."""
    stored = filled.figures.answers
    return [AnswerForm(indicator=leaf, answer=stored.get(leaf.code)) for leaf in chosen.leaves()]


def answers_in(typed: Sequence[AnswerForm]) -> dict[str, Answer]:
    """Return the typed answers by indicator code; leaves without one are left out."""
    answers = {}
    for form in typed:
        answer = form.answer()
        if answer is not None:
            answers[form.indicator.code] = answer
    return answers


def _bits(request: HttpRequest, page: ReportPage) -> HttpResponse:
    """Return what a script puts into the page after saving: results, never the inputs."""
    chosen = scored_group(page.scheme, page.part.partition(":")[2])
    return show(
        request,
        "group_saved",
        page,
        group=chosen,
        group_result=page.result.indicator(chosen.code),
        cards=_cards(page, _forms(page.filled, chosen)),
        version=page.version,
    )


def _page(
    request: HttpRequest,
    filled: Filled,
    chosen: Indicator,
    typed: Sequence[AnswerForm],
    *,
    status: int = 200,
    is_locked: bool = False,
    **context: object,
) -> HttpResponse:
    page = report_page(request, filled, answers_part(chosen.code))
    is_open = page.can_edit and not is_locked
    if not is_open:
        for form in typed:
            freeze(form)
    return show(
        request,
        "autosave_refused" if request.htmx and status != 200 else "group",  # type: ignore[attr-defined]
        page,
        errors=field_errors(*typed),
        status=status,
        group=chosen,
        group_result=page.result.indicator(chosen.code),
        path=_path_to(page, chosen.code),
        forms=typed,
        cards=_cards(page, typed),
        version=page.version,
        is_locked=is_locked,
        **context,
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
