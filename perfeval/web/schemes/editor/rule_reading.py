"""The rule that a checked rule form says; what it leaves open is left out, as a draft may."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from perfeval.scoring.quantity import Rounding, RoundingMode
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.rules.parameters import ANSWER_PREFIX, Parameter, ParameterType
from perfeval.scoring.scheme.checks import RESERVED_INPUTS
from perfeval.scoring.scheme.tree import Choice, InputKind, InputSpec, Rule, WhenNotApplicable
from perfeval.web.schemes.editor.rule_flat import ASKED, CHOSEN, NUMBER, ORDER, ROOT, count_of
from perfeval.web.schemes.editor.rule_form import RuleForm

_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_QUESTIONS = {
    ParameterType.YES_NO: InputKind.YES_NO,
    ParameterType.CHOICE: InputKind.CHOICE,
    ParameterType.MULTIPLE: InputKind.MULTIPLE,
}
_TABLES = frozenset({ParameterType.POINTS_TABLE, ParameterType.LEVELS, ParameterType.OPTIONS})


def read_rule_form(form: RuleForm) -> Rule | None:
    """Return the rule of a valid form, None while no kind is chosen."""
    if not form.kind:
        return None
    reader = _Reader(form.cleaned_data, form.name)
    kind, typed = RULES[form.kind], form.cleaned_data
    parameters = reader.parameters(kind.parameters, ROOT)
    applies = (
        reader.ask(f"{ROOT}-applies", InputKind.YES_NO) if typed.get(f"{ROOT}-has_applies") else ""
    )
    override = (
        reader.ask(f"{ROOT}-override", InputKind.NUMBER)
        if typed.get(f"{ROOT}-has_override")
        else ""
    )
    mode = typed.get(f"{ROOT}-rounding")
    when = typed.get(f"{ROOT}-when_not_applicable")
    return Rule(
        kind=form.kind,
        parameters=parameters,
        inputs=reader.in_order(applies),
        deduction_allowed=kind.needs_deduction or bool(typed.get(f"{ROOT}-deduction_allowed")),
        loss_phrase=typed.get(f"{ROOT}-loss_phrase") or "",
        applies=applies,
        when_not_applicable=WhenNotApplicable(when) if applies and when else WhenNotApplicable.FULL,
        override=override,
        rounding=Rounding(RoundingMode(mode), int(typed.get(f"{ROOT}-rounding_digits") or 0))
        if mode
        else None,
        more_is_better=bool(typed.get(f"{ROOT}-more_is_better")),
    )


@dataclass(slots=True)
class _Reader:
    """Collects the inputs on the way; ``usual`` is the question where none was written."""

    typed: Mapping[str, Any]
    usual: str
    inputs: list[InputSpec] = field(default_factory=list)

    def parameters(self, declared: tuple[Parameter, ...], path: str) -> dict[str, object]:
        found: dict[str, object] = {}
        choices: tuple[Choice, ...] = ()
        table = next((one for one in declared if one.type in _TABLES), None)
        if table:
            choices = self._choices(f"{path}-{table.name}")
        for parameter in declared:
            value = self._value(parameter, f"{path}-{parameter.name}", choices)
            is_default = parameter.type in CHOSEN and value == parameter.default
            if value is not None and not is_default:
                found[parameter.name] = value
        return found

    def ask(self, where: str, kind: InputKind, choices: tuple[Choice, ...] = ()) -> str:
        """Return the reference to a question, which is noted among the inputs."""
        name = self.typed.get(f"{where}-name") or ""
        if not _CODE.fullmatch(name):
            name = where.rpartition("-")[2]
        taken = {spec.name for spec in self.inputs} | RESERVED_INPUTS
        stem, number = name[:56], 2
        while name in taken:
            name, number = f"{stem}_{number}", number + 1
        self.inputs.append(
            InputSpec(
                name=name,
                label=self.typed.get(f"{where}-label") or self.usual,
                kind=kind,
                unit=self.typed.get(f"{where}-unit") or "",
                hint=self.typed.get(f"{where}-hint") or "",
                choices=choices,
            )
        )
        return f"{ANSWER_PREFIX}.{name}"

    def in_order(self, applies: str) -> tuple[InputSpec, ...]:
        """Return the inputs as they stood before; whether it applies is a new rule's first."""
        stood = (self.typed.get(ORDER) or "").split(",")
        places = {name: place for place, name in enumerate(stood) if name}
        first = applies.partition(".")[2]
        places.setdefault(first, -1)
        return tuple(sorted(self.inputs, key=lambda one: places.get(one.name, len(stood))))

    def _value(self, parameter: Parameter, where: str, choices: tuple[Choice, ...]) -> object:
        match parameter.type:
            case ParameterType.VALUE:
                return self._source(where)
            case ParameterType.YES_NO | ParameterType.CHOICE | ParameterType.MULTIPLE:
                kind = _QUESTIONS[parameter.type]
                return self.ask(where, kind, choices if kind is not InputKind.YES_NO else ())
            case ParameterType.POINTS_TABLE:
                return self._points(where)
            case ParameterType.LEVELS:
                return {
                    row["code"]: _band(row) for row in self._rows(where) if row["label"]
                } or None
            case ParameterType.BANDS:
                bands = [_band(row) for row in self._rows(where)]
                return tuple(band for band in bands if band) or None
            case ParameterType.OPTIONS:
                return self._options(parameter, where)
            case ParameterType.VALUES:
                return self._figures(where)
            case ParameterType.CODES:
                return tuple(self.typed.get(where) or ()) or None
            case ParameterType.FLAG:
                return bool(self.typed.get(where))
        return self.typed.get(where) or None if parameter.type in _TEXTS else self.typed.get(where)

    def _source(self, where: str) -> object:
        origin = self.typed.get(f"{where}-from") or ""
        if origin == NUMBER:
            return self.typed.get(f"{where}-number")
        if origin == ASKED:
            kind = self.typed.get(f"{where}-kind") or InputKind.COUNT.value
            return self.ask(where, InputKind(kind))
        return origin or None

    def _rows(self, where: str) -> list[dict[str, Any]]:
        """Return the rows of a table, each with the code that it has or gets."""
        rows = []
        taken = {self.typed.get(f"{where}-{n}-code") for n in range(count_of(self.typed, where, 0))}
        for n in range(count_of(self.typed, where, 0)):
            start = f"{where}-{n}-"
            row = {
                name[len(start) :]: held
                for name, held in self.typed.items()
                if name.startswith(start)
            }
            if "code" in row and not _CODE.fullmatch(row["code"] or ""):
                row["code"] = next(
                    code for k in range(1, 99) if (code := f"option_{k}") not in taken
                )
                taken.add(row["code"])
            rows.append(row | {"path": f"{where}-{n}"})
        return rows

    def _choices(self, where: str) -> tuple[Choice, ...]:
        self.typed = {**self.typed, **self._codes(where)}
        return tuple(Choice(row["code"], row["label"]) for row in self._rows(where) if row["label"])

    def _codes(self, where: str) -> dict[str, str]:
        """Return the codes of all rows of a table, so that they are given once."""
        return {f"{row['path']}-code": row["code"] for row in self._rows(where)}

    def _points(self, where: str) -> object:
        table = {
            row["code"]: row["points"]
            for row in self._rows(where)
            if row["label"] and row["points"] is not None
        }
        return table or None

    def _options(self, parameter: Parameter, where: str) -> object:
        table = {
            row["code"]: {
                "kind": row["kind"],
                **self.parameters(parameter.nested[row["kind"]], row["path"]),
            }
            for row in self._rows(where)
            if row["label"] and row["kind"] in parameter.nested
        }
        return table or None

    def _figures(self, where: str) -> object:
        table = {
            row["figure"]: self._source(f"{row['path']}-value")
            for row in self._rows(where)
            if row["figure"]
        }
        return {name: value for name, value in table.items() if value is not None} or None


_TEXTS = frozenset({ParameterType.FORMULA, ParameterType.WORD})


def _band(row: Mapping[str, Any]) -> dict[str, object]:
    """Return a row as a band, empty when nothing is typed in it."""
    band: dict[str, object] = {}
    if row["low"] is not None:
        band[row["low_end"] or "at_least"] = row["low"]
    if row["high"] is not None:
        band[row["high_end"] or "below"] = row["high"]
    if row.get("points") is not None:
        band["points"] = row["points"]
    return band
