"""A scheme as the plain tables and the TOML text that ``reading`` reads back without a difference."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

from perfeval.scoring.codec import is_default
from perfeval.scoring.quantity import Rounding
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.rules.parameters import BAND_ENDS, Parameter, ParameterType
from perfeval.scoring.scheme.reading import PLURALS
from perfeval.scoring.scheme.toml_text import toml_text
from perfeval.scoring.scheme.tree import Indicator, Rule, Scheme

#: The first line of a written scheme; the reader takes it for the comment that it is.
HEADING = (
    "# 指标体系文件。金额单位为万元，分值单位为分；指标按表中顺序排列，parent 指明上级指标。\n\n"
)
_HEAD = ("code", "version", "name", "authority", "year", "source")
_HEAD_IF_ANY = ("unverified", "report_title", "annex_mark", "equal_goals")
#: Lists that stand above the indicators, as the text names them; those of ``_AFTER`` below.
_AFTER = ("slot",)
_DEVIATION = next(field for field in fields(Scheme) if field.name == "deviation_percent")
_LISTS = {singular: plural for singular, plural in PLURALS.items() if singular not in _AFTER}


def write_scheme(scheme: Scheme) -> str:
    """Return the TOML text of ``scheme``: ``read_draft`` of it gives an equal scheme.

    Equal schemes give equal texts, in whichever order their tables of codes were kept.
    """
    return HEADING + toml_text(scheme_as_tables(scheme))


def write_fields(scheme: Scheme, names: Collection[str]) -> str:
    """Return the TOML text of those fields of ``scheme`` that are tables of their own."""
    keys = {singular for singular, plural in PLURALS.items() if plural in names} | set(names)
    tables = scheme_as_tables(scheme)
    return toml_text({key: value for key, value in tables.items() if key in keys})


def scheme_as_tables(scheme: Scheme) -> dict[str, Any]:
    """Return ``scheme`` in the shape of its TOML file, numbers as Decimal or int."""
    tables: dict[str, Any] = {name: getattr(scheme, name) for name in _HEAD}
    for name in _HEAD_IF_ANY:
        _put(tables, name, getattr(scheme, name))
    tables["full_score"] = scheme.full_score
    tables["rounding"] = rounding_table(scheme.rounding)
    if not is_default(_DEVIATION, scheme.deviation_percent):
        tables["deviation_percent"] = scheme.deviation_percent
    for singular, plural in _LISTS.items():
        _put(tables, singular, [_fields(item) for item in getattr(scheme, plural)])
    _put(tables, "indicator", list(_indicators(scheme.indicators, "")))
    for singular in _AFTER:
        _put(tables, singular, [_fields(item) for item in getattr(scheme, PLURALS[singular])])
    _put(tables, "outline", [_fields(section) for section in scheme.outline])
    _put(tables, "phrases", _phrases(scheme))
    return tables


def rule_table(rule: Rule) -> dict[str, Any]:
    """Return one rule as ``[indicator.rule]`` has it: parameters beside its own keys."""
    kind = RULES.get(rule.kind)
    declared = kind.parameters if kind else ()
    choices = [choice.code for spec in rule.inputs for choice in spec.choices]
    table = {"kind": rule.kind, **_parameters(declared, rule.parameters, choices)}
    table |= _fields(rule, skip=("kind", "parameters", "inputs", "rounding"))
    if rule.rounding:
        table["rounding"] = rounding_table(rule.rounding)
    _put(table, "input", [_fields(spec) for spec in rule.inputs])
    return table


def rounding_table(rounding: Rounding) -> dict[str, Any]:
    """Return a rounding with both its words, also where they are the usual ones."""
    return {"mode": rounding.mode.value, "digits": rounding.digits}


def _indicators(nodes: Iterable[Indicator], parent: str) -> Iterator[dict[str, Any]]:
    """Yield the tree flat, parents first."""
    for node in nodes:
        table: dict[str, Any] = {"code": node.code}
        if parent:
            table["parent"] = parent
        table |= _fields(node, skip=("code", "level", "children", "rule"))
        if node.rule is not None:
            table["rule"] = rule_table(node.rule)
        yield table
        yield from _indicators(node.children, node.code)


def _parameters(
    declared: tuple[Parameter, ...], given: Mapping[str, Any], choices: list[str]
) -> dict[str, Any]:
    """Return a rule's parameters in the order in which its kind declares them."""
    known = {parameter.name: parameter for parameter in declared}
    table = {}
    for name in _ordered(given, list(known)):
        value, parameter = given[name], known.get(name)
        if parameter and parameter.type is ParameterType.OPTIONS:
            value = {
                code: _option(parameter, value[code], choices) for code in _ordered(value, choices)
            }
        elif isinstance(value, Mapping):
            value = {code: _ends_in_order(value[code]) for code in _ordered(value, choices)}
        elif isinstance(value, tuple | list):
            value = [_ends_in_order(item) for item in value]
        table[name] = value
    return table


def _option(parameter: Parameter, option: Mapping[str, Any], choices: list[str]) -> dict[str, Any]:
    """Return one rule inside another, its kind first."""
    declared = parameter.nested.get(option["kind"], ())
    inner = {name: value for name, value in option.items() if name != "kind"}
    return {"kind": option["kind"], **_parameters(declared, inner, choices)}


def _ends_in_order(item: Any) -> Any:
    """Return a band with its lower end before its upper end and its points last."""
    if not isinstance(item, Mapping):
        return item
    return {name: item[name] for name in _ordered(item, [*BAND_ENDS, "points"])}


def _phrases(scheme: Scheme) -> dict[str, str]:
    """Return the phrases in the order in which the outline uses them, then the others."""
    blocks = [block for section in scheme.outline for block in section.content]
    used = [block.removeprefix("phrase.") for block in blocks]
    return {code: scheme.phrases[code] for code in _ordered(scheme.phrases, used)}


def _ordered(table: Mapping[str, Any], wanted: list[str]) -> list[str]:
    """Return the keys of ``table`` in the order of ``wanted``, those it lacks behind by name.

    A database may hand a table of codes back in another order than it was given.
    """
    places = {key: place for place, key in reversed(list(enumerate(wanted)))}
    return sorted(table, key=lambda key: (places.get(key, len(wanted)), key))


def _fields(value: Any, skip: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the fields of a frozen value that are not at their default, as plain data."""
    return {
        spec.name: _plain(getattr(value, spec.name))
        for spec in fields(value)
        if spec.name not in skip and not is_default(spec, getattr(value, spec.name))
    }


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, str | int | Decimal):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in sorted(value)}
    return _fields(value)


def _put(table: dict[str, Any], key: str, value: Any) -> None:
    """Set ``key`` unless there is nothing to say."""
    if value:
        table[key] = value
