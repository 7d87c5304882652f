"""Problems as the pages show them: the sentence, how grave it is, and where to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from perfeval.scoring.result import Problem, Severity
from perfeval.web.filling.page import SEVERITIES
from perfeval.web.filling.places import Places
from perfeval.words.scoring import describe_problem


@dataclass(frozen=True, slots=True)
class ShownProblem:
    """One problem on a page: ``where`` names its indicator or part, ``severity`` its colour and icon."""

    text: str
    where: str
    href: str
    severity: str
    label: Promise


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """All problems of one severity."""

    severity: str
    label: Promise
    problems: tuple[ShownProblem, ...]


def shown(problem: Problem, places: Places) -> ShownProblem:
    """Return the problem for a page."""
    return ShownProblem(
        text=describe_problem(problem),
        where=places.name(problem),
        href=places.problem(problem),
        severity=problem.severity.value,
        label=SEVERITIES[problem.severity],
    )


def grouped(problems: Iterable[Problem], places: Places) -> tuple[ProblemGroup, ...]:
    """Return the problems by severity, the gravest first; empty groups are left out."""
    found = list(problems)
    groups = (
        ProblemGroup(
            severity.value,
            SEVERITIES[severity],
            tuple(shown(one, places) for one in found if one.severity is severity),
        )
        for severity in (Severity.ERROR, Severity.MISSING, Severity.WARNING)
    )
    return tuple(group for group in groups if group.problems)
