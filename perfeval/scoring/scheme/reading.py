"""Reads schemes and figures from TOML text; everything wrong in a text is told at once.

Numbers are read as exact decimals, never as floats. Indicators stand flat, in the order of the
paper, each naming its ``parent``; the rule stands in ``[indicator.rule]`` with its parameters
beside ``kind``, ``input``, ``deduction_allowed`` and ``loss_phrase``.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import Any

from perfeval.scoring.canonical import read_rule
from perfeval.scoring.codec import INVALID, Decoder, FormatError, FormatProblem, joined, shown
from perfeval.scoring.figures import Answer, Figures, Goal, KeyTask, OwnIndicator
from perfeval.scoring.lookup import wrong_input
from perfeval.scoring.own_part import with_own_part
from perfeval.scoring.scheme.checks import MAX_LEVEL, RESERVED_INPUTS, check_scheme
from perfeval.scoring.scheme.tree import Indicator, Rule, Scheme

#: A list in the TOML text is named in the singular, one table each.
PLURALS = {
    "grade_band": "grade_bands",
    "figure_column": "figure_columns",
    "figure_line": "figure_lines",
    "breakdown": "breakdowns",
    "rate": "rates",
    "total_cap": "total_caps",
    "goal_category": "goal_categories",
    "slot": "slots",
}
#: Keys of ``[indicator.rule]`` that are not parameters of the rule kind.
RULE_KEYS = (
    "kind",
    "deduction_allowed",
    "loss_phrase",
    "applies",
    "when_not_applicable",
    "override",
    "rounding",
    "more_is_better",
)


class SchemeProblems(FormatError):
    """A scheme text that cannot be used; ``problems`` holds everything that is wrong with it."""


class FiguresProblems(FormatError):
    """A figures text that cannot be used; ``problems`` holds everything that is wrong with it."""


def read_scheme(text: str) -> Scheme:
    """Return the scheme that the TOML ``text`` describes.

    Raises: SchemeProblems with every problem of form, or, when the form is right, of meaning.
    """
    scheme = _read(text, Decoder(hooks={Rule: read_rule}))
    problems = check_scheme(scheme)
    if problems:
        raise SchemeProblems(problems)
    return scheme


def read_draft(text: str) -> Scheme:
    """Return the scheme that the TOML ``text`` describes, however unfinished its meaning is.

    Weights need not add up, leaves may lack a rule or a standard, rules may lack parameters;
    ``scheme_checks.check_scheme`` names all of that, and a draft with findings cannot be issued.
    Raises: SchemeProblems with every problem of form.
    """
    return _read(text, Decoder(hooks={Rule: read_rule}, allows_gaps=True))


def read_fields(text: str, names: Collection[str]) -> dict[str, Any]:
    """Return those fields of a scheme that the TOML ``text`` states, of ``names`` alone.

    Raises: SchemeProblems with every problem of form, keys of other fields included.
    """
    decoder = Decoder()
    table = _parse(text, decoder)
    for singular, plural in PLURALS.items():
        if plural in table:
            decoder.refuse(plural, "unknown_key")
        if singular in table:
            table[plural] = table.pop(singular)
    others = tuple(spec.name for spec in fields(Scheme) if spec.name not in names)
    values = decoder.fields_of(Scheme, table, "", skip=others)
    for name in others:
        if name in table:
            decoder.refuse(name, "unknown_key")
    if values is None or decoder.problems:
        raise SchemeProblems(tuple(_singular(problem) for problem in decoder.problems))
    return values


def read_figures(text: str, scheme: Scheme) -> Figures:
    """Return the figures that the TOML ``text`` states for a report under ``scheme``.

    Raises: FiguresProblems with every problem, also names that the scheme does not know.
    """
    decoder = Decoder()
    data = _parse(text, decoder)
    for key in data:
        if key not in ("amounts", "goal", "key_task", "answer", "own"):
            decoder.refuse(shown(key), "unknown_key")
    amounts = _amounts(data.get("amounts", {}), scheme, decoder)
    goals = decoder.value(tuple[Goal, ...], data.get("goal", []), "goal")
    tasks = decoder.value(tuple[KeyTask, ...], data.get("key_task", []), "key_task")
    own_part = decoder.value(tuple[OwnIndicator, ...], data.get("own", []), "own")
    if own_part is not INVALID:
        scheme = with_own_part(scheme, own_part)
    answers = _answers(data.get("answer", {}), scheme, decoder)
    if decoder.problems:
        raise FiguresProblems(tuple(decoder.problems))
    return Figures(
        amounts=amounts, goals=goals, key_tasks=tasks, answers=answers, own_part=own_part
    )


def _read(text: str, decoder: Decoder) -> Scheme:
    """Return the scheme of ``text`` when its form is right, whatever it means."""
    scheme = _scheme(_parse(text, decoder), decoder)
    if scheme is None or decoder.problems:
        raise SchemeProblems(tuple(_singular(problem) for problem in decoder.problems))
    return scheme


def _parse(text: str, decoder: Decoder) -> dict[str, Any]:
    """Return the parsed TOML, empty with a problem noted when it is none."""
    try:
        return tomllib.loads(text, parse_float=_exact_decimal)
    except (ValueError, RecursionError) as error:
        decoder.refuse("", "not_toml", detail=shown(str(error)))
        return {}


def _exact_decimal(text: str) -> Decimal:
    """Return the number that ``text`` states; one beyond all limits becomes NaN, refused later."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def _singular(problem: FormatProblem) -> FormatProblem:
    """Return the problem with the key's name as the text has it."""
    for singular, plural in PLURALS.items():
        if re.match(rf"{plural}\b", problem.path):
            path = singular + problem.path[len(plural) :]
            return FormatProblem(path, problem.code, problem.parameters)
    return problem


def _scheme(data: dict[str, Any], decoder: Decoder) -> Scheme | None:
    if decoder.problems:
        return None
    table = {key: item for key, item in data.items() if key not in PLURALS.values()}
    for plural in PLURALS.values():
        if plural in data:
            decoder.refuse(plural, "unknown_key")
    for singular, plural in PLURALS.items():
        if singular in table:
            table[plural] = table.pop(singular)
    indicators = _indicators(table.pop("indicator", []), decoder)
    values = decoder.fields_of(Scheme, table, "", skip=("indicators",))
    if "indicators" in table:
        decoder.refuse("indicators", "unknown_key")
    return None if values is None else Scheme(indicators=indicators, **values)


def _indicators(tables: object, decoder: Decoder) -> tuple[Indicator, ...]:
    """Return the tree that the flat tables describe, as far as they can be read."""
    if not isinstance(tables, list):
        decoder.refuse("indicator", "wrong_type", expected="a list", found=shown(tables))
        return ()
    children: dict[str, list[dict[str, Any]]] = {"": []}
    levels: dict[str, int] = {"": 0}
    for n, table in enumerate(tables):
        fields = _indicator_fields(table, n, decoder)
        if fields is None:
            continue
        parent, path = fields.pop("parent"), fields.pop("path")
        if parent not in levels:
            decoder.refuse(joined(path, "parent"), "unknown_parent", parent=parent)
            continue
        if fields["code"] in levels:
            decoder.refuse(path, "duplicate_code", count="2")
            continue
        fields["level"] = levels[fields["code"]] = levels[parent] + 1
        if fields["level"] > MAX_LEVEL:
            decoder.refuse(path, "too_deep", most=str(MAX_LEVEL))
            continue
        children.setdefault(parent, []).append(fields)
    return _grown("", children)


def _grown(parent: str, children: dict[str, list[dict[str, Any]]]) -> tuple[Indicator, ...]:
    return tuple(
        Indicator(children=_grown(fields["code"], children), **fields)
        for fields in children.get(parent, [])
    )


def _indicator_fields(table: object, position: int, decoder: Decoder) -> dict[str, Any] | None:
    named = table.get("code") if isinstance(table, Mapping) else None
    path = f"indicator[{shown(named) if isinstance(named, str) and named else position}]"
    own = ("children", "level", "rule")
    fields = decoder.fields_of(Indicator, table, path, skip=(*own, "parent"))
    if not isinstance(table, Mapping):
        return None
    for key in ("children", "level"):
        if key in table:
            decoder.refuse(joined(path, key), "unknown_key")
    rule = _rule(table["rule"], joined(path, "rule"), decoder) if "rule" in table else None
    parent = decoder.text(table.get("parent", ""), joined(path, "parent"))
    if fields is None or rule is INVALID or parent is INVALID:
        return None
    return fields | {"rule": rule, "parent": parent, "path": path}


def _rule(table: object, path: str, decoder: Decoder) -> Any:
    """Return ``[indicator.rule]`` as a Rule: what is not a key of its own is a parameter."""
    if not isinstance(table, Mapping):
        return decoder.refuse(path, "wrong_type", expected="a table", found=shown(table))
    data: dict[str, Any] = {key: table[key] for key in RULE_KEYS if key in table}
    if "input" in table:
        data["inputs"] = table["input"]
    data["parameters"] = {
        key: item for key, item in table.items() if key not in (*RULE_KEYS, "input")
    }
    before = len(decoder.problems)
    rule = read_rule(decoder, data, path)
    decoder.problems[before:] = [
        FormatProblem(_as_written(problem.path, path), problem.code, problem.parameters)
        for problem in decoder.problems[before:]
    ]
    return rule


def _as_written(written: str, path: str) -> str:
    """Return the path of a rule's part as the text writes it: no ``parameters``, ``input``."""
    rest = written[len(path) :]
    return path + re.sub(r"^\.inputs\b", ".input", rest.removeprefix(".parameters"))


def _amounts(tables: object, scheme: Scheme, decoder: Decoder) -> dict[str, Decimal]:
    known = set(scheme.amount_references())
    amounts: dict[str, Decimal] = {}
    if not isinstance(tables, Mapping):
        decoder.refuse("amounts", "wrong_type", expected="a table", found=shown(tables))
        return amounts
    for line, columns in tables.items():
        path = joined("amounts", shown(line))
        if not isinstance(columns, Mapping):
            decoder.refuse(path, "wrong_type", expected="a table", found=shown(columns))
            continue
        for column, data in columns.items():
            where, reference = joined(path, shown(column)), f"{line}.{column}"
            number = decoder.number(data, where)
            if reference not in known:
                decoder.refuse(where, "unknown_reference", reference=shown(reference))
            elif isinstance(number, Decimal):
                amounts[reference] = number
    return amounts


def _answers(tables: object, scheme: Scheme, decoder: Decoder) -> dict[str, Answer]:
    leaves = {leaf.code: leaf for leaf in scheme.leaves()}
    answers: dict[str, Answer] = {}
    if not isinstance(tables, Mapping):
        decoder.refuse("answer", "wrong_type", expected="a table", found=shown(tables))
        return answers
    for code, table in tables.items():
        path = joined("answer", shown(code))
        if code not in leaves:
            decoder.refuse(path, "unknown_indicator")
        elif not isinstance(table, Mapping):
            decoder.refuse(path, "wrong_type", expected="a table", found=shown(table))
        else:
            answer = _answer(table, leaves[code], path, decoder)
            if answer is not None:
                answers[code] = answer
    return answers


def _answer(
    table: Mapping[str, Any], leaf: Indicator, path: str, decoder: Decoder
) -> Answer | None:
    """Return one answer: its inputs stand beside the deduction and its reason."""
    data: dict[str, Any] = {key: table[key] for key in RESERVED_INPUTS if key in table}
    data["inputs"] = {key: item for key, item in table.items() if key not in RESERVED_INPUTS}
    answer = decoder.record(Answer, data, path)
    if not isinstance(answer, Answer):
        return None
    specs = {spec.name: spec for spec in leaf.rule.inputs} if leaf.rule else {}
    for name, value in answer.inputs.items():
        where = joined(path, shown(name))
        if name not in specs:
            decoder.refuse(where, "unknown_input")
        elif wrong := wrong_input(specs[name], value):
            decoder.refuse(where, wrong, label=specs[name].label)
    return answer
