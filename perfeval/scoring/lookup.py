"""Looks up what a rule's references name: amounts of the report, inputs of the own answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from perfeval.scoring.figures import BY_HAND, Answer, Figures, InputValue
from perfeval.scoring.quantity import exact, format_wan, plain
from perfeval.scoring.result import Problem, Severity, UsedInput
from perfeval.scoring.rules.context import Chosen, Option, Value
from perfeval.scoring.rules.kinds import RULES, RuleKind
from perfeval.scoring.rules.parameters import (
    ANSWER_PREFIX,
    REFERENCE_TYPES,
    Parameter,
    ParameterType,
    with_defaults,
)
from perfeval.scoring.scheme.tree import Indicator, InputKind, InputSpec, Scheme

#: Input kinds that a numeric parameter may name.
NUMERIC_INPUTS = frozenset({InputKind.COUNT, InputKind.NUMBER, InputKind.AMOUNT, InputKind.PERCENT})
#: Which input kinds each type of reference may name.
INPUTS_OF: Mapping[ParameterType, frozenset[InputKind]] = {
    ParameterType.VALUE: NUMERIC_INPUTS,
    ParameterType.YES_NO: frozenset({InputKind.YES_NO}),
    ParameterType.CHOICE: frozenset({InputKind.CHOICE}),
    ParameterType.MULTIPLE: frozenset({InputKind.MULTIPLE}),
}
#: The parameter that says which of a rule's options was chosen.
CHOSEN = "chosen"
#: Units that an input kind brings along where its specification names none.
UNITS: Mapping[InputKind, str] = {InputKind.AMOUNT: "万元", InputKind.PERCENT: "%"}


@dataclass(slots=True)
class Resolved:
    """The values of one rule's parameters, what was read for them, and what stood in the way."""

    parameters: dict[str, object]
    used: list[UsedInput] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def resolve(
    kind: RuleKind,
    parameters: Mapping[str, object],
    indicator: Indicator,
    scheme: Scheme,
    figures: Figures,
) -> Resolved:
    """Return the parameters with every reference replaced by the value that it names.

    A value that is missing or wrong is a Problem at the indicator.
    """
    resolved = Resolved({})
    resolved.parameters = _table(
        kind.parameters, parameters, _Sources(indicator, scheme, figures), resolved
    )
    return resolved


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where the values of one leaf come from."""

    indicator: Indicator
    scheme: Scheme
    figures: Figures

    @property
    def place(self) -> str:
        return f"indicator:{self.indicator.code}"

    def spec(self, name: str) -> InputSpec | None:
        """Return the input named ``name``, None when the rule asks for no such one."""
        inputs = self.indicator.rule.inputs if self.indicator.rule else ()
        return next((spec for spec in inputs if spec.name == name), None)


def _table(
    declared: tuple[Parameter, ...],
    parameters: Mapping[str, object],
    sources: _Sources,
    resolved: Resolved,
) -> dict[str, object]:
    """Return the parameters with values for references; of options only the chosen one is read."""
    found = with_defaults(declared, parameters)
    for parameter in declared:
        held = parameters.get(parameter.name)
        if parameter.type in REFERENCE_TYPES and isinstance(held, str):
            found[parameter.name] = _read(parameter.type, held, sources, resolved)
        elif parameter.type is ParameterType.OPTIONS and isinstance(held, Mapping):
            chosen = found[CHOSEN]
            if isinstance(chosen, Chosen):
                found[parameter.name] = _option(parameter, held, chosen, sources, resolved)
        elif parameter.type is ParameterType.VALUES and isinstance(held, Mapping):
            found[parameter.name] = {
                name: _read(ParameterType.VALUE, item, sources, resolved)
                if isinstance(item, str)
                else Value.of(item)
                for name, item in held.items()
            }
    return found


def _option(
    parameter: Parameter,
    options: Mapping[str, Mapping[str, object]],
    chosen: Chosen,
    sources: _Sources,
    resolved: Resolved,
) -> Option | None:
    table = options.get(chosen.code)
    if table is None:
        told = {"option": chosen.label}
        resolved.problems.append(
            Problem("option_without_rule", Severity.ERROR, sources.place, told)
        )
        return None
    kind = str(table["kind"])
    given = {name: item for name, item in table.items() if name != "kind"}
    inner = _table(parameter.nested[kind], given, sources, resolved)
    return Option(chosen.label, RULES[kind].function, inner)


def _read(expected: ParameterType, reference: str, sources: _Sources, resolved: Resolved) -> object:
    """Return the value that a reference names, None with a problem noted when there is none."""
    owner, _, name = reference.partition(".")
    if owner != ANSWER_PREFIX:
        return _amount(reference, sources.scheme, sources.figures, resolved, sources.place)
    spec = sources.spec(name)
    if spec is None or spec.kind not in INPUTS_OF[expected]:
        told = {"reference": reference}
        resolved.problems.append(Problem("unknown_reference", Severity.ERROR, sources.place, told))
        return None
    answer = sources.figures.answers.get(sources.indicator.code, Answer())
    return _input(spec, answer.inputs.get(name), resolved, sources.place)


def read_own(
    reference: str, indicator: Indicator, scheme: Scheme, figures: Figures, resolved: Resolved
) -> object:
    """Return the value of a reference of the rule itself (``applies``, ``override``).

    None with a problem in ``resolved`` when it is missing or wrong.
    """
    is_flag = indicator.rule is not None and reference == indicator.rule.applies
    expected = ParameterType.YES_NO if is_flag else ParameterType.VALUE
    return _read(expected, reference, _Sources(indicator, scheme, figures), resolved)


def unknown_inputs(indicator: Indicator, answer: Answer, place: str) -> list[Problem]:
    """Return a problem for each input that the indicator does not ask for."""
    asked = {spec.name for spec in indicator.rule.inputs} if indicator.rule else set()
    return [
        Problem("unknown_input", Severity.ERROR, place, {"input": name})
        for name in sorted(set(answer.inputs) - asked - {BY_HAND})
    ]


def _amount(
    reference: str, scheme: Scheme, figures: Figures, resolved: Resolved, place: str
) -> Value | None:
    amount = figures.amounts.get(reference)
    label = scheme.amount_label(reference)
    if amount is None:
        told = {"reference": reference, "label": label}
        code = "amount_needed" if label else "unknown_reference"
        severity = Severity.MISSING if label else Severity.ERROR
        resolved.problems.append(Problem(code, severity, place, told))
        return None
    text = format_wan(amount)
    resolved.used.append(UsedInput(reference, label, text, UNITS[InputKind.AMOUNT]))
    return Value(exact(amount), text)


def _input(
    spec: InputSpec, given: InputValue | None, resolved: Resolved, place: str
) -> Value | Chosen | bool | tuple[str, ...] | None:
    told = {"input": spec.name, "label": spec.label}
    if given is None:
        resolved.problems.append(Problem("input_missing", Severity.MISSING, place, told))
        return None
    wrong = wrong_input(spec, given)
    if wrong:
        resolved.problems.append(Problem(wrong, Severity.ERROR, place, told))
        return None
    reference = f"{ANSWER_PREFIX}.{spec.name}"
    unit = spec.unit or UNITS.get(spec.kind, "")
    resolved.used.append(UsedInput(reference, spec.label, _text(spec, given), unit))
    if isinstance(given, Decimal):
        return Value(exact(given), _text(spec, given))
    if isinstance(given, str):
        return Chosen(given, _text(spec, given))
    return given if isinstance(given, bool | tuple) else None


def wrong_input(spec: InputSpec, given: InputValue) -> str:
    """Return the code of what is wrong with a given input, empty when nothing is."""
    codes = {choice.code for choice in spec.choices}
    match spec.kind:
        case InputKind.YES_NO:
            return "" if isinstance(given, bool) else "input_wrong_type"
        case InputKind.MULTIPLE:
            if not isinstance(given, tuple):
                return "input_wrong_type"
            return "" if set(given) <= codes else "input_unknown_choice"
        case InputKind.CHOICE:
            if not isinstance(given, str):
                return "input_wrong_type"
            return "" if given in codes else "input_unknown_choice"
    if not isinstance(given, Decimal):
        return "input_wrong_type"
    if given < 0 and not spec.may_be_negative:
        return "input_negative"
    is_broken = spec.kind is InputKind.COUNT and given != given.to_integral_value()
    return "input_not_whole" if is_broken else ""


def _text(spec: InputSpec, given: InputValue) -> str:
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, Decimal):
        return format_wan(given) if spec.kind is InputKind.AMOUNT else plain(given)
    labels = {choice.code: choice.label for choice in spec.choices}
    if isinstance(given, tuple):
        return "、".join(labels[code] for code in labels if code in given)
    return labels[given]
