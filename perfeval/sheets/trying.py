"""A proposed rule, tried: at its ends, at its limits and at what the standard says itself."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from perfeval.scoring.codec import Decoder
from perfeval.scoring.rules.context import RuleContext, Value
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.rules.parameters import parse_parameters, with_defaults

#: What is tried beside the limits of a rule.
_GRID = tuple(map(Decimal, (0, 1, 2, 3, 5, 10, 20, 40, 60, 80, 90, 95, 100, 110, 200, 1000)))
_WORDS = frozenset({"kind", "input", "deduction_allowed"})
_REFERENCE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
#: Kinds that read no number: their tables are looked at instead.
_TABLES = frozenset({"yes_no", "states", "checklist", "level", "list_avg", "manual"})

Trial = tuple[Decimal, Decimal]


def fits(rule: Mapping[str, Any], weight: Decimal, trials: Iterable[Trial]) -> bool:
    """Return whether a rule gives what it must wherever it is tried.

    It must be readable, never give less than nothing, give the full weight somewhere, and the
    points of every trial: a value and what the standard says it earns.
    """
    if rule["kind"] in _TABLES:
        return _is_table_sound(rule, weight)
    names = sorted(
        {one for one in _leaves(rule) if isinstance(one, str) and _REFERENCE.fullmatch(one)}
    )
    if not 1 <= len(names) <= 2:
        return False
    ask = _Asked(rule, weight)
    if not ask.is_readable:
        return False
    if any(ask.points(_given(names, value)) != Fraction(points) for value, points in trials):
        return False
    limits = {one for one in _leaves(rule) if isinstance(one, Decimal)}
    found = [
        ask.points(_given(names, value)) for value in {*_GRID, *(one for one in limits if one >= 0)}
    ]
    given = [one for one in found if one is not None]
    return bool(given) and max(given) == Fraction(weight)


def _given(names: list[str], value: Decimal) -> dict[str, Value]:
    """Return the values of a rule's references; of two the second is what divides."""
    if len(names) == 1:
        return {names[0]: Value.of(value)}
    whole = next((one for one in names if re.search("budget|target|whole", one)), names[1])
    return {one: Value.of(Decimal(100) if one == whole else value) for one in names}


class _Asked:
    """A rule that answers with points, between nothing and the weight."""

    def __init__(self, rule: Mapping[str, Any], weight: Decimal) -> None:
        self.kind = RULES[rule["kind"]]
        decoder = Decoder()
        table = {key: held for key, held in rule.items() if key not in _WORDS}
        parsed = parse_parameters(self.kind.parameters, table, "rule", decoder)
        self.is_readable = not decoder.problems
        self.held = with_defaults(self.kind.parameters, parsed) if self.is_readable else {}
        self.weight = weight

    def points(self, given: Mapping[str, Value]) -> Fraction | None:
        held = {key: _filled(one, given) for key, one in self.held.items()}
        found = self.kind.function(RuleContext(self.weight, held)).points
        return None if found is None else min(Fraction(self.weight), max(Fraction(0), found))


def _filled(held: Any, given: Mapping[str, Value]) -> Any:
    if isinstance(held, str) and held in given:
        return given[held]
    if isinstance(held, Mapping):
        return {key: _filled(one, given) for key, one in held.items()}
    return held


def _is_table_sound(rule: Mapping[str, Any], weight: Decimal) -> bool:
    """Return whether the points of states or items reach the weight and never pass it."""
    points = list(rule.get("points", {}).values())
    if rule["kind"] == "states":
        return len(points) > 1 and max(points) == weight and min(points) >= 0
    if rule["kind"] == "checklist":
        return sum(points, Decimal(0)) == weight and min(points) > 0
    return True


def _leaves(held: Any) -> Iterator[Any]:
    if isinstance(held, Mapping):
        for key, one in held.items():
            if key not in _WORDS:
                yield from _leaves(one)
    elif isinstance(held, list | tuple):
        for one in held:
            yield from _leaves(one)
    else:
        yield held
