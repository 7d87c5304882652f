"""What is known of a report besides its text: its own stored figures, that prose is held against."""

from dataclasses import dataclass
from decimal import Decimal

from perfeval.checking.numbers import AmountRole


@dataclass(frozen=True, slots=True)
class KnownAmount:
    """An amount that was filled in. ``line``: 基本支出, a key task's name; empty for the whole.

    ``role``: what its column is; ``label``: what the form calls it.
    """

    line: str
    role: AmountRole
    label: str
    amount_wan: Decimal


@dataclass(frozen=True, slots=True)
class KnownRate:
    """A rate and the two amounts (万元) it comes from. ``line`` as in ``KnownAmount``."""

    line: str
    name: str
    numerator_wan: Decimal
    denominator_wan: Decimal


@dataclass(frozen=True, slots=True)
class KnownScore:
    """An indicator with its weight and the points that it earned, None while it is not scored."""

    name: str
    weight: Decimal
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known. ``total`` is None and ``grade`` empty while the score is incomplete."""

    year: int
    amounts: tuple[KnownAmount, ...] = ()
    rates: tuple[KnownRate, ...] = ()
    scores: tuple[KnownScore, ...] = ()
    total: Decimal | None = None
    grade: str = ""
