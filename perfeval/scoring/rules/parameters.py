"""Parameters of rules: what a rule kind declares, and how a scheme's values are read against it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from perfeval.scoring.codec import INVALID, Decoder, Invalid, joined, shown
from perfeval.scoring.rules.formula import (
    MAX_LENGTH,
    NAME,
    RESERVED,
    FormulaSyntax,
    FormulaTooLarge,
    read_formula,
)

#: ``total.executed_amount`` (an amount) or ``answer.late_count`` (an input of the own answer).
REFERENCE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
#: The first part of a reference to an input of the indicator's own answer.
ANSWER_PREFIX = "answer"

#: The four words with which a band states its ends: closed and open below, closed and open above.
BAND_ENDS = ("at_least", "above", "at_most", "below")

#: Most decimals that points can be rounded to.
MAX_ROUNDING_DIGITS = 6


class ParameterType(StrEnum):
    """What a parameter of a rule may hold."""

    NUMBER = "number"  # any number
    POINTS = "points"  # a number of points, 0 or more
    DIGITS = "digits"  # a count of decimals, 0 to 6
    POSITIVE = "positive"  # any number above 0
    VALUE = "value"  # a number, or a reference to an amount or a numeric input
    YES_NO = "yes_no"  # a reference to a yes-or-no input
    CHOICE = "choice"  # a reference to an input of one choice
    MULTIPLE = "multiple"  # a reference to an input of several choices
    FLAG = "flag"  # true or false
    WORD = "word"  # one of ``words``
    CODES = "codes"  # a list of codes, at least one
    POINTS_TABLE = "points_table"  # code = points, at least one
    FORMULA = "formula"  # a formula over named figures
    VALUES = "values"  # name = a number or a reference, for a formula
    BANDS = "bands"  # a list of bands, at least one
    OPTIONS = "options"  # code = a rule of its own, at least two
    LEVELS = "levels"  # code = ends of a band in percent, at least one


#: Types whose text is a reference that is looked up before the rule runs.
REFERENCE_TYPES = frozenset(
    {ParameterType.VALUE, ParameterType.YES_NO, ParameterType.CHOICE, ParameterType.MULTIPLE}
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a rule kind; ``default`` stands when an optional one is not given.

    ``nested``: the parameters of each rule kind that may stand inside this one.
    """

    name: str
    type: ParameterType
    is_required: bool = True
    default: object = None
    words: tuple[str, ...] = ()
    nested: Mapping[str, tuple["Parameter", ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Band:
    """An interval of values and the points it earns; an end of None is unlimited."""

    points: Decimal
    low: Decimal | None
    is_low_closed: bool
    high: Decimal | None
    is_high_closed: bool


def read_bands(tables: object) -> tuple[Band, ...]:
    """Return the bands of parsed band tables, in the scheme's order."""
    if not isinstance(tables, tuple):
        raise TypeError("bands are not parsed")
    return tuple(_read_band(table) for table in tables)


def read_levels(tables: object) -> dict[str, Band]:
    """Return the band of each level by its code; its points are 0 and mean nothing."""
    if not isinstance(tables, Mapping):
        raise TypeError("levels are not parsed")
    return {code: _read_band({"points": Decimal(0), **table}) for code, table in tables.items()}


def _read_band(table: Mapping[str, Decimal]) -> Band:
    return Band(
        points=table["points"],
        low=table.get("at_least", table.get("above")),
        is_low_closed="at_least" in table,
        high=table.get("at_most", table.get("below")),
        is_high_closed="at_most" in table,
    )


def parse_parameters(
    declared: tuple[Parameter, ...], given: Mapping[str, object], path: str, decoder: Decoder
) -> dict[str, object]:
    """Return the given parameters as exact values, optional ones left out when not given.

    Problems are noted in ``decoder``: unknown_parameter, wrong types, and missing_parameter unless
    it allows gaps.
    """
    known = {parameter.name for parameter in declared}
    for name in given:
        if name not in known:
            decoder.refuse(
                joined(path, shown(name)), "unknown_parameter", allowed=", ".join(sorted(known))
            )
    parsed: dict[str, object] = {}
    for parameter in declared:
        where = joined(path, parameter.name)
        if parameter.name in given:
            parsed[parameter.name] = _parse(parameter, given[parameter.name], where, decoder)
        elif parameter.is_required and not decoder.allows_gaps:
            is_cap = parameter.name.endswith("_cap")
            decoder.refuse(where, "cap_missing" if is_cap else "missing_parameter")
    return parsed


def with_defaults(
    declared: tuple[Parameter, ...], parsed: Mapping[str, object]
) -> dict[str, object]:
    """Return all declared parameters, the ones not given at their default."""
    return {parameter.name: parsed.get(parameter.name, parameter.default) for parameter in declared}


def references(
    declared: tuple[Parameter, ...], parsed: Mapping[str, object]
) -> Iterator[tuple[Parameter, str]]:
    """Yield each parameter that holds a reference, with the reference; also those of options.

    A parameter inside another is named by its path: ``options.change.value``.
    """
    for parameter in declared:
        held = parsed.get(parameter.name)
        if parameter.type in REFERENCE_TYPES and isinstance(held, str):
            yield parameter, held
        elif parameter.type is ParameterType.OPTIONS and isinstance(held, Mapping):
            for code, table in held.items():
                path = f"{parameter.name}.{code}"
                for inner, reference in references(parameter.nested[table["kind"]], table):
                    yield replace(inner, name=f"{path}.{inner.name}"), reference
        elif parameter.type is ParameterType.VALUES and isinstance(held, Mapping):
            for name, item in held.items():
                if isinstance(item, str):
                    path = f"{parameter.name}.{name}"
                    yield Parameter(path, ParameterType.VALUE), item


def _parse(parameter: Parameter, data: object, path: str, decoder: Decoder) -> object:
    if parameter.type is ParameterType.WORD:
        if isinstance(data, str) and data in parameter.words:
            return data
        allowed = ", ".join(parameter.words)
        return decoder.refuse(path, "unknown_word", found=shown(data), allowed=allowed)
    if parameter.type is ParameterType.OPTIONS:
        return _options(parameter, data, path, decoder)
    return _PARSERS[parameter.type](data, path, decoder)


def _options(parameter: Parameter, data: object, path: str, decoder: Decoder) -> object:
    """Return each option as its kind and its own parsed parameters, in one table."""
    if not isinstance(data, Mapping) or (len(data) < 2 and not decoder.allows_gaps):
        expected = "a table of two or more rules"
        return decoder.refuse(path, "wrong_type", expected=expected, found=shown(data))
    parsed: dict[str, object] = {}
    for code, table in data.items():
        where = joined(path, shown(code))
        kind = table.get("kind") if isinstance(table, Mapping) else None
        if not isinstance(table, Mapping) or not isinstance(kind, str):
            decoder.refuse(where, "wrong_type", expected="a rule", found=shown(table))
        elif kind not in parameter.nested:
            allowed = ", ".join(parameter.nested)
            place = joined(where, "kind")
            decoder.refuse(place, "unknown_rule_kind", found=shown(kind), allowed=allowed)
        else:
            given = {name: item for name, item in table.items() if name != "kind"}
            inner = parse_parameters(parameter.nested[kind], given, where, decoder)
            parsed[str(code)] = {"kind": kind, **inner}
    return parsed


def _number(data: object, path: str, decoder: Decoder) -> object:
    return decoder.number(data, path)


def _points(data: object, path: str, decoder: Decoder) -> Decimal | Invalid:
    number = decoder.number(data, path)
    if isinstance(number, Decimal) and number < 0:
        return decoder.refuse(path, "negative_points", found=shown(number))
    return number


def _positive(data: object, path: str, decoder: Decoder) -> Decimal | Invalid:
    number = decoder.number(data, path)
    if isinstance(number, Decimal) and number <= 0:
        return decoder.refuse(path, "number_not_positive", found=shown(number))
    return number


def _digits(data: object, path: str, decoder: Decoder) -> Decimal | Invalid:
    number = decoder.number(data, path)
    if isinstance(number, Decimal) and number not in range(MAX_ROUNDING_DIGITS + 1):
        values = {"found": shown(number), "most": str(MAX_ROUNDING_DIGITS)}
        return decoder.refuse(path, "digits_out_of_range", **values)
    return number


def _reference(data: object, path: str, decoder: Decoder) -> object:
    if isinstance(data, str) and REFERENCE.fullmatch(data):
        return data
    return decoder.refuse(path, "not_a_reference", found=shown(data))


def _value(data: object, path: str, decoder: Decoder) -> object:
    if isinstance(data, str) and REFERENCE.fullmatch(data):
        return data
    if isinstance(data, str) and not decoder.numbers_are_text:
        return decoder.refuse(path, "not_a_reference", found=shown(data))
    return decoder.number(data, path)


def _flag(data: object, path: str, decoder: Decoder) -> object:
    return decoder.value(bool, data, path)


def _codes(data: object, path: str, decoder: Decoder) -> object:
    if data in ([], ()):
        return decoder.refuse(path, "empty_list")
    return decoder.value(tuple[str, ...], data, path)


def _points_table(data: object, path: str, decoder: Decoder) -> object:
    if not isinstance(data, Mapping) or not data:
        return decoder.refuse(
            path, "wrong_type", expected="a table of code = points", found=shown(data)
        )
    return {
        str(code): _points(item, joined(path, shown(code)), decoder) for code, item in data.items()
    }


def _formula(data: object, path: str, decoder: Decoder) -> object:
    text = decoder.text(data, path)
    if isinstance(text, Invalid):
        return text
    try:
        read_formula(text)
    except FormulaSyntax as error:
        values = {"position": str(error.position), "found": error.found}
        code = "formula_syntax" if error.found else "formula_unfinished"
        return decoder.refuse(path, code, **values)
    except FormulaTooLarge:
        return decoder.refuse(path, "formula_too_large", most=str(MAX_LENGTH))
    return text


def _values(data: object, path: str, decoder: Decoder) -> object:
    if not isinstance(data, Mapping):
        expected = "a table of name = value"
        return decoder.refuse(path, "wrong_type", expected=expected, found=shown(data))
    for name in data:
        if not NAME.fullmatch(str(name)) or name in RESERVED:
            decoder.refuse(joined(path, shown(name)), "bad_name", name=shown(name))
    return {
        str(name): _value(item, joined(path, shown(name)), decoder) for name, item in data.items()
    }


def _bands(data: object, path: str, decoder: Decoder) -> object:
    if not isinstance(data, list | tuple) or not data:
        return decoder.refuse(path, "wrong_type", expected="a list of bands", found=shown(data))
    return tuple(_band(item, f"{path}[{n}]", decoder) for n, item in enumerate(data))


def _levels(data: object, path: str, decoder: Decoder) -> object:
    if not isinstance(data, Mapping) or not data:
        expected = "a table of code = band"
        return decoder.refuse(path, "wrong_type", expected=expected, found=shown(data))
    return {
        str(code): _band(item, joined(path, shown(code)), decoder, has_points=False)
        for code, item in data.items()
    }


def _band(data: object, path: str, decoder: Decoder, *, has_points: bool = True) -> object:
    if not isinstance(data, Mapping):
        return decoder.refuse(path, "wrong_type", expected="a table", found=shown(data))
    if has_points and "points" not in data and not decoder.allows_gaps:
        return decoder.refuse(joined(path, "points"), "missing_key")
    if {"at_least", "above"} <= set(data) or {"at_most", "below"} <= set(data):
        return decoder.refuse(path, "band_two_ends")
    band: dict[str, object] = {}
    for name, item in data.items():
        where = joined(path, shown(name))
        if name == "points" and has_points:
            band[name] = _points(item, where, decoder)
        elif name in BAND_ENDS:
            band[name] = decoder.number(item, where)
        else:
            decoder.refuse(where, "unknown_key")
    return INVALID if INVALID in band.values() else band


_PARSERS: Mapping[ParameterType, Callable[[object, str, Decoder], object]] = {
    ParameterType.NUMBER: _number,
    ParameterType.POINTS: _points,
    ParameterType.DIGITS: _digits,
    ParameterType.POSITIVE: _positive,
    ParameterType.VALUE: _value,
    ParameterType.YES_NO: _reference,
    ParameterType.CHOICE: _reference,
    ParameterType.MULTIPLE: _reference,
    ParameterType.FLAG: _flag,
    ParameterType.CODES: _codes,
    ParameterType.POINTS_TABLE: _points_table,
    ParameterType.FORMULA: _formula,
    ParameterType.VALUES: _values,
    ParameterType.BANDS: _bands,
    ParameterType.LEVELS: _levels,
}
