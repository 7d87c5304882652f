"""A scheme (指标体系) as frozen values: what an authority asks for in one year, and how it scores.

``reading.read_scheme`` builds one from TOML, ``perfeval.schemes.queries`` from rows; the engine,
the forms and the report read only this. Nothing here knows Django.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from perfeval.scoring.quantity import Rounding


class InputKind(StrEnum):
    """What an answer's input looks like to the person who types it."""

    COUNT = "count"  # whole number, 0 or more
    NUMBER = "number"  # decimal number, 0 or more
    AMOUNT = "amount"  # 万元
    PERCENT = "percent"  # typed as 0-100 or more, in percent
    YES_NO = "yes_no"
    CHOICE = "choice"  # one of ``choices``
    MULTIPLE = "multiple"  # any of ``choices``, as a tuple of their codes


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a choice input: its code in data and its label on paper."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One value that an indicator's answer must give for its rule, as the form asks for it.

    ``may_be_negative``: a growth or a change may be below zero; everything else is 0 or more.
    """

    name: str
    label: str
    kind: InputKind
    unit: str = ""
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    may_be_negative: bool = False


class WhenNotApplicable(StrEnum):
    """What becomes of an indicator that does not apply to a department."""

    FULL = "full"  # it earns its full weight
    DROP = "drop"  # it drops out, its weight goes to the others of its group
    OPTIONAL = "optional"  # as drop, but the weight goes to the optional ones that were chosen


@dataclass(frozen=True, slots=True)
class Rule:
    """How one leaf is scored: a kind of ``rules.RULES``, its parameters, the inputs it needs.

    Where a parameter names a value it is a reference: ``total.executed_amount`` (an amount),
    ``answer.late_count`` (an input of the indicator's own answer).
    ``deduction_allowed``: the filler may take points off, with a reason (酌情扣分).
    ``loss_phrase``: the sentence that explains points lost by computation; where it is empty the
    filler must type the reason. Placeholders: {rate}, {points}, {lost}, {weight}.
    ``applies``: reference to the yes-or-no input that says whether the indicator applies; empty
    when it always does. ``override``: reference to the number that may replace the computed points,
    with a reason; empty when they are locked. ``rounding``: where it differs from the scheme's.
    ``more_is_better``: says knowingly that a cost is the better the more it is.
    """

    kind: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    inputs: tuple[InputSpec, ...] = ()
    deduction_allowed: bool = False
    loss_phrase: str = ""
    applies: str = ""
    when_not_applicable: WhenNotApplicable = WhenNotApplicable.FULL
    override: str = ""
    rounding: Rounding | None = None
    more_is_better: bool = False


@dataclass(frozen=True, slots=True)
class Indicator:
    """A node of the tree, level 1 to 3. A node without children is a leaf and has a rule.

    ``weight`` in points; of a node with children it is the sum of theirs, of an adjustment the
    largest bonus.
    ``is_own``: defined by the department itself (个性指标), not by the authority.
    ``is_adjustment``: 加减分项, outside the full score, capped by its rule.
    ``is_scored_group``: the report gives this node a paragraph of its own and the form a page.
    ``lists_all_items``: that paragraph names every leaf, not only those that lost points.
    ``unverified``: empty, or what about this node is not taken from a public document.
    """

    code: str
    name: str
    level: int
    weight: Decimal
    children: tuple["Indicator", ...] = ()
    rule: Rule | None = None
    standard: str = ""
    evidence: str = ""
    source: str = ""
    unverified: str = ""
    is_own: bool = False
    is_adjustment: bool = False
    is_scored_group: bool = False
    lists_all_items: bool = False

    @property
    def is_leaf(self) -> bool:
        """Return whether this node is scored by a rule of its own."""
        return not self.children

    def walk(self) -> Iterator["Indicator"]:
        """Yield this node and all below it, parents first, in the order of the scheme."""
        yield self
        for child in self.children:
            yield from child.walk()

    def leaves(self) -> Iterator["Indicator"]:
        """Yield the leaves below this node, or the node itself when it is one."""
        return (node for node in self.walk() if node.is_leaf)


@dataclass(frozen=True, slots=True)
class GradeBand:
    """A grade word and the lowest total, inclusive, that earns it; bands run from high to low."""

    word: str
    minimum: Decimal


@dataclass(frozen=True, slots=True)
class FigureColumn:
    """A column of the budget table: its code from the glossary and its heading."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A row of the budget table.

    ``breakdown``: empty for the total; otherwise the code of the breakdown that it is part of.
    ``columns``: which columns may be filled; ``required``: which must be.
    """

    code: str
    name: str
    breakdown: str = ""
    columns: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A way in which the line ``of`` divides into lines that must add up to it."""

    code: str
    name: str
    of: str = "total"


@dataclass(frozen=True, slots=True)
class RateDefinition:
    """A rate that the report names: numerator and denominator are references to amounts."""

    code: str
    name: str
    numerator: str
    denominator: str


@dataclass(frozen=True, slots=True)
class TotalCap:
    """What a rate below a limit does to the whole: at most ``total`` points, at best ``grade``.

    ``rate``: the code of a named rate; ``below``: the limit in percent, itself not below.
    """

    rate: str
    below: Decimal
    total: Decimal | None = None
    grade: str = ""


@dataclass(frozen=True, slots=True)
class OutlineSection:
    """A heading of the report and what stands below it, in order.

    ``level`` 1 is 一、 2 is （一） 3 is 1.; the number is made from the position.
    ``content`` lists blocks: ``text`` (the filler writes it), ``phrase.<code>`` (a computed
    sentence), ``table.figures`` ``table.goals`` ``table.key_tasks``, ``paragraphs.groups``
    ``paragraphs.key_tasks``, ``chart.score_by_group`` ``chart.points_lost`` ``chart.budget_actual``
    ``chart.year_on_year``.
    """

    code: str
    level: int
    title: str
    content: tuple[str, ...] = ()
    hint: str = ""
    is_required: bool = False
    max_length: int = 4000

    @property
    def takes_text(self) -> bool:
        """Return whether the filler writes prose in this section."""
        return "text" in self.content


@dataclass(frozen=True, slots=True)
class GoalCategory:
    """A first-level heading of the own goal (产出, 效益, 满意度) and its second level."""

    code: str
    name: str
    kinds: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotLevel:
    """A level of judgement (达成、部分达成 …) and the band of percentages that belongs to it."""

    code: str
    label: str
    at_least: Decimal | None = None
    above: Decimal | None = None
    at_most: Decimal | None = None
    below: Decimal | None = None


class EqualGoals(StrEnum):
    """What a goal with "=" earns that misses its target; schemes stored without the word mean exact."""

    UNSAID = ""
    PROPORTIONAL = "proportional"  # the smaller of target and actual value ÷ the larger
    EXACT = "exact"  # all or nothing


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a department sets indicators of its own (个性指标), of a fixed weight together.

    ``indicator``: the node that it fills; this one has neither children nor a rule of its own.
    ``kinds``: the rule kinds that may be used, of ``own_part.OWN_KINDS``; ``most``: how many
    indicators at most; ``has_headings``: each stands under a heading (二级指标) of its own.
    ``standards``: kind -> the scoring standard where the department writes none.
    ``loss_phrase``: as of a rule; ``level_label``, ``percent_label``, ``levels``: for ``level``.
    """

    indicator: str
    kinds: tuple[str, ...]
    most: int = 30
    has_headings: bool = False
    hint: str = ""
    loss_phrase: str = ""
    standards: Mapping[str, str] = field(default_factory=dict)
    level_label: str = ""
    percent_label: str = ""
    levels: tuple[SlotLevel, ...] = ()


@dataclass(frozen=True, slots=True)
class Scheme:
    """One issued or drafted indicator system. ``code`` and ``version`` together name it.

    ``deviation_percent``: a goal exceeded by more than so many percent of its target is asked for its reason.
    """

    code: str
    version: int
    name: str
    authority: str
    year: int
    source: str
    indicators: tuple[Indicator, ...]
    grade_bands: tuple[GradeBand, ...] = ()
    rounding: Rounding = field(default_factory=Rounding)
    full_score: Decimal = Decimal(100)
    unverified: str = ""
    report_title: str = ""
    annex_mark: str = ""
    figure_columns: tuple[FigureColumn, ...] = ()
    figure_lines: tuple[FigureLine, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()
    rates: tuple[RateDefinition, ...] = ()
    goal_categories: tuple[GoalCategory, ...] = ()
    outline: tuple[OutlineSection, ...] = ()
    phrases: Mapping[str, str] = field(default_factory=dict)
    total_caps: tuple[TotalCap, ...] = ()
    slots: tuple[Slot, ...] = ()
    equal_goals: EqualGoals = EqualGoals.UNSAID
    deviation_percent: Decimal = Decimal(30)

    def walk(self) -> Iterator[Indicator]:
        """Yield every indicator, parents first, in order."""
        for indicator in self.indicators:
            yield from indicator.walk()

    def leaves(self) -> Iterator[Indicator]:
        """Yield every leaf in order."""
        for indicator in self.indicators:
            yield from indicator.leaves()

    def scored_groups(self) -> Iterator[Indicator]:
        """Yield the nodes that have a page in the form and a paragraph in the report, in order."""
        return (node for node in self.walk() if node.is_scored_group)

    def indicator(self, code: str) -> Indicator:
        """Return the indicator named ``code``.

        Raises: KeyError when the scheme has none.
        """
        for node in self.walk():
            if node.code == code:
                return node
        raise KeyError(code)

    def slot(self, code: str) -> Slot | None:
        """Return the slot that the indicator ``code`` is, None when it is none."""
        return next((slot for slot in self.slots if slot.indicator == code), None)

    def amount_references(self) -> Iterator[str]:
        """Yield every cell of the budget table as ``line.column``, row by row."""
        for line in self.figure_lines:
            for column in line.columns:
                yield f"{line.code}.{column}"

    def amount_label(self, reference: str) -> str:
        """Return the name of a cell (项目支出实际支出数), empty when there is none."""
        code, _, column = reference.partition(".")
        headings = {heading.code: heading.name for heading in self.figure_columns}
        for line in self.figure_lines:
            if line.code == code and column in line.columns:
                return line.name + headings.get(column, column)
        return ""
