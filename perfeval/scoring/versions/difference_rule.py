"""The part of a difference that a rule holds: kind, parameters, inputs, and what changes any kind."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from perfeval.scoring.rules.context import band_text
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.rules.parameters import (
    ANSWER_PREFIX,
    Parameter,
    ParameterType,
    read_bands,
    read_levels,
    with_defaults,
)
from perfeval.scoring.scheme.tree import InputSpec, Rule, Scheme
from perfeval.scoring.versions.changes import (
    COMPATIBLE,
    INCOMPATIBLE,
    NONE,
    TEXT,
    Change,
    KnownField,
    as_text,
    choice_changes,
    field_changes,
    keyed,
    order_changes,
    rounding_changes,
)

_RULE = {
    "deduction_allowed": KnownField("flag", lambda _old, new: COMPATIBLE if new else INCOMPATIBLE),
    # Without a phrase the filler must type the reason for lost points.
    "loss_phrase": KnownField("text", lambda old, new: NONE if old and new else COMPATIBLE),
    "applies": KnownField("text", COMPATIBLE),
    "when_not_applicable": KnownField("word", COMPATIBLE),
    "override": KnownField("text", COMPATIBLE),
    "more_is_better": KnownField("flag", NONE),
}
_INPUT = {
    "label": TEXT,
    "hint": TEXT,
    "kind": KnownField("input_kind", INCOMPATIBLE),
    # The number that stands there was typed in another unit.
    "unit": KnownField("text", INCOMPATIBLE),
}
_NO_RULE = Rule("")


def rule_changes(
    place: str, before: tuple[Scheme, Rule | None], after: tuple[Scheme, Rule | None]
) -> Iterator[Change]:
    """Yield what is different between a leaf's rule in one version and in the next."""
    old, new = before[1] or _NO_RULE, after[1] or _NO_RULE
    if old == new:
        return
    skip = ("kind", "parameters", "inputs", "rounding")
    yield from field_changes(place, old, new, _RULE, skip=skip)
    yield from rounding_changes(place, old.rounding, new.rounding)
    yield from _input_changes(place, old, new)
    if old.kind != new.kind:
        yield Change("kind", INCOMPATIBLE, place, {"old": old.kind, "new": new.kind})
        return
    kind = RULES.get(old.kind)
    where = _Where(place, _Side(before[0], old), _Side(after[0], new))
    yield from _parameters(where, kind.parameters if kind else (), old.parameters, new.parameters)


def _input_changes(place: str, old: Rule, new: Rule) -> Iterator[Change]:
    olds, news = keyed(old.inputs, new.inputs, "name")
    for name, spec in olds.items():
        if name not in news:
            yield Change("input_removed", INCOMPATIBLE, place, {"name": spec.label})
            continue
        other: InputSpec = news[name]
        skip = ("name", "choices")
        yield from field_changes(place, spec, other, _INPUT, skip=skip, name=spec.label)
        yield from choice_changes(place, spec.choices, other.choices, spec.label)
    for name, spec in news.items():
        if name not in olds:
            yield Change("input_added", INCOMPATIBLE, place, {"name": spec.label})
    yield from order_changes(place, olds, news)


class _Side:
    """One version of a rule: says what its references and choices are called there."""

    def __init__(self, scheme: Scheme, rule: Rule) -> None:
        self.scheme = scheme
        self.inputs = {spec.name: spec for spec in rule.inputs}

    def text(self, held: object) -> str:
        """Return a parameter as people read it; a reference by the label of what it names."""
        if not isinstance(held, str):
            return as_text(held)
        owner, _dot, name = held.partition(".")
        if owner == ANSWER_PREFIX and name in self.inputs:
            return self.inputs[name].label
        return self.scheme.amount_label(held) or held

    def label(self, code: str) -> str:
        """Return the label of the choice ``code`` of any input, else the code."""
        for spec in self.inputs.values():
            for choice in spec.choices:
                if choice.code == code:
                    return choice.label
        return code


@dataclass(frozen=True, slots=True)
class _Where:
    """Where a parameter stands: the indicator, both versions, its name, inside which option."""

    place: str
    old: _Side
    new: _Side
    option: str = ""
    parameter: str = ""

    def change(self, code: str, **values: str) -> Change:
        """Return a change of this parameter that no answer minds."""
        named = {"parameter": self.parameter, "option": self.option}
        return Change(code, COMPATIBLE, self.place, {**named, **values})

    def texts(self, before: object, after: object) -> dict[str, str]:
        """Return both values as people read them; by their references where the labels agree."""
        old, new = self.old.text(before), self.new.text(after)
        if old == new:
            old, new = as_text(before), as_text(after)
        return {"old": old, "new": new}


def _parameters(
    where: _Where,
    declared: tuple[Parameter, ...],
    old: Mapping[str, object],
    new: Mapping[str, object],
) -> Iterator[Change]:
    """Yield the changes of a rule's parameters, those inside one of several rules included."""
    olds, news = with_defaults(declared, old), with_defaults(declared, new)
    for parameter in declared:
        before, after = olds[parameter.name], news[parameter.name]
        here = replace(where, parameter=parameter.name)
        if before == after:
            continue
        tell = _NESTED.get(parameter.type)
        if parameter.type is ParameterType.OPTIONS and before and after:
            yield from _options(here, parameter, before, after)
        elif tell is not None and before is not None and after is not None:
            yield from tell(here, before, after)
        else:
            code = _SCALARS.get(parameter.type, "parameter")
            yield here.change(code, **here.texts(before, after))


def _bands(where: _Where, before: Any, after: Any) -> Iterator[Change]:
    yield from _tables(where, "band", _by_band(before), _by_band(after))


def _by_band(tables: Sequence[Mapping[str, Decimal]]) -> dict[str, str]:
    """Return the points of each band by its ends; a draft's band may have none yet."""
    bands = read_bands(tuple({"points": Decimal(0), **table} for table in tables))
    return {
        band_text(band, "x"): as_text(table.get("points"))
        for band, table in zip(bands, tables, strict=True)
    }


def _levels(where: _Where, before: Any, after: Any) -> Iterator[Change]:
    tables = [
        {side.label(code): band_text(band, "x") for code, band in read_levels(levels).items()}
        for side, levels in ((where.old, before), (where.new, after))
    ]
    yield from _tables(where, "level", tables[0], tables[1])


def _points(where: _Where, before: Any, after: Any) -> Iterator[Change]:
    sides = dict.fromkeys(after, where.new) | dict.fromkeys(before, where.old)
    tables = [
        {sides[code].label(code): as_text(points) for code, points in table.items()}
        for table in (before, after)
    ]
    yield from _tables(where, "points", tables[0], tables[1])


def _values(where: _Where, before: Any, after: Any) -> Iterator[Change]:
    tables: list[dict[str, str]] = [{}, {}]
    for name in dict.fromkeys((*before, *after)):
        texts = where.texts(before.get(name), after.get(name))
        for table, side, held in ((tables[0], "old", before), (tables[1], "new", after)):
            if name in held:
                table[name] = texts[side]
    yield from _tables(where, "figure", tables[0], tables[1])


def _options(where: _Where, parameter: Parameter, before: Any, after: Any) -> Iterator[Change]:
    """Yield the changes of one rule out of several; the choice itself is told with the input."""
    for code, table in before.items():
        values = {"name": where.old.label(code)}
        if code not in after:
            yield replace(where.change("option_removed", **values), effect=INCOMPATIBLE)
        elif after[code].get("kind") != table.get("kind"):
            kinds = {"old": table.get("kind", ""), "new": after[code].get("kind", "")}
            yield replace(where.change("option_kind", **values, **kinds), effect=INCOMPATIBLE)
        else:
            inner = replace(where, option=where.new.label(code))
            declared = parameter.nested.get(table.get("kind", ""), ())
            yield from _parameters(inner, declared, table, after[code])
    for code in after:
        if code not in before:
            yield where.change("option_added", name=where.new.label(code))
    yield from order_changes(where.place, before, after)


def _tables(
    where: _Where, what: str, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[Change]:
    """Yield what is added, removed and changed in a table of texts, and another order of it."""
    for name, held in old.items():
        if name not in new:
            yield where.change(f"{what}_removed", name=name, old=held)
        elif new[name] != held:
            yield where.change(f"{what}_changed", name=name, old=held, new=new[name])
    for name, held in new.items():
        if name not in old:
            yield where.change(f"{what}_added", name=name, new=held)
    yield from order_changes(where.place, old, new)


_NESTED: Mapping[ParameterType, Callable[[_Where, Any, Any], Iterator[Change]]] = {
    ParameterType.BANDS: _bands,
    ParameterType.LEVELS: _levels,
    ParameterType.POINTS_TABLE: _points,
    ParameterType.VALUES: _values,
}
_SCALARS: Mapping[ParameterType, str] = {
    ParameterType.FLAG: "parameter_flag",
    ParameterType.WORD: "parameter_word",
}
