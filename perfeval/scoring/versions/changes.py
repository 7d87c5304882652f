"""A change between two versions of a scheme: its code, its effect, and how one field is told."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

from perfeval.scoring.quantity import plain


class Effect(StrEnum):
    """What a change does to a report that was filled in on the earlier version."""

    NONE = "none"  # words only: no score can change
    COMPATIBLE = "compatible"  # scores can change; every answer stays valid
    INCOMPATIBLE = "incompatible"  # an answer no longer fits, or a new one is needed


@dataclass(frozen=True, slots=True)
class Change:
    """One change: its code, its effect, where it is, and the values that its sentence needs.

    ``place``: ``scheme``, ``grades``, ``budget``, ``goals``, ``outline``, ``phrases``, ``slots``, or
    ``indicator:<code>`` with the code of the new version (of the old one for what was removed).
    """

    code: str
    effect: Effect
    place: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownField:
    """How the change of a field is told: its code, and its effect or a function of both values."""

    code: str
    effect: Effect | Callable[[Any, Any], Effect]


NONE, COMPATIBLE, INCOMPATIBLE = Effect.NONE, Effect.COMPATIBLE, Effect.INCOMPATIBLE
#: A field that is words alone.
TEXT = KnownField("text", NONE)


def worst(changes: Iterable[Change]) -> Effect:
    """Return the gravest effect of ``changes``, none when there is no change."""
    effects = {change.effect for change in changes}
    return next((effect for effect in (INCOMPATIBLE, COMPATIBLE) if effect in effects), NONE)


def field_changes(
    place: str,
    old: Any,
    new: Any,
    known: Mapping[str, KnownField],
    *,
    skip: Iterable[str] = (),
    **named: str,
) -> Iterator[Change]:
    """Yield a change for each differing field of two values of the same dataclass."""
    left_out = set(skip)
    for spec in fields(old):
        before, after = getattr(old, spec.name), getattr(new, spec.name)
        if spec.name in left_out or before == after:
            continue
        how = known.get(spec.name, KnownField("other", COMPATIBLE))
        effect = how.effect if isinstance(how.effect, Effect) else how.effect(before, after)
        values = {"field": spec.name, "old": as_text(before), "new": as_text(after)}
        yield Change(how.code, effect, place, {**named, **values})


def as_text(value: object) -> str:
    """Return a value of a scheme as plain text; yes and no stand for themselves."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return plain(value)
        case tuple():
            return "、".join(as_text(item) for item in value)
        case Mapping():
            return "；".join(f"{key}: {as_text(item)}" for key, item in value.items())
    return str(value)


def keyed(
    old: Sequence[Any], new: Sequence[Any], key: str = "code"
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return both lists as dictionaries by their code."""
    return {getattr(item, key): item for item in old}, {getattr(item, key): item for item in new}


def order_changes(
    place: str, before: Iterable[str], after: Iterable[str], effect: Effect = NONE, **named: str
) -> Iterator[Change]:
    """Yield one change when what stands on both sides stands there in another order."""
    olds, news = list(before), list(after)
    if [code for code in olds if code in news] != [code for code in news if code in olds]:
        yield Change("order", effect, place, named)


def rounding_changes(place: str, old: Any, new: Any) -> Iterator[Change]:
    """Yield the change of a rounding; None where the scheme's own holds."""
    if old == new:
        return
    values = {}
    for name, rounding in (("old", old), ("new", new)):
        values[f"{name}_mode"] = rounding.mode.value if rounding else "scheme"
        values[f"{name}_digits"] = str(rounding.digits) if rounding else ""
    yield Change("rounding", COMPATIBLE, place, values)


def choice_changes(
    place: str, old: Sequence[Any], new: Sequence[Any], name: str
) -> Iterator[Change]:
    """Yield the changes of a list of choices that belongs to what is called ``name``."""
    olds, news = keyed(old, new)
    for code, choice in olds.items():
        values = {"name": name, "old": choice.label}
        if code not in news:
            yield Change("choice_removed", INCOMPATIBLE, place, values)
        elif news[code].label != choice.label:
            yield Change("choice_label", NONE, place, {**values, "new": news[code].label})
    for code, choice in news.items():
        if code not in olds:
            values = {"name": name, "new": choice.label}
            yield Change("choice_added", COMPATIBLE, place, values)
    yield from order_changes(place, olds, news, name=name)
