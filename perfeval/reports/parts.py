"""The parts into which filling is divided: each is one form, saved and versioned by itself.

A part is named ``figures``, ``key_tasks``, ``goals``, ``own_part``, ``answers:<group code>`` or
``narrative:<section code>``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from perfeval.scoring.result import Problem, Result, Severity
from perfeval.scoring.scheme.tree import Indicator, Scheme

FIGURES = "figures"
KEY_TASKS = "key_tasks"
GOALS = "goals"
OWN_PART = "own_part"

#: Where a problem of the report as a whole is mended, by its code; the rest at the figures.
_OF_THE_WHOLE = {
    "no_goals": GOALS,
    "key_tasks_above_project": KEY_TASKS,
    "own_code_wrong": OWN_PART,
    "own_part_returned": OWN_PART,
    "own_part_not_approved": OWN_PART,
}

#: The blocks of an outline that print the key tasks.
_KEY_TASK_BLOCKS = frozenset({"table.key_tasks", "paragraphs.key_tasks"})


def answers_part(group: str) -> str:
    """Return the name of the part that holds the answers of the scored group ``group``."""
    return f"answers:{group}"


def narrative_part(section: str) -> str:
    """Return the name of the part that holds the prose of ``section``."""
    return f"narrative:{section}"


def asked_for(scheme: Scheme, part: str) -> bool:
    """Return whether ``scheme`` asks for ``part``.

    It asks for goals by its categories, for key tasks by its outline, for own indicators by slots.
    """
    if part == OWN_PART:
        return bool(scheme.slots)
    if part == GOALS:
        return bool(scheme.goal_categories)
    if part == KEY_TASKS:
        return any(_KEY_TASK_BLOCKS & set(section.content) for section in scheme.outline)
    return True


class PartState(StrEnum):
    """How far a part has come."""

    NOT_STARTED = "not_started"
    INCOMPLETE = "incomplete"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class PartProgress:
    """One line of the task list. ``code`` is the group's or section's, empty for the others."""

    part: str
    kind: str
    code: str
    title: str
    state: PartState
    problems: tuple[Problem, ...]

    @property
    def is_complete(self) -> bool:
        """Return whether nothing in this part stands in the way of submitting."""
        return self.state is PartState.COMPLETE


def narrative_problems(scheme: Scheme, narratives: Mapping[str, str]) -> tuple[Problem, ...]:
    """Return what is missing or too long in the prose of a report."""
    found = []
    for section in scheme.outline:
        if not section.takes_text:
            continue
        text = narratives.get(section.code, "").strip()
        if section.is_required and not text:
            found.append(
                Problem(
                    "narrative_missing",
                    Severity.MISSING,
                    f"section:{section.code}",
                    {"section": section.title},
                )
            )
        elif len(text) > section.max_length:
            found.append(
                Problem(
                    "narrative_too_long",
                    Severity.ERROR,
                    f"section:{section.code}",
                    {
                        "section": section.title,
                        "length": str(len(text)),
                        "limit": str(section.max_length),
                    },
                )
            )
    return tuple(found)


def part_of_problem(scheme: Scheme, problem: Problem) -> str:
    """Return the part on whose page ``problem`` is mended."""
    kind, _colon, code = problem.place.partition(":")
    if kind == "indicator":
        group = group_of(scheme, code)
        return answers_part(group.code) if group else FIGURES
    if kind == "section":
        return narrative_part(code)
    if kind == "report":
        return _OF_THE_WHOLE.get(problem.code, FIGURES)
    return {"goal": GOALS, "key_task": KEY_TASKS, "own": OWN_PART}.get(kind, FIGURES)


def group_of(scheme: Scheme, indicator: str) -> Indicator | None:
    """Return the scored group to which the indicator ``indicator`` belongs, itself included."""
    for group in scheme.scored_groups():
        if any(node.code == indicator for node in group.walk()):
            return group
    return None


def progress(
    scheme: Scheme,
    result: Result,
    narratives: Mapping[str, str],
    started: frozenset[str],
    further: Sequence[Problem] = (),
) -> tuple[PartProgress, ...]:
    """Return the task list: every part in filling order with its state and its problems.

    ``further``: problems that neither the Result nor the prose tells of.
    ``started`` names the parts in which something is stored. A part that the scheme does not ask
    for is listed only when it holds something, else what is wrong there could not be reached.
    """
    problems: dict[str, list[Problem]] = {}
    for problem in (*result.all_problems(), *narrative_problems(scheme, narratives), *further):
        problems.setdefault(part_of_problem(scheme, problem), []).append(problem)
    lines = []
    for kind, code, title, part in _parts(scheme):
        found = tuple(problems.get(part, ()))
        if not (asked_for(scheme, part) or part in started or found):
            continue
        blocking = any(problem.severity is not Severity.WARNING for problem in found)
        if part not in started and (blocking or kind in (GOALS, KEY_TASKS, OWN_PART)):
            state = PartState.NOT_STARTED
        else:
            state = PartState.INCOMPLETE if blocking else PartState.COMPLETE
        lines.append(PartProgress(part, kind, code, title, state, found))
    return tuple(lines)


def _parts(scheme: Scheme) -> Iterator[tuple[str, str, str, str]]:
    """Yield kind, code, title and name of every part; the fixed ones have no title of the scheme."""
    yield (FIGURES, "", "", FIGURES)
    yield (KEY_TASKS, "", "", KEY_TASKS)
    yield (GOALS, "", "", GOALS)
    yield (OWN_PART, "", "", OWN_PART)
    for group in scheme.scored_groups():
        if group.is_leaf and group.rule is None:
            continue  # a slot with nothing in it yet: nothing to answer
        yield ("answers", group.code, group.name, answers_part(group.code))
    for section in scheme.outline:
        if section.takes_text:
            yield (
                "narrative",
                section.code,
                section.title,
                narrative_part(section.code),
            )
