"""The findings of a draft's check in words, each with the page and the place where it is mended."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perfeval.schemes.models import Scheme as SchemeRow
from perfeval.schemes.services import faults_of
from perfeval.scoring.codec import FormatProblem
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.scheme.tree import Indicator, Scheme
from perfeval.words.rule_kinds import parameter_words
from perfeval.words.scoring import describe_draft_problem

_INDICATOR = re.compile(r"indicator\[(?P<code>[^\]]*)\](?:\.(?P<rest>.*))?")
_FIRST = re.compile(r"[a-z_]+")
#: Which page mends what, by the first word of the place; the layout mends the rest.
_PAGES: Mapping[str, str] = {
    "indicator": "edit_scheme",
    "full_score": "edit_scheme",
    "grade_band": "edit_grades",
    "total_cap": "edit_grades",
    "outline": "edit_outline",
    **dict.fromkeys(
        ("code", "version", "name", "year", "source", "report_title", "rounding"), "edit_head"
    ),
}
_PLACES: Mapping[str, Promise] = {
    "weight": gettext_lazy("Weight"),
    "standard": gettext_lazy("Scoring standard"),
    "rule": gettext_lazy("Scoring rule"),
    "level": gettext_lazy("Level"),
    "full_score": gettext_lazy("First level and full score"),
    "indicator": gettext_lazy("Indicators and rules"),
    "grade_band": gettext_lazy("Grades"),
    "total_cap": gettext_lazy("Limits of the total"),
    "outline": gettext_lazy("Outline of the report"),
    "figure_line": gettext_lazy("Lines of the budget table"),
    "figure_column": gettext_lazy("Columns of the budget table"),
    "breakdown": gettext_lazy("Breakdowns of the budget table"),
    "rate": gettext_lazy("Named rates"),
    "goal_category": gettext_lazy("Categories of goals"),
    "phrases": gettext_lazy("Official phrases"),
    "slot": gettext_lazy("Open slots"),
    "code": gettext_lazy("Code"),
    "version": gettext_lazy("Version"),
    "year": gettext_lazy("Year"),
    "report_title": gettext_lazy("Title of the report"),
    "rounding": gettext_lazy("Rounding"),
}


@dataclass(frozen=True, slots=True)
class DraftFinding:
    """One finding. ``indicator``: the code of the one it is at, or empty; ``at``: the field there."""

    where: str
    sentence: str
    href: str
    indicator: str = ""
    at: str = ""


def findings_of(row: SchemeRow, read: Scheme) -> tuple[DraftFinding, ...]:
    """Return everything that stands in the way of issuing the draft."""
    return tuple(shown_finding(row, read, problem) for problem in faults_of(read))


def by_field(findings: Sequence[DraftFinding], indicator: str) -> dict[str, list[DraftFinding]]:
    """Return the findings at one indicator by the field that they are at."""
    found: dict[str, list[DraftFinding]] = {}
    for finding in findings:
        if finding.indicator == indicator:
            found.setdefault(finding.at, []).append(finding)
    return found


def shown_finding(row: SchemeRow, read: Scheme, problem: FormatProblem) -> DraftFinding:
    """Return one finding with its place in words and its address."""
    sentence = describe_draft_problem(problem)
    match = _INDICATOR.match(problem.path)
    node = _node(read, match["code"]) if match else None
    if match and node:
        return _at_indicator(row, node, match["rest"] or "", sentence)
    first = _FIRST.match(problem.path)
    word = first[0] if first else ""
    href = reverse(f"web:{_PAGES.get(word, 'edit_layout')}", args=[row.pk])
    place = str(_PLACES.get(word, word))
    named = re.search(r"\[([^\]]+)\]", problem.path)
    if named:
        place = f"{place} · {_name_of(read, word, named[1])}"
    anchor = "#tree" if word in ("indicator", "full_score") else ""
    return DraftFinding(place, sentence, href + anchor, at=problem.path)


def _at_indicator(row: SchemeRow, node: Indicator, rest: str, sentence: str) -> DraftFinding:
    """Return a finding at an indicator: at its weight in the tree, else on its own page."""
    first, _dot, inner = rest.partition(".")
    if first in ("weight", "level", "") or (first == "rule" and node.children):
        href = reverse("web:edit_scheme", args=[row.pk]) + f"#node-{node.code}"
    else:
        place = "rule" if first == "rule" else f"id_{first}"
        href = reverse("web:edit_indicator", args=[row.pk, node.code]) + f"#{place}"
    at, label = first, str(_PLACES.get(first, ""))
    parameter = re.match(r"[a-z_]+", inner)
    if first == "rule" and parameter:
        at = f"rule.{parameter[0]}"
        label = _parameter_label(node, parameter[0]) or label
    where = _("%(name)s, %(part)s") % {"name": node.name, "part": label} if label else node.name
    return DraftFinding(where, sentence, href, node.code, at)


def _parameter_label(node: Indicator, name: str) -> str:
    kind = node.rule.kind if node.rule else ""
    declared = {one.name for one in RULES[kind].parameters} if kind in RULES else set()
    return str(parameter_words(kind, name).label) if name in declared else ""


def _node(read: Scheme, code: str) -> Indicator | None:
    return next((node for node in read.walk() if node.code == code), None)


def _name_of(read: Scheme, word: str, named: str) -> str:
    """Return what people call the list item that a place names by its number or code."""
    lists: Mapping[str, Sequence[object]] = {
        "grade_band": [band.word for band in read.grade_bands],
        "total_cap": [str(n + 1) for n in range(len(read.total_caps))],
    }
    if word in lists and named.isdigit() and int(named) < len(lists[word]):
        return str(lists[word][int(named)])
    if word == "outline":
        return next((one.title for one in read.outline if one.code == named), named)
    return named
