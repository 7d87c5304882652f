"""What a rule function reads and what it gives: exact values in, an exact outcome out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from perfeval.scoring.figures import Goal
from perfeval.scoring.quantity import Rounding, exact, plain
from perfeval.scoring.result import Severity, Step, UsedInput
from perfeval.scoring.rules.parameters import Band, read_bands
from perfeval.scoring.scheme.tree import EqualGoals

#: Decimals that an exact value keeps where it is shown or stored as a step.
SHOWN_DIGITS = 12


#: Code, severity and parameters of a problem whose place the caller knows.
Trouble = tuple[str, Severity, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Value:
    """A number that a rule computes with, and how it is printed in an expression."""

    number: Fraction
    text: str

    @classmethod
    def of(cls, number: Decimal) -> "Value":
        """Return a plain number of the scheme as a value."""
        return cls(exact(number), plain(number))


@dataclass(frozen=True, slots=True)
class Chosen:
    """The option that was chosen: its code in the scheme and its label on paper."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule gives: exact ``points``, or None with the ``trouble`` that prevents a score.

    ``rate``: the rate or completion (1 is 100%) that a loss phrase names, where the rule has one.
    ``scaled``: the points before scaling, the weight scored by and the weight that counts.
    ``trouble``: code, severity and parameters of the problem; the place is the indicator.
    """

    points: Fraction | None
    expression: str = ""
    code: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    rate: Fraction | None = None
    inputs: tuple[UsedInput, ...] = ()
    clamps: tuple[Step, ...] = ()
    scaled: tuple[Fraction, Decimal, Decimal] | None = None
    trouble: Trouble | None = None


def failed(code: str, severity: Severity = Severity.ERROR, **parameters: str) -> Outcome:
    """Return an outcome without points and the problem that says why."""
    return Outcome(None, trouble=(code, severity, parameters))


@dataclass(frozen=True, slots=True)
class Option:
    """The chosen one of several rules: its label, its function and its resolved parameters."""

    label: str
    function: "Callable[[RuleContext], Outcome]"
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RuleContext:
    """What a rule function may read. References are already replaced by what they name."""

    weight: Decimal
    parameters: Mapping[str, object]
    goals: tuple[Goal, ...] = ()
    equal_goals: EqualGoals = EqualGoals.UNSAID

    @property
    def full(self) -> Fraction:
        """Return the weight as an exact number."""
        return exact(self.weight)

    @property
    def full_text(self) -> str:
        """Return the weight as expressions print it."""
        return plain(self.weight)

    def value(self, name: str) -> Value:
        """Return the numeric parameter ``name``. Raises: TypeError when it holds no number."""
        held = self.optional_value(name)
        if held is None:
            raise TypeError(f"parameter {name} holds no number")
        return held

    def optional_value(self, name: str) -> Value | None:
        """Return the numeric parameter ``name``, None when it is not given."""
        held = self.parameters[name]
        if held is None or isinstance(held, Value):
            return held
        if isinstance(held, Decimal):
            return Value.of(held)
        raise TypeError(f"parameter {name} is not a number: {held!r}")

    def flag(self, name: str) -> bool:
        """Return the yes-or-no parameter ``name``."""
        held = self.parameters[name]
        if not isinstance(held, bool):
            raise TypeError(f"parameter {name} is not yes or no: {held!r}")
        return held

    def word(self, name: str) -> str:
        """Return the parameter ``name`` that holds one word."""
        held = self.parameters[name]
        if not isinstance(held, str):
            raise TypeError(f"parameter {name} is not a word: {held!r}")
        return held

    def chosen(self, name: str) -> Chosen:
        """Return the option that the parameter ``name`` holds."""
        held = self.parameters[name]
        if not isinstance(held, Chosen):
            raise TypeError(f"parameter {name} is no option: {held!r}")
        return held

    def option(self, name: str) -> Option:
        """Return the chosen rule that the parameter ``name`` holds."""
        held = self.parameters[name]
        if not isinstance(held, Option):
            raise TypeError(f"parameter {name} is no chosen rule: {held!r}")
        return held

    def words(self, name: str) -> tuple[str, ...]:
        """Return the parameter ``name`` that holds several codes."""
        held = self.parameters[name]
        if not isinstance(held, tuple):
            raise TypeError(f"parameter {name} is not a list of codes: {held!r}")
        return held

    def table(self, name: str) -> Mapping[str, Decimal]:
        """Return the parameter ``name`` that holds points by code."""
        held = self.parameters[name]
        if not isinstance(held, Mapping):
            raise TypeError(f"parameter {name} is not a table: {held!r}")
        return held

    def values(self, name: str) -> dict[str, Value]:
        """Return the parameter ``name`` that holds named figures."""
        held = self.parameters[name]
        if not isinstance(held, Mapping):
            raise TypeError(f"parameter {name} is no table of figures: {held!r}")
        return dict(held)

    def bands(self, name: str) -> tuple[Band, ...]:
        """Return the parameter ``name`` that holds bands."""
        return read_bands(self.parameters[name])


def shorten(value: Fraction) -> Decimal:
    """Return an exact value with at most 12 decimals, as steps show it."""
    return Decimal(plain(Rounding(digits=SHOWN_DIGITS).apply(value)))


def band_text(band: Band, value: str) -> str:
    """Return the band with the value inside it: ``80 ≤ 85 < 90``."""
    low = "" if band.low is None else f"{plain(band.low)} {'≤' if band.is_low_closed else '<'} "
    high = "" if band.high is None else f" {'≤' if band.is_high_closed else '<'} {plain(band.high)}"
    return f"{low}{value}{high}"


def measured(context: RuleContext) -> Value | None:
    """Return the parameter ``value``, as a percentage when ``out_of`` is given.

    None when ``out_of`` is 0 and the percentage cannot be formed.
    """
    value, whole = context.value("value"), context.optional_value("out_of")
    if whole is None:
        return value
    if not whole.number:
        return None
    percent = value.number / whole.number * 100
    return Value(percent, plain(shorten(percent)))
