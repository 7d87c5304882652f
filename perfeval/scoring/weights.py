"""Divides points into shares that add up again: a weight over children, moved over who is left."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from perfeval.scoring.quantity import exact


def shared(total: Decimal, parts: Sequence[Decimal], digits: int) -> tuple[Decimal, ...]:
    """Return ``total`` divided in proportion to ``parts``, each share with ``digits`` decimals.

    What rounding leaves over goes to the largest remainders, the first of equal ones: 15 over four
    equal parts in whole points is 4, 4, 4, 3. A rest smaller than one unit goes to the last share.
    Raises: ValueError when the parts do not add up to more than 0.
    """
    whole = sum((exact(part) for part in parts), Fraction(0))
    if whole <= 0:
        raise ValueError("nothing to share by")
    unit = Decimal(1).scaleb(-digits)
    units = [exact(total) * exact(part) / whole / exact(unit) for part in parts]
    counts = [share // 1 for share in units]
    spare = exact(total) // exact(unit) - sum(counts)
    by_remainder = sorted(range(len(parts)), key=lambda n: counts[n] - units[n])
    for n in by_remainder[: int(spare)]:
        counts[n] += 1
    shares = [unit * count for count in counts]
    shares[-1] += total - sum(shares, Decimal(0))
    return tuple(shares)


def shared_equally(total: Decimal, count: int, digits: int) -> tuple[Decimal, ...]:
    """Return ``total`` divided over ``count`` children. Source: SPEC a.5 K15."""
    return shared(total, (Decimal(1),) * count, digits)
