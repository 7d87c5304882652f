"""What stands typed in a part's form, read as saving would read it, and stored nowhere."""

from dataclasses import replace
from functools import partial

from django.http import Http404, QueryDict

from perfeval.reports.filled import Filled
from perfeval.reports.parts import FIGURES, GOALS, KEY_TASKS, OWN_PART
from perfeval.reports.services import printable, with_goals, with_own_indicators
from perfeval.reports.trial import as_if
from perfeval.scoring.figures import Figures
from perfeval.scoring.scheme.tree import Scheme
from perfeval.web.filling.answer_forms import AnswerForm
from perfeval.web.filling.figure_forms import FiguresForm
from perfeval.web.filling.goal_forms import GoalForm
from perfeval.web.filling.goals import has_ratio
from perfeval.web.filling.groups import answers_in, scored_group
from perfeval.web.filling.key_task_forms import KeyTaskForm
from perfeval.web.filling.own_part_forms import OwnIndicatorForm
from perfeval.web.filling.rows import FormRows
from perfeval.web.filling.section_forms import NarrativeForm
from perfeval.web.filling.sections import text_section


class UnreadableForm(Exception):
    """Something in the form can't be read, as half a number can't."""


def typed(filled: Filled, part: str, sent: QueryDict) -> Filled:
    """Return the report as saving the form of ``part`` would leave it, scored.

    ``part``: as ``reports.parts`` names it; of the goals one category, ``goals:<category code>``.
    Raises: UnreadableForm, also for what is no part; Http404 for a group, section or category that is not there.
    """
    data = _printable(sent)
    scheme, figures, narratives = filled.issued, filled.figures, filled.narratives
    kind, _colon, code = part.partition(":")
    match kind:
        case "narrative":
            section = text_section(scheme, code)
            form = NarrativeForm(data, section=section, text="")
            _demand(is_valid=form.is_valid())
            text = form.cleaned_data["text"]
            others = {name: one for name, one in narratives.items() if name != code}
            narratives = others | {code: text} if text else others
        case "answers":
            figures = _with_answers(filled, code, data)
        case _ if kind == FIGURES:
            cells = FiguresForm(data, scheme=scheme, amounts={})
            _demand(is_valid=cells.is_valid())
            amounts = {key: one for key, one in cells.amounts().items() if one is not None}
            figures = replace(figures, amounts=amounts)
        case _ if kind == GOALS:
            figures = _with_goals(scheme, code, data, figures)
        case _ if kind == KEY_TASKS:
            rows = _read(FormRows.typed(KeyTaskForm, data))
            figures = replace(figures, key_tasks=tuple(rows.values()))
        case _ if kind == OWN_PART and scheme.slots:
            rows = _read(FormRows.typed(partial(OwnIndicatorForm, scheme=scheme), data))
            figures = with_own_indicators(figures, rows.values())
        case _:
            raise UnreadableForm
    return as_if(filled, figures, narratives)


def _with_answers(filled: Filled, code: str, data: QueryDict) -> Figures:
    figures = filled.figures
    leaves = {leaf.code: leaf for leaf in scored_group(filled.scheme, code).leaves()}
    forms = [AnswerForm(data, indicator=leaf, answer=None) for leaf in leaves.values()]
    _demand(is_valid=all(form.is_valid() for form in forms))
    others = {name: one for name, one in figures.answers.items() if name not in leaves}
    return replace(figures, answers=others | answers_in(forms))


def _with_goals(scheme: Scheme, code: str, data: QueryDict, figures: Figures) -> Figures:
    category = next((one for one in scheme.goal_categories if one.code == code), None)
    if category is None:
        raise Http404
    build = partial(GoalForm, category=category, has_ratio=has_ratio(scheme, category))
    rows = _read(FormRows.typed(build, data))
    return with_goals(scheme, figures, code, rows.values())


def _read(rows: FormRows) -> FormRows:
    _demand(is_valid=rows.is_valid())
    return rows


def _demand(*, is_valid: bool) -> None:
    if not is_valid:
        raise UnreadableForm


def _printable(sent: QueryDict) -> QueryDict:
    """Return what was sent without what saving would take out of it."""
    data = sent.copy()
    for name, values in sent.lists():
        data.setlist(name, [printable(str(value)) for value in values])
    return data
