"""The reviewer's page of one report, gathered: every leaf with all that a judgement on it needs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from perfeval.documents.document import BodyTable, Chart, Heading, Paragraph, ReportDocument
from perfeval.evidence.models import EvidenceFile
from perfeval.reports.models import Report
from perfeval.review.models import Comment
from perfeval.review.queries import comments_of
from perfeval.review.services import COMMENT_LIMIT
from perfeval.scoring.result import IndicatorResult, Problem, Result, Step, UsedInput
from perfeval.scoring.rules.parameters import ANSWER_PREFIX
from perfeval.scoring.scheme.tree import Indicator, Scheme
from perfeval.web.charts import ShownChart, shown_chart
from perfeval.web.fields import LongTextField
from perfeval.web.filling.used_inputs import used_value
from perfeval.words.scoring import describe_problem, describe_step


class RemarkForm(forms.Form):
    """A remark on one indicator, or on the whole report where ``indicator`` is empty."""

    indicator = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    text = LongTextField(
        label=_("Remark"),
        required=True,
        max_length=COMMENT_LIMIT,
        error_messages={"required": _("Write the remark before sending it.")},
    )

    def __init__(self, *args: Any, codes: Sequence[str], **kwargs: Any) -> None:
        """Take the codes of the indicators that may be remarked on."""
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = [("", ""), *((code, code) for code in codes)]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of the explanation: what was done in words, and the arithmetic."""

    sentence: str
    expression: str
    step: Step


@dataclass(frozen=True, slots=True)
class InputLine:
    """One value that the rule read, and where it was filled in."""

    used: UsedInput
    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One scored indicator. ``is_open``: it is shown unfolded, since there is something to look at."""

    indicator: Indicator
    result: IndicatorResult
    steps: tuple[StepLine, ...]
    inputs: tuple[InputLine, ...]
    problems: tuple[str, ...]
    evidence: tuple[EvidenceFile, ...]
    remarks: tuple[Comment, ...]
    form: RemarkForm
    is_open: bool


@dataclass(frozen=True, slots=True)
class ScoredGroup:
    """A scored group with its leaves; ``above`` is the name of what it belongs to."""

    indicator: Indicator
    above: str
    result: IndicatorResult
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of a table of the report's text; ``align`` as in ``document.Align``."""

    text: str
    align: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of such a table."""

    cells: tuple[ShownCell, ...]
    is_total: bool


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table of the report's text with what a page needs to show it."""

    table: BodyTable
    rows: tuple[ShownRow, ...]


@dataclass(frozen=True, slots=True)
class OutlineBlock:
    """A block of the report's text and the template that shows it."""

    template: str
    content: Heading | Paragraph | ShownTable | ShownChart


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sentence about something missing or doubtful, and the place on this page."""

    sentence: str
    href: str


def leaf_codes(scheme: Scheme) -> list[str]:
    """Return the codes that a remark may name."""
    return [leaf.code for leaf in scheme.leaves()]


def groups_of(
    scheme: Scheme,
    result: Result,
    evidence: Mapping[str, Sequence[EvidenceFile]],
    remarks: Mapping[str, Sequence[Comment]],
    bound: RemarkForm | None,
) -> list[ScoredGroup]:
    """Return all leaves in their groups; ``bound`` is the remark form that was refused, if any."""
    codes = leaf_codes(scheme)
    refused = bound.data.get("indicator", "") if bound else None

    def leaf(indicator: Indicator) -> Leaf:
        code = indicator.code
        scored = result.indicator(code)
        is_refused = bound is not None and refused == code
        said = tuple(remarks.get(code, ()))
        return Leaf(
            indicator=indicator,
            result=scored,
            steps=tuple(
                StepLine(describe_step(step), step.expression, step) for step in scored.steps
            ),
            inputs=tuple(
                InputLine(used, used_value(used, indicator), _origin(used))
                for used in scored.inputs
            ),
            problems=tuple(describe_problem(problem) for problem in scored.problems),
            evidence=tuple(evidence.get(code, ())),
            remarks=said,
            form=bound if is_refused and bound else remark_form(codes, code),
            is_open=bool(is_refused or said or scored.problems or scored.lost_points),
        )

    return [
        ScoredGroup(
            group, above, result.indicator(group.code), tuple(leaf(n) for n in group.leaves())
        )
        for group, above in _scored_groups(scheme.indicators, "")
    ]


def remark_form(codes: Sequence[str], code: str) -> RemarkForm:
    """Return an empty remark form on the indicator ``code``, or on the whole when that is empty."""
    return RemarkForm(codes=codes, initial={"indicator": code}, auto_id=form_id(code))


def form_id(code: str) -> str:
    """Return the pattern of the ids of a remark form's fields."""
    return f"id_{code or 'whole'}_%s"


def remarks_by_indicator(report: Report) -> Mapping[str, list[Comment]]:
    """Return the remarks by indicator code; those on the whole report stand under the empty one."""
    found: dict[str, list[Comment]] = {}
    for comment in comments_of(report):
        found.setdefault(comment.code, []).append(comment)
    return found


def blocks_of(document: ReportDocument) -> list[OutlineBlock]:
    """Return the blocks of the report's text, each with its template."""
    return [_shown(block) for block in document.blocks]


def doubts_of(problems: Sequence[Problem]) -> list[Doubt]:
    """Return the problems as sentences with the place on this page that they speak of."""
    return [Doubt(describe_problem(problem), _href(problem.place)) for problem in problems]


def _scored_groups(nodes: Sequence[Indicator], above: str) -> Iterator[tuple[Indicator, str]]:
    """Yield the scored groups, and leaves that stand outside of any, with the name above them."""
    for node in nodes:
        if node.is_scored_group or node.is_leaf:
            yield node, above
        else:
            yield from _scored_groups(node.children, node.name)


def _origin(used: UsedInput) -> str:
    """Return where a value was filled in."""
    owner = used.reference.partition(".")[0]
    if owner == ANSWER_PREFIX:
        return str(_("filled in for this indicator"))
    if used.reference.startswith("goal:"):
        return str(_("yearly performance goals"))
    return str(_("budget table"))


def _href(place: str) -> str:
    """Return the address on this page of a problem's place."""
    kind, _colon, code = place.partition(":")
    return f"#leaf-{code}" if kind == "indicator" else "#text"


def _shown(block: Heading | Paragraph | BodyTable | Chart) -> OutlineBlock:
    """Return ``block`` with the template that shows it."""
    if isinstance(block, Heading):
        return OutlineBlock("web/reviewing/heading.html", block)
    if isinstance(block, Paragraph):
        return OutlineBlock("web/reviewing/paragraph.html", block)
    if isinstance(block, Chart):
        return OutlineBlock("web/components/chart.html", shown_chart(block))
    first_total = len(block.rows) - block.total_rows
    return OutlineBlock(
        "web/reviewing/table.html",
        ShownTable(
            block,
            tuple(
                ShownRow(
                    tuple(
                        ShownCell(text, column.align)
                        for text, column in zip(cells, block.columns, strict=True)
                    ),
                    is_total=position >= first_total,
                )
                for position, cells in enumerate(block.rows)
            ),
        ),
    )
