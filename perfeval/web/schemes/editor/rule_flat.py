"""A rule as the flat names and texts of its form, and what changing its kind or rows does to them.

Each parameter stands under ``rule-<name>``; what belongs to a row under ``rule-<name>-<row>-…``, with
the count of rows under ``rule-<name>-rows``. A parameter that names a value holds where it comes from
under ``…-from`` and, when the department is asked, the words of the question beside it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.rules.parameters import (
    ANSWER_PREFIX,
    REFERENCE_TYPES,
    Parameter,
    ParameterType,
    with_defaults,
)
from perfeval.scoring.scheme.tree import InputKind, InputSpec, Rule

ROOT = "rule"
#: Where a value comes from, beside the references of the budget table and shared inputs.
NUMBER, ASKED = "number", "asked"
#: Parameters of the same family take over what was typed when the kind changes.
_QUESTIONS = frozenset({ParameterType.YES_NO, ParameterType.CHOICE, ParameterType.MULTIPLE})
_LABELLED_ROWS = frozenset(
    {ParameterType.POINTS_TABLE, ParameterType.LEVELS, ParameterType.OPTIONS}
)
#: Rows that an empty table starts with.
FIRST_ROWS = {
    ParameterType.POINTS_TABLE: 3,
    ParameterType.LEVELS: 3,
    ParameterType.OPTIONS: 2,
    ParameterType.BANDS: 3,
    ParameterType.VALUES: 2,
}
MOST_ROWS = 40
#: Types that are never left open on the page, so that their default is not written into the rule.
CHOSEN = frozenset({ParameterType.FLAG, ParameterType.WORD})
#: The names of the stored inputs in their order, which the page keeps.
ORDER = f"{ROOT}-order"

Flat = dict[str, Any]


def flat_rule(rule: Rule | None) -> Flat:
    """Return the form's texts for a stored rule; only the empty kind for none."""
    if rule is None:
        return {f"{ROOT}-kind": "", f"{ROOT}-shown": ""}
    writer = _Writer({spec.name: spec for spec in rule.inputs})
    flat = writer.flat
    flat[f"{ROOT}-kind"] = flat[f"{ROOT}-shown"] = rule.kind
    flat[ORDER] = ",".join(writer.inputs)
    writer.parameters(ROOT, RULES[rule.kind].parameters, rule.parameters)
    flat[f"{ROOT}-deduction_allowed"] = rule.deduction_allowed
    flat[f"{ROOT}-loss_phrase"] = rule.loss_phrase
    flat[f"{ROOT}-more_is_better"] = rule.more_is_better
    flat[f"{ROOT}-when_not_applicable"] = rule.when_not_applicable.value
    flat[f"{ROOT}-has_applies"] = bool(rule.applies)
    writer.source(f"{ROOT}-applies", rule.applies or None)
    flat[f"{ROOT}-has_override"] = bool(rule.override)
    writer.source(f"{ROOT}-override", rule.override or None)
    if rule.rounding:
        flat[f"{ROOT}-rounding"] = rule.rounding.mode.value
        flat[f"{ROOT}-rounding_digits"] = str(rule.rounding.digits)
    return flat


def flat_data(data: QueryDict) -> Flat:
    """Return what was typed into the rule form."""
    return {
        name: data.getlist(name) if name.endswith("-categories") else data.get(name)
        for name in data
        if name.startswith(f"{ROOT}-")
    }


def refitted(flat: Flat, row: str) -> Flat:
    """Return the texts after the kind was changed and a row was added or removed.

    What fits the new kind is kept: first what has the same name, then values and questions by their
    order, tables by their labels. ``row``: ``add:<table>``, ``remove:<table>:<number>`` or empty.
    """
    action, _colon, where = row.partition(":")
    if action == "add":
        name = f"{where}-rows"
        flat = flat | {name: str(min(count_of(flat, where, 0) + 1, MOST_ROWS))}
    elif action == "remove":
        table, _colon, number = where.rpartition(":")
        if number.isdigit():
            flat = _without_row(flat, table, int(number))
    flat = _with_kind(flat, ROOT, {code: kind.parameters for code, kind in RULES.items()})
    options = _nested()
    for n in range(count_of(flat, f"{ROOT}-options", 0)):
        flat = _with_kind(flat, f"{ROOT}-options-{n}", options)
    return flat


def count_of(flat: Mapping[str, Any], table: str, default: int) -> int:
    """Return how many rows a table of the form has."""
    text = str(flat.get(f"{table}-rows") or "")
    return min(int(text), MOST_ROWS) if re.fullmatch(r"[0-9]{1,4}", text) else default


def _nested() -> Mapping[str, tuple[Parameter, ...]]:
    (options,) = (one for one in RULES["one_of"].parameters if one.name == "options")
    return options.nested


@dataclass(slots=True)
class _Writer:
    """Puts a rule into flat texts; ``asked`` holds the inputs that have their question already."""

    inputs: Mapping[str, InputSpec]
    flat: Flat = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def parameters(
        self, path: str, declared: tuple[Parameter, ...], held: Mapping[str, Any]
    ) -> None:
        """Put the parameters of one kind below ``path``."""
        defaults = with_defaults(declared, held)
        choices: list[tuple[str, str]] = []
        for parameter in declared:
            where, value = f"{path}-{parameter.name}", held.get(parameter.name)
            if parameter.type in REFERENCE_TYPES:
                spec = self.source(where, value)
                if spec and spec.choices:
                    choices = [(choice.code, choice.label) for choice in spec.choices]
            elif parameter.type in _LABELLED_ROWS:
                self._labelled(where, parameter, value or {}, choices)
            elif parameter.type is ParameterType.BANDS:
                self._rows(where, [_ends(band) for band in value or ()])
            elif parameter.type is ParameterType.VALUES:
                self._rows(where, [{"figure": name} for name in value or {}])
                for n, name in enumerate(value or {}):
                    self.source(f"{where}-{n}-value", (value or {})[name])
            elif parameter.type is ParameterType.CODES:
                self.flat[where] = list(value or ())
            elif parameter.type in CHOSEN:
                self.flat[where] = defaults[parameter.name]
            else:
                self.flat[where] = value

    def source(self, where: str, held: Any) -> InputSpec | None:
        """Put where a value comes from; return the input when this is the one that asks for it."""
        owner, _dot, name = held.partition(".") if isinstance(held, str) else ("", "", "")
        if held is None:
            self.flat[f"{where}-from"] = ""
        elif not owner:
            self.flat |= {f"{where}-from": NUMBER, f"{where}-number": held}
        elif owner == ANSWER_PREFIX and name in self.inputs and name not in self.asked:
            self.asked.add(name)
            spec = self.inputs[name]
            self.flat |= {
                f"{where}-from": ASKED,
                f"{where}-name": name,
                f"{where}-label": spec.label,
                f"{where}-kind": spec.kind.value,
                f"{where}-unit": spec.unit,
                f"{where}-hint": spec.hint,
            }
            return spec
        else:
            self.flat[f"{where}-from"] = held
        return None

    def _labelled(
        self,
        where: str,
        parameter: Parameter,
        table: Mapping[str, Any],
        choices: list[tuple[str, str]],
    ) -> None:
        """Put the rows of a table by code: in the order of the choices, others behind."""
        labels = dict(choices)
        codes = [*labels, *(code for code in table if code not in labels)]
        rows = []
        for code in codes:
            row: Flat = {"code": code, "label": labels.get(code, "")}
            held = table.get(code)
            if parameter.type is ParameterType.POINTS_TABLE:
                row["points"] = held
            elif parameter.type is ParameterType.LEVELS:
                row |= _ends(held or {})
            elif held:
                row |= {"kind": held["kind"], "shown": held["kind"]}
            rows.append(row)
        self._rows(where, rows)
        if parameter.type is ParameterType.OPTIONS:
            for n, code in enumerate(codes):
                if code in table:
                    declared = parameter.nested[table[code]["kind"]]
                    self.parameters(f"{where}-{n}", declared, table[code])

    def _rows(self, where: str, rows: list[Flat]) -> None:
        self.flat[f"{where}-rows"] = str(len(rows))
        for n, row in enumerate(rows):
            self.flat |= {f"{where}-{n}-{name}": value for name, value in row.items()}


def _ends(band: Mapping[str, Any]) -> Flat:
    """Return a band as its row: both ends, whether they belong to it, and its points if any."""
    row: Flat = {"low": band.get("at_least", band.get("above")), "low_end": "above"}
    row |= {"high": band.get("at_most", band.get("below")), "high_end": "below"}
    if "at_least" in band or row["low"] is None:
        row["low_end"] = "at_least"
    if "at_most" in band:
        row["high_end"] = "at_most"
    if "points" in band:
        row["points"] = band["points"]
    return row


def _with_kind(flat: Flat, path: str, kinds: Mapping[str, tuple[Parameter, ...]]) -> Flat:
    """Return the texts below ``path`` refitted to the kind that is chosen there now."""
    new, old = str(flat.get(f"{path}-kind") or ""), str(flat.get(f"{path}-shown") or "")
    if new == old or (new and new not in kinds):
        return flat
    before, after = kinds.get(old, ()), kinds.get(new, ())
    moves = dict(_moves(before, after))
    kept: Flat = {}
    for name, value in flat.items():
        owner = _owner(name, path, before)
        if owner is None:
            kept[name] = value
        elif owner in moves:
            kept[f"{path}-{moves[owner]}" + name[len(f"{path}-{owner}") :]] = value
    for parameter in after:
        # A question of another sort is asked under a name of its own.
        if parameter.type in _QUESTIONS:
            kept.pop(f"{path}-{parameter.name}-kind", None)
    kept[f"{path}-shown"] = new
    return kept


def _moves(
    before: tuple[Parameter, ...], after: tuple[Parameter, ...]
) -> Iterator[tuple[str, str]]:
    """Yield which parameter of the old kind is taken over by which of the new one."""
    left = {parameter.name: _family(parameter) for parameter in before}
    wanted = []
    for parameter in after:
        if left.get(parameter.name) == _family(parameter):
            del left[parameter.name]
            yield parameter.name, parameter.name
        else:
            wanted.append(parameter)
    for parameter in wanted:
        family = _family(parameter)
        found = next((name for name, one in left.items() if one == family), None)
        if found and family in ("value", "question", "rows", "bands"):
            del left[found]
            yield found, parameter.name


def _family(parameter: Parameter) -> str:
    if parameter.type is ParameterType.VALUE:
        return "value"
    if parameter.type in _QUESTIONS:
        return "question"
    if parameter.type in _LABELLED_ROWS:
        return "rows"
    return parameter.type.value


def _owner(name: str, path: str, declared: tuple[Parameter, ...]) -> str | None:
    """Return the parameter to which a text belongs, None when it is of none of them."""
    for parameter in declared:
        where = f"{path}-{parameter.name}"
        if name == where or name.startswith(f"{where}-"):
            return parameter.name
    return None


def _without_row(flat: Flat, table: str, number: int) -> Flat:
    """Return the texts without one row of a table, those behind it renumbered."""
    count = count_of(flat, table, 0)
    if number >= count:
        return flat
    kept: Flat = {}
    pattern = re.compile(rf"{re.escape(table)}-([0-9]+)-")
    for name, value in flat.items():
        match = pattern.match(name)
        here = int(match[1]) if match else -1
        if here == number:
            continue
        if match and here > number:
            kept[f"{table}-{here - 1}-{name[match.end() :]}"] = value
        else:
            kept[name] = value
    kept[f"{table}-rows"] = str(count - 1)
    return kept


#: What the department can be asked for when a number is wanted.
NUMBER_KINDS = (InputKind.COUNT, InputKind.AMOUNT, InputKind.PERCENT, InputKind.NUMBER)
