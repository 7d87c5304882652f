"""A report read once: its row, its scheme and all that is filled in, passed on from the view to whoever needs it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from perfeval.reports import models, parts
from perfeval.reports.figures import figures_from, own_from
from perfeval.reports.places import FilledIn, state_of
from perfeval.reports.queries import locked, stored_result
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.figures import Figures, OwnIndicator
from perfeval.scoring.own_part import with_own_part
from perfeval.scoring.result import Problem, Result
from perfeval.scoring.scheme.tree import Scheme


@dataclass(frozen=True)
class Filled:
    """A report at one revision.

    ``issued``: the scheme as it was issued, without the department's own part; ``narratives``: the filler's prose by
    section, empty ones left out; ``computed``: the Result of these figures where it was computed by whoever made this
    value, None where it is to be read; ``goal_rows``, ``task_rows``: the names of the rows, in their order.
    """

    report: models.Report
    issued: Scheme
    figures: Figures
    narratives: Mapping[str, str]
    computed: Result | None = None
    goal_rows: tuple[str, ...] = ()
    task_rows: tuple[str, ...] = ()

    @cached_property
    def scheme(self) -> Scheme:
        """Return the tree by which the report is scored: the scheme with the department's own part."""
        return with_own_part(self.issued, self.figures.own_part)

    @cached_property
    def result(self) -> Result:
        """Return the Result; the stored one is read when it is first asked for, and never changes."""
        return self.computed or stored_result(self.report)

    @cached_property
    def contents(self) -> FilledIn:
        """Return all that is filled in, with the names of its rows."""
        return FilledIn(self.figures, self.narratives, self.goal_rows, self.task_rows)

    @cached_property
    def state(self) -> dict[str, str]:
        """Return the text at every place (see ``places``)."""
        return state_of(self.contents)

    def filled_with(self, contents: FilledIn) -> "Filled":
        """Return the report with other contents, not scored yet."""
        return replace(
            self,
            figures=contents.figures,
            narratives=contents.narratives,
            goal_rows=contents.goal_rows,
            task_rows=contents.task_rows,
            computed=None,
        )

    def version(self, part: str) -> str:
        """Return a token of what is filled in in ``part``; it changes when, and only when, that changes."""
        kind, _colon, code = part.partition(":")
        if kind == "answers":
            groups = [node for node in self.scheme.walk() if node.code == code]
            leaves = [leaf.code for group in groups for leaf in group.leaves()]
            held: object = [(leaf, self.figures.answers.get(leaf)) for leaf in leaves]
        elif kind == "narrative":
            held = self.narratives.get(code, "")
        elif kind == parts.FIGURES:
            held = sorted(self.figures.amounts.items())
        else:
            held = getattr(self.figures, part)
        return hashlib.sha256(repr(held).encode()).hexdigest()[:16]

    def progress(self, further: Sequence[Problem] = ()) -> tuple[parts.PartProgress, ...]:
        """Return the task list (see ``parts.progress``)."""
        started = {parts.narrative_part(code) for code in self.narratives}
        started |= {
            name
            for name, held in (
                (parts.FIGURES, self.figures.amounts),
                (parts.GOALS, self.figures.goals),
                (parts.KEY_TASKS, self.figures.key_tasks),
                (parts.OWN_PART, self.figures.own_part),
            )
            if held
        }
        for group in self.scheme.scored_groups():
            if any(leaf.code in self.figures.answers for leaf in group.leaves()):
                started.add(parts.answers_part(group.code))
        return parts.progress(
            self.scheme, self.result, self.narratives, frozenset(started), further
        )


def tree_of(report: models.Report) -> Scheme:
    """Return the tree by which a report is scored, for who needs nothing else of it."""
    return with_own_part(as_scoring_scheme(report.scheme), own_part_of(report))


def own_part_of(report: models.Report) -> tuple[OwnIndicator, ...]:
    """Return the department's own indicators, for who needs nothing else of the report."""
    rows = _own_rows(report, as_scoring_scheme(report.scheme))
    return tuple(own_from(row) for row in rows)


def read_filled(report: models.Report) -> Filled:
    """Return a report as it is stored: one query for each kind of part, its row excluded."""
    issued = as_scoring_scheme(report.scheme)
    answers = report.answers.select_related("indicator")
    goals, key_tasks = list(report.goals.all()), list(report.key_tasks.all())
    figures = figures_from(
        issued,
        entries=report.figure_entries.all(),
        goals=goals,
        key_tasks=key_tasks,
        answers=((row.indicator.code, row) for row in answers),
        own_rows=_own_rows(report, issued),
    )
    narratives = {row.section: row.text for row in report.narratives.all() if row.text}
    return Filled(
        report,
        issued,
        figures,
        narratives,
        goal_rows=tuple(row.row for row in goals),
        task_rows=tuple(row.row for row in key_tasks),
    )


def lock_filled(report: models.Report) -> Filled:
    """Return a report as it is stored now, with its row locked until the transaction ends."""
    return read_filled(locked(report))


def _own_rows(report: models.Report, issued: Scheme) -> list[models.OwnIndicator]:
    """Return the rows of the own part; a scheme that leaves nothing open is not asked."""
    return list(report.own_indicators.all()) if issued.slots else []
