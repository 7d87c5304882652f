"""The preview of an import: each row as it was understood, its rule in words, what to look at."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from perfeval.schemes.services import faults_of
from perfeval.scoring.scheme.tree import Indicator, Scheme
from perfeval.sheets.columns import ColumnRole
from perfeval.sheets.grid import as_text
from perfeval.sheets.importing import Import, ImportedLine, RuleOrigin
from perfeval.sheets.standards import Confidence
from perfeval.words.rules import describe_rule
from perfeval.words.scoring import describe_draft_problem
from perfeval.words.sheets import describe_origin, describe_proposal, describe_remark

ROLE_NAMES: Mapping[ColumnRole, Promise] = {
    ColumnRole.IGNORED: _("not read"),
    ColumnRole.LEVEL_1: _("first-level indicator"),
    ColumnRole.LEVEL_2: _("second-level indicator"),
    ColumnRole.LEVEL_3: _("third-level indicator"),
    ColumnRole.LEVEL_4: _("fourth-level indicator"),
    ColumnRole.NAME: _("indicator of any level"),
    ColumnRole.WEIGHT: _("weight"),
    ColumnRole.STANDARD: _("scoring standard"),
    ColumnRole.EVIDENCE: _("evidence"),
    ColumnRole.NOTE: _("explanation"),
    ColumnRole.CODE: _("code"),
    ColumnRole.NUMBER: _("number"),
}
_INDICATOR = re.compile(r"indicator\[([^\]]*)\]")
#: Names of the form's fields by which a guess is taken or not.
TAKE, BY_HAND = "take", "by_hand"


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One indicator of the preview.

    ``is_guess``: its rule is to be confirmed; ``is_likely``: something was assumed, so the person
    has to choose; ``chosen``: what was chosen already; ``findings``: the check's, at this indicator.
    """

    code: str
    place: str
    level: int
    name: str
    weight: str
    standard: str
    rule: tuple[str, ...]
    origin: str
    quote: str
    told: tuple[str, ...]
    is_guess: bool
    is_likely: bool
    chosen: str
    is_bad: bool
    findings: tuple[str, ...]

    @property
    def field(self) -> str:
        """Return the name of the field that takes the guess."""
        return f"rule-{self.code}"


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that the page shows of a workbook."""

    found: Import
    rows: tuple[PreviewRow, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...]
    findings: tuple[str, ...]
    total: str
    full_score: str

    @property
    def guesses(self) -> int:
        """Return how many rules are to be confirmed."""
        return sum(row.is_guess for row in self.rows)

    @property
    def likely(self) -> int:
        """Return how many of them rest on an assumption."""
        return sum(row.is_likely for row in self.rows)

    @property
    def by_hand(self) -> int:
        """Return how many leaves got no proposal."""
        return sum(line.origin is RuleOrigin.BY_HAND for line in self.found.lines)


def preview_of(
    found: Import, draft: Scheme, chosen: Mapping[str, str], unanswered: Sequence[str] = ()
) -> Preview:
    """Return the page's content; ``draft`` is what confirming everything would store."""
    by_code: dict[str, list[str]] = {}
    general = []
    for problem in faults_of(draft):
        match = _INDICATOR.match(problem.path)
        sentence = describe_draft_problem(problem)
        if match:
            by_code.setdefault(match[1], []).append(sentence)
        else:
            general.append(sentence)
    drafted = {node.code: node for node in draft.walk()}
    top = [line.node for line in found.lines if line.node.parent is None]
    total = sum((node.weight or 0 for node in top if not node.is_adjustment), start=0)
    return Preview(
        found=found,
        rows=tuple(
            _row(
                line,
                drafted.get(line.code),
                draft,
                chosen,
                by_code.get(line.code, []),
                is_bad=line.code in unanswered,
            )
            for line in found.lines
        ),
        faults=tuple(describe_remark(one) for one in found.remarks if one.is_fault),
        notes=tuple(describe_remark(one) for one in found.remarks if not one.is_fault),
        findings=tuple(general),
        total=str(total) if isinstance(total, int) else as_text(total),
        full_score=as_text(draft.full_score),
    )


def likely_codes(found: Import) -> list[str]:
    """Return the codes whose guess rests on an assumption: there the person has to choose."""
    return [
        line.code
        for line in found.guesses
        if line.proposal and line.proposal.confidence is Confidence.LIKELY
    ]


def _row(
    line: ImportedLine,
    indicator: Indicator | None,
    draft: Scheme,
    chosen: Mapping[str, str],
    findings: list[str],
    *,
    is_bad: bool,
) -> PreviewRow:
    node = line.node
    is_guess = line.origin is RuleOrigin.PROPOSED
    is_likely = bool(line.proposal and line.proposal.confidence is Confidence.LIKELY)
    return PreviewRow(
        code=line.code,
        place=node.place,
        level=node.level,
        name=node.name,
        weight="" if node.weight is None else as_text(node.weight),
        standard=indicator.standard if indicator and node.is_leaf else "",
        # A group of the third level joins its leaves: the draft does not have it.
        rule=describe_rule(indicator, draft) if indicator else (),
        origin=describe_origin(line),
        quote=line.proposal.quote if line.proposal else "",
        told=describe_proposal(line.proposal) if line.proposal else (),
        is_guess=is_guess,
        is_likely=is_guess and is_likely,
        chosen=chosen.get(line.code, "" if is_likely else TAKE),
        is_bad=is_bad,
        findings=tuple(findings),
    )
