"""What every page of one report shows: score bar, tree of indicators, task list, notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perfeval.reports.filled import Filled
from perfeval.reports.models import Report
from perfeval.reports.parts import PartProgress, PartState, group_of
from perfeval.reports.states import ReportState
from perfeval.review.own_queries import own_part_doubts
from perfeval.review.permissions import may_edit
from perfeval.scoring.result import IndicatorResult, Problem, Result, Severity
from perfeval.scoring.scheme.tree import Scheme
from perfeval.snapshots.services import title_of
from perfeval.web.access import person
from perfeval.web.filling.places import PART_TITLES, Places

#: How far a part has come, in words.
PART_STATES: dict[PartState, Promise] = {
    PartState.NOT_STARTED: gettext_lazy("not started"),
    PartState.INCOMPLETE: gettext_lazy("in progress"),
    PartState.COMPLETE: gettext_lazy("completed"),
}
#: What a problem asks for, in words.
SEVERITIES: dict[Severity, Promise] = {
    Severity.MISSING: gettext_lazy("To fill in"),
    Severity.ERROR: gettext_lazy("To correct"),
    Severity.WARNING: gettext_lazy("To look at"),
}


@dataclass(frozen=True, slots=True)
class PartLine:
    """One line of the task list. ``blocking`` and ``warnings`` count its problems.

    ``weight`` is None for a part that earns no points of its own.
    """

    part: str
    kind: str
    title: str
    href: str
    state: str
    state_label: Promise
    is_complete: bool
    blocking: int
    warnings: int
    points: Decimal | None = None
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TreeNode:
    """One indicator in the tree at the side; ``href`` leads to its group's page."""

    name: str
    href: str
    points: Decimal | None
    weight: Decimal
    is_complete: bool
    has_error: bool
    is_current: bool
    children: tuple["TreeNode", ...]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report with everything that its pages have in common."""

    filled: Filled
    parts: tuple[PartLine, ...]
    tree: tuple[TreeNode, ...]
    places: Places
    part: str
    can_edit: bool

    @property
    def report(self) -> Report:
        """Return the report's row."""
        return self.filled.report

    @property
    def scheme(self) -> Scheme:
        """Return the tree by which the report is scored."""
        return self.filled.scheme

    @property
    def result(self) -> Result:
        """Return the Result of what is stored."""
        return self.filled.result

    @property
    def version(self) -> str:
        """Return the version of the part that this page shows."""
        return self.filled.version(self.part)

    @property
    def title(self) -> str:
        """Return the title that the report will be printed with."""
        return title_of(self.scheme.report_title, self.report.department.name, self.scheme.year)

    @property
    def current(self) -> PartLine | None:
        """Return the line of the part that this page shows."""
        return next((line for line in self.parts if line.part == self.part), None)

    @property
    def previous(self) -> PartLine | None:
        """Return the part before this one in filling order."""
        return self._beside(-1)

    @property
    def next(self) -> PartLine | None:
        """Return the part after this one in filling order."""
        return self._beside(1)

    @property
    def blocking(self) -> int:
        """Return how many problems stand in the way of submitting."""
        return sum(line.blocking for line in self.parts)

    @property
    def completed(self) -> int:
        """Return how many parts are completed."""
        return sum(line.is_complete for line in self.parts)

    @property
    def overview_href(self) -> str:
        """Return the address of the task list."""
        return report_url("report", self.report)

    @property
    def hand_in_href(self) -> str:
        """Return the address of the page that checks and submits."""
        return report_url("hand_in", self.report)

    @property
    def is_returned(self) -> bool:
        """Return whether the reviewer sent it back and waits for changes."""
        return self.report.state == ReportState.RETURNED

    @property
    def lock_reason(self) -> str:
        """Return why nothing can be changed here, empty when something can."""
        return "" if self.can_edit else _lock_reason(self.report)

    def _beside(self, step: int) -> PartLine | None:
        names = [line.part for line in self.parts]
        if self.part not in names:
            return None
        position = names.index(self.part) + step
        return self.parts[position] if 0 <= position < len(names) else None


def report_page(request: HttpRequest, filled: Filled, part: str = "") -> ReportPage:
    """Return what the pages of a report share; ``part`` is the one that this page shows."""
    result = filled.result
    places = Places(filled)
    lines = filled.progress(own_part_doubts(filled))
    return ReportPage(
        filled=filled,
        parts=tuple(_line(line, places, result) for line in lines),
        tree=tuple(_node(node, filled.scheme, places, part) for node in result.indicators),
        places=places,
        part=part,
        can_edit=may_edit(person(request), filled.report),
    )


def show(
    request: HttpRequest,
    template: str,
    page: ReportPage,
    *,
    errors: Sequence["FieldError"] = (),
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Return the page rendered; ``errors`` fill the summary at its top."""
    return render(
        request,
        f"web/filling/{template}.html",
        {"page": page, "report": page.report, "errors": errors, **context},
        status=status,
    )


@dataclass(frozen=True, slots=True)
class FieldError:
    """A line of the error summary: what is wrong, and where to go."""

    href: str
    text: str


def field_errors(*forms: Any) -> tuple[FieldError, ...]:
    """Return every error of the forms with a link to its field and the field's name."""
    return tuple(
        FieldError(
            f"#{form[name].id_for_label or form[name].auto_id}",
            _("%(field)s: %(error)s") % {"field": form[name].label, "error": error},
        )
        for form in forms
        for name, messages in form.errors.items()
        for error in messages
    )


def lines_problems(problems: Sequence[Problem]) -> tuple[int, int]:
    """Return how many of the problems block submitting, and how many only warn."""
    warnings = sum(problem.severity is Severity.WARNING for problem in problems)
    return len(problems) - warnings, warnings


def _line(line: PartProgress, places: Places, result: Result) -> PartLine:
    blocking, warnings = lines_problems(line.problems)
    scored = result.indicator(line.code) if line.kind == "answers" else None
    return PartLine(
        part=line.part,
        kind=line.kind,
        title=line.title or str(PART_TITLES[line.part]),
        href=places.part(line.part),
        state=line.state.value,
        state_label=PART_STATES[line.state],
        is_complete=line.is_complete,
        blocking=blocking,
        warnings=warnings,
        points=scored.points if scored else None,
        weight=scored.weight if scored else None,
    )


def _node(node: IndicatorResult, scheme: Scheme, places: Places, part: str) -> TreeNode:
    group = group_of(scheme, node.code)
    return TreeNode(
        name=node.name,
        href=places.indicator(node.code),
        points=node.points,
        weight=node.weight,
        is_complete=node.is_complete,
        has_error=any(problem.severity is Severity.ERROR for problem in node.problems),
        is_current=bool(group and part == f"answers:{group.code}" and group.code == node.code),
        children=tuple(_node(child, scheme, places, part) for child in node.children),
    )


def _lock_reason(report: Report) -> str:
    """Return the sentence that says why this person cannot change the report now."""
    match report.state:
        case ReportState.SUBMITTED:
            return _(
                "Submitted and waiting for review. It can be changed again once it is returned."
            )
        case ReportState.APPROVED:
            return _("Approved and waiting to be published. It can no longer be changed here.")
        case ReportState.PUBLISHED:
            return _("Published. A published report is never changed.")
    return _("You may read this report. Only the department's preparers may fill it in.")


def report_url(name: str, report: Report, **names: Any) -> str:
    """Return the address of one of the report's pages."""
    return reverse(f"web:{name}", kwargs={"report_id": report.pk, **names})
