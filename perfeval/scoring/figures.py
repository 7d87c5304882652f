"""What a department stated for one year, as frozen values: amounts, goals, key tasks, answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

#: What one input of an answer may hold: a number, yes or no, one choice, several choices.
InputValue = Decimal | bool | str | tuple[str, ...]
#: The input that says of any indicator: nothing could be computed, the points are given by hand.
BY_HAND = "by_hand"


class GoalDirection(StrEnum):
    """How an actual value is held against its target."""

    POSITIVE = "positive"  # ≥: the more the better
    REVERSE = "reverse"  # ≤: the less the better
    EQUAL = "equal"  # =: met or not
    QUALITATIVE = "qualitative"  # judged: a completion in percent is typed


@dataclass(frozen=True, slots=True)
class Goal:
    """One row of the department's yearly performance goal with its target and what became of it.

    ``weight``: its share within its category (any positive number; equal when all are 1).
    ``completion_percent``: for a qualitative goal, 0-100.
    """

    name: str
    category: str
    kind: str = ""
    direction: GoalDirection = GoalDirection.POSITIVE
    target_value: Decimal | None = None
    actual_value: Decimal | None = None
    unit: str = ""
    weight: Decimal = Decimal(1)
    completion_percent: Decimal | None = None
    target_text: str = ""
    actual_text: str = ""
    deviation_reason: str = ""


@dataclass(frozen=True, slots=True)
class KeyTask:
    """A key task of the year (重点工作任务) with its project budget and spending in 万元."""

    name: str
    adjusted_budget_wan: Decimal | None = None
    executed_amount_wan: Decimal | None = None
    progress: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was filled in for one leaf: the rule's inputs, points taken off, and why.

    ``deduction_points``: None when not yet decided, 0 when nothing is taken off.
    """

    inputs: Mapping[str, InputValue] = field(default_factory=dict)
    deduction_points: Decimal | None = None
    deduction_reason: str = ""

    @property
    def is_by_hand(self) -> bool:
        """Return whether points are given by hand: so it was said, with what is taken off, also 0, and why."""
        return (
            self.inputs.get(BY_HAND) is True
            and self.deduction_points is not None
            and bool(self.deduction_reason.strip())
        )


@dataclass(frozen=True, slots=True)
class OwnIndicator:
    """An indicator that the department set itself, in one of the scheme's open slots.

    ``code``: own_1, own_2 …; ``slot``: the code of the scheme's indicator that it belongs to;
    ``heading``: the second level above it, where the slot has headings.
    ``kind``: a kind of rule that the slot allows; ``target`` is for the ratios, ``points_each``
    for what each case takes off. An empty ``standard`` is the slot's for the kind.
    """

    code: str
    slot: str
    name: str
    weight: Decimal
    kind: str
    heading: str = ""
    target: Decimal | None = None
    points_each: Decimal | None = None
    unit: str = ""
    standard: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """All that the engine reads of a report. Amounts are keyed ``line.column``, in 万元."""

    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    goals: tuple[Goal, ...] = ()
    key_tasks: tuple[KeyTask, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    own_part: tuple[OwnIndicator, ...] = ()
