"""Whether two rules mean the same: the same points for whatever a department may answer.

A standard can often be held by more than one kind (bands, steps or a formula), and a reader may ask
for a rate where the corpus asks for a number. So rules are not compared by their tables but by the
points that they give, at their own limits and on a grid between.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import permutations, product
from typing import Any

from perfeval.scoring.rules.context import RuleContext, Value
from perfeval.scoring.rules.formula import FormulaError
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.rules.parameters import with_defaults
from tests.scoring.building import rule_of

#: What a rule of the corpus need not say: where each kind reads its figures.
REFERENCES: Mapping[str, Mapping[str, str]] = {
    "rate": {"numerator": "answer.part", "denominator": "answer.whole"},
    "ratio_up": {"actual": "answer.actual", "target": "answer.target"},
    "ratio_down": {"actual": "answer.actual", "target": "answer.target"},
    "bands": {"value": "answer.value"},
    "per_point": {"value": "answer.value"},
    "per_step": {"value": "answer.value"},
    "per_defect": {"count": "answer.count"},
    "deadline": {"late": "answer.late"},
    "yes_no": {"met": "answer.met"},
    "checklist": {"met": "answer.met"},
    "states": {"state": "answer.state"},
    "level": {"level": "answer.level", "percent": "answer.percent"},
    "imported": {"score": "answer.score"},
}
#: Parameters beside those that a kind declares.
AROUND = frozenset(
    {"kind", "input", "deduction_allowed", "loss_phrase", "applies", "when_not_applicable"}
)
FUNCTIONS = frozenset({"min", "max", "abs", "floor", "ceil", "if", "weight"})
GRID = tuple(Decimal(n) for n in (*range(131), 150, 200, 300, 1000))
COARSE = tuple(Decimal(n) for n in (0, 1, 4, 5, 10, 50, 79, 80, 90, 95, 99, 100, 101, 110, 130))
FEW = tuple(Decimal(n) for n in (0, 1, 3, 50, 90, 100, 120))
COUNTS = tuple(Decimal(n) for n in (*range(13), 20, 40))

Inputs = Mapping[str, Any]


def completed(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule of the corpus with the references that it need not say."""
    whole = {**REFERENCES.get(rule["kind"], {}), **rule}
    if rule["kind"] == "formula" and "figures" not in rule:
        names = dict.fromkeys(re.findall(r"[a-z][a-z0-9_]*", rule["expression"]))
        whole["figures"] = {name: f"answer.{name}" for name in names if name not in FUNCTIONS}
    return whole


def same_points(
    wanted: Mapping[str, Any],
    found: Mapping[str, Any],
    weight: Decimal,
    *,
    is_signed: bool = False,
) -> bool:
    """Return whether ``found`` gives the points of ``wanted`` for every answer that is tried."""
    wanted, found = completed(wanted), completed(found)
    if bool(wanted.get("deduction_allowed")) != bool(found.get("deduction_allowed")):
        return False
    whole = {"list_avg": "categories", "split": "categories", "goal_ratio": "categories"}
    if wanted["kind"] in whole or wanted["kind"] == "manual":
        key = whole.get(wanted["kind"], "kind")
        return wanted["kind"] == found["kind"] and wanted[key] == found[key]
    if "level" in (wanted["kind"], found["kind"]):
        return wanted["kind"] == found["kind"] and _levels(wanted) == _levels(found)
    given = _outcomes(wanted, weight)
    if given is not None:
        return given == _outcomes(found, weight)
    if _outcomes(found, weight) is not None and found["kind"] != "formula":
        return False
    return _same_numbers(wanted, found, weight, is_signed=is_signed)


def _levels(rule: Mapping[str, Any]) -> list[list[tuple[str, Decimal]]]:
    return sorted(sorted(one.items()) for one in rule["levels"].values())


def _outcomes(rule: Mapping[str, Any], weight: Decimal) -> object:
    """Return what a rule without numbers can give, None for one that reads numbers.

    One of several states: the set of their points. Conditions one by one: the points of each.
    """
    if rule["kind"] == "yes_no":
        return {weight, Decimal(0)}
    if rule["kind"] == "states":
        return {Decimal(one) for one in rule["points"].values()}
    if rule["kind"] == "checklist":
        return sorted(Decimal(one) for one in rule["points"].values() if one)
    return None


def _same_numbers(
    wanted: Mapping[str, Any], found: Mapping[str, Any], weight: Decimal, *, is_signed: bool
) -> bool:
    """Return whether two rules that read numbers agree, whatever their inputs are called."""
    ours, theirs = list(_references(wanted)), list(_references(found))
    amounts = [one for one in ours if not one.startswith("answer.")]
    if sorted(amounts) != sorted(one for one in theirs if not one.startswith("answer.")):
        return False
    ours = [one for one in ours if one not in amounts]
    theirs = [one for one in theirs if one not in amounts]
    if len(ours) != len(theirs):
        return False
    limits = {abs(one) for rule in (wanted, found) for one in _numbers(rule)}
    tries = list(_tries([*amounts, *ours], wanted, limits, is_signed=is_signed))
    ask, read = _asked(wanted, weight), _asked(found, weight)
    expected = [(given, ask(given)) for given in tries]

    def agrees(order: tuple[str, ...]) -> bool:
        for given, points in expected:
            named = {new: given[old] for new, old in zip(theirs, order, strict=True)}
            own = read({**given, **named})
            # What divides by nothing is no difference: one kind answers it, another refuses.
            is_undefined = own is None and len(ours) > 1 and not all(given.values())
            if points is not None and own != points and not is_undefined:
                return False
        return True

    if {wanted["kind"], found["kind"]} <= {"ratio_up", "ratio_down"}:
        return agrees(tuple(ours))  # both name what is actual and what is the target
    return any(agrees(order) for order in permutations(ours))


def _tries(
    names: list[str], wanted: Mapping[str, Any], limits: set[Decimal], *, is_signed: bool
) -> Iterator[Inputs]:
    """Yield answers: every limit and what lies just beside it, and a grid."""
    if sum(not _is_flag(one) for one in names) == 1:
        # The next steps beyond a limit, where steps are finer than the grid.
        limits = limits | {abs(a + sign * b) for a in limits for b in limits for sign in (1, -1)}
    near = {one + by for one in limits for by in map(Decimal, ("0", "0.01", "-0.01", "0.4"))}
    near |= {Decimal("0.3"), Decimal("0.5"), Decimal("99.5")}
    counted = {wanted.get("count"), wanted.get("late")}
    dense = sum(not _is_flag(one) and one not in counted for one in names)
    grid = {0: (), 1: GRID, 2: COARSE}.get(dense, FEW)
    of_each = []
    for name in names:
        if _is_flag(name):
            of_each.append((Decimal(0), Decimal(1)))
        elif name in counted or name.startswith("answer.n"):
            of_each.append(COUNTS if len(names) < 3 else COUNTS[:6])
        elif name.endswith("_budget"):
            of_each.append((Decimal(100), Decimal(250)))
        else:
            values = sorted({*grid, *(one for one in near if one >= 0 and dense < 3)})
            of_each.append((*values, *(-one for one in values[:60] if is_signed)))
    for values in product(*of_each):
        yield dict(zip(names, values, strict=True))


def _is_flag(name: str) -> bool:
    return name.startswith("answer.is_")


def _asked(rule: Mapping[str, Any], weight: Decimal) -> Any:
    """Return what gives the points of a rule for an answer, None where it gives none."""
    kind = RULES[rule["kind"]]
    table = {key: held for key, held in rule.items() if key not in AROUND}
    declared = with_defaults(kind.parameters, rule_of(rule["kind"], table).parameters)
    flags = {f"answer.{one['name']}" for one in rule.get("input", ()) if one["kind"] == "yes_no"}
    most = Fraction(weight)

    def points(given: Inputs) -> Fraction | None:
        held = {key: _filled(one, given, flags) for key, one in declared.items()}
        try:
            found = kind.function(RuleContext(weight, held)).points
        except FormulaError:
            return None
        return None if found is None else min(most, max(Fraction(0), found))

    return points


def _filled(held: Any, given: Inputs, flags: set[str]) -> Any:
    """Return a parameter with the values that its references name."""
    if isinstance(held, str) and held in given:
        return bool(given[held]) if held in flags else Value.of(given[held])
    if isinstance(held, Mapping):
        filled = {key: _filled(one, given, flags) for key, one in held.items()}
        is_figures = any(isinstance(one, Value) for one in filled.values())
        return {
            key: Value.of(one) if is_figures and isinstance(one, Decimal) else one
            for key, one in filled.items()
        }
    return held


def _references(rule: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a rule reads, each once, in the order of its parameters' names."""
    yield from dict.fromkeys(
        one
        for one in _leaves({key: rule[key] for key in sorted(rule) if key not in AROUND})
        if isinstance(one, str) and re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", one)
    )


def _numbers(rule: Mapping[str, Any]) -> Iterator[Decimal]:
    """Yield every number of a rule, those of a formula too."""
    for one in _leaves({key: rule[key] for key in rule if key not in AROUND}):
        if isinstance(one, bool):
            continue
        if isinstance(one, int | Decimal):
            yield Decimal(one)
        elif isinstance(one, str):
            yield from map(Decimal, re.findall(r"(?<![a-z_])\d+(?:\.\d+)?", one))


def _leaves(held: Any) -> Iterable[Any]:
    if isinstance(held, Mapping):
        for one in held.values():
            yield from _leaves(one)
    elif isinstance(held, list | tuple):
        for one in held:
            yield from _leaves(one)
    else:
        yield held
