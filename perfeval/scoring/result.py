"""The Result of scoring: a tree of points with every step that led to them, and all problems.

A Result is stored whole for each revision of a report, as the canonical JSON of ``as_json``; page,
PDF, command line and checker all read that one. Sentences for people are made elsewhere
(``perfeval.words.scoring``) from the codes and parameters here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from perfeval.scoring.quantity import format_percent


class Severity(StrEnum):
    """How far a problem stands in the way of submitting."""

    MISSING = "missing"  # not filled in yet: blocks submitting
    ERROR = "error"  # cannot be right: blocks submitting
    WARNING = "warning"  # probably wrong: shown, does not block


@dataclass(frozen=True, slots=True)
class Problem:
    """Something missing or wrong: a code, where it is, and the values that the sentence needs.

    ``place`` is ``amount:<line.column>``, ``indicator:<code>``, ``goal:<position>``,
    ``key_task:<position>``, ``section:<code>`` or ``report``; positions count from 0.
    """

    code: str
    severity: Severity
    place: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UsedInput:
    """A value that a rule read: where it came from (a reference), its label, value and unit."""

    reference: str
    label: str
    value: str
    unit: str = ""


class StepKind(StrEnum):
    """What a step of the explanation did."""

    FORMULA = "formula"  # the rule's own formula with numbers
    CAP = "cap"  # cut down to the weight
    FLOOR = "floor"  # lifted to 0 (扣完为止)
    ROUND = "round"  # rounded by the scheme's word
    DEDUCTION = "deduction"  # points taken off by hand, with a reason
    WEIGHT = "weight"  # scaled to a weight that was moved
    OVERRIDE = "override"  # replaced by hand, with a reason
    CHOICE = "choice"  # one metric of several, whose rule follows
    CLAMP = "clamp"  # a bonus or penalty held to its caps


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``expression`` is language-free arithmetic with the numbers in it.

    ``value`` is what stood after the step, in points, exact or shortened to 12 decimals;
    ``code`` chooses the sentence that explains it and ``parameters`` fill that sentence.
    """

    kind: StepKind
    code: str
    expression: str
    value: Decimal
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndicatorResult:
    """The result of one node. ``points`` is None while a leaf is not answered.

    Of a node with children ``points`` is the sum of the leaves scored so far (None when none is).
    ``lost_points`` = weight − points; ``score_rate`` = points / weight (0.9790 prints 97.90%), both
    None while incomplete. Of an adjustment ``weight`` is the largest bonus and counts nowhere.
    ``reason`` says why points were lost: ``computed_reason`` (the rule's own sentence) and
    ``deduction_reason`` (what the filler typed), joined.
    """

    code: str
    name: str
    level: int
    weight: Decimal
    points: Decimal | None
    is_complete: bool
    is_adjustment: bool = False
    rule_kind: str = ""
    reason: str = ""
    computed_reason: str = ""
    deduction_reason: str = ""
    deduction_points: Decimal = Decimal(0)
    score_rate: Decimal | None = None
    inputs: tuple[UsedInput, ...] = ()
    steps: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = ()
    children: tuple["IndicatorResult", ...] = ()

    @property
    def lost_points(self) -> Decimal | None:
        """Return the points missing to the weight, None while the node is incomplete.

        Of an adjustment it is the penalty that remains, 0 for a bonus.
        """
        if self.points is None or not self.is_complete:
            return None
        if self.is_adjustment:
            return max(Decimal(0), -self.points)
        return self.weight - self.points

    @property
    def score_rate_text(self) -> str:
        """Return 得分率 as every surface prints it (97.90%, 100%), empty when there is none."""
        return "" if self.score_rate is None else format_percent(self.score_rate)

    def walk(self) -> Iterator["IndicatorResult"]:
        """Yield this node and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class RateResult:
    """A rate that the report names, computed once: numerator and denominator in 万元.

    ``value`` is the rate rounded half up to 4 decimals (0.9949 prints 99.49%); None when either
    amount is missing or the denominator is 0. ``text`` is how it prints, empty when None.
    """

    code: str
    name: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """The whole outcome of scoring one report against one scheme.

    ``total`` = ``base_total`` + ``adjustment_total``, over the leaves scored so far, at most what a
    cap of the scheme allows (then ``problems`` says so).
    ``grade``: empty while incomplete or when the scheme has no bands.
    ``answered_weight``: the weight of the leaves scored so far, out of ``full_score``.
    """

    scheme_code: str
    scheme_version: int
    engine_version: int
    full_score: Decimal
    base_total: Decimal
    adjustment_total: Decimal
    total: Decimal
    grade: str
    is_complete: bool
    answered_weight: Decimal
    leaf_count: int
    answered_leaf_count: int
    indicators: tuple[IndicatorResult, ...]
    rates: tuple[RateResult, ...] = ()
    key_task_rates: tuple[RateResult, ...] = ()
    goal_completions: tuple[RateResult, ...] = ()
    problems: tuple[Problem, ...] = ()

    def walk(self) -> Iterator[IndicatorResult]:
        """Yield every node, parents first."""
        for indicator in self.indicators:
            yield from indicator.walk()

    def indicator(self, code: str) -> IndicatorResult:
        """Return the node named ``code``. Raises: KeyError when there is none."""
        for node in self.walk():
            if node.code == code:
                return node
        raise KeyError(code)

    def rate(self, code: str) -> RateResult:
        """Return the rate named ``code``. Raises: KeyError when there is none."""
        for rate in self.rates:
            if rate.code == code:
                return rate
        raise KeyError(code)

    def all_problems(self) -> tuple[Problem, ...]:
        """Return the problems of the figures and of every indicator, in reading order."""
        problems = list(self.problems)
        for node in self.walk():
            problems.extend(node.problems)
        return tuple(problems)
