"""The kinds of scoring rule: one function and one line in ``RULES`` each.

A rule function is pure: it takes a ``RuleContext`` (weight, parameters, values already looked up)
and returns an ``Outcome`` with exact points before rounding, cap and floor, which ``leaf`` applies
by the scheme's word. The functions stand by family in ``rule_ratios``, ``rule_losses``,
``rule_states``, ``rule_goals`` and ``rule_others``. A new kind needs its function, its line in
``RULES`` and its case file under ``tests/scoring/cases``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from perfeval.scoring.codec import FormatProblem
from perfeval.scoring.rules.checks import (
    RuleCheck,
    check_adjustment,
    check_bands,
    check_checklist,
    check_choices,
    check_formula,
    check_levels,
    check_states,
)
from perfeval.scoring.rules.context import Outcome, RuleContext
from perfeval.scoring.rules.goals import goal_ratio, list_avg, split
from perfeval.scoring.rules.losses import deadline, per_defect, per_point, per_step
from perfeval.scoring.rules.others import adjustment, formula, manual, one_of
from perfeval.scoring.rules.parameters import Parameter, ParameterType
from perfeval.scoring.rules.ratios import imported, rate, ratio_down, ratio_up
from perfeval.scoring.rules.states import bands, checklist, level, states, yes_no
from perfeval.scoring.scheme.tree import Indicator


@dataclass(frozen=True, slots=True)
class RuleKind:
    """A rule function with the parameters that a scheme must give it.

    ``needs_deduction``: the score is the filler's own judgement, so the deduction must be typed.
    ``is_adjustment``: scored outside the full score, so neither cap nor floor apply.
    ``check``: finds parameters that contradict each other, None where none can.
    """

    function: Callable[[RuleContext], Outcome]
    parameters: tuple[Parameter, ...] = ()
    needs_deduction: bool = False
    is_adjustment: bool = False
    check: RuleCheck | None = None


def _need(kind: ParameterType, *names: str) -> tuple[Parameter, ...]:
    return tuple(Parameter(name, kind) for name in names)


_VALUE, _POINTS = ParameterType.VALUE, ParameterType.POINTS
_CHOICE, _POSITIVE = ParameterType.CHOICE, ParameterType.POSITIVE
_OUT_OF = Parameter("out_of", _VALUE, is_required=False)
_FULL_WHEN_NONE = Parameter("full_when_none", ParameterType.FLAG, is_required=False, default=False)
_WHOLE = Parameter("whole", ParameterType.FLAG, is_required=False, default=False)
_STARTED = Parameter("started", ParameterType.FLAG, is_required=False, default=False)
_CHECKED = Parameter("checked", ParameterType.FLAG, is_required=False, default=True)
_HUNDRED = Parameter("out_of", _POSITIVE, is_required=False, default=Decimal(100))
_FORMULA = (
    *_need(ParameterType.FORMULA, "expression"),
    Parameter("figures", ParameterType.VALUES, is_required=False, default={}),
)
_LEVELS = Parameter("levels", ParameterType.LEVELS)
_DIRECTION = Parameter(
    "direction", ParameterType.WORD, is_required=False, default="above", words=("above", "below")
)
_MAX_LOSS = Parameter("max_loss", _POINTS, is_required=False)
_BANDS = Parameter("bands", ParameterType.BANDS)
_PER_POINT = (*_need(_VALUE, "value", "threshold"), *_need(_POINTS, "points_each"))
_PER_STEP = (*_PER_POINT, *_need(_POSITIVE, "step"), _OUT_OF, _DIRECTION, _STARTED)
_CAPS = _need(_POINTS, "bonus_cap", "penalty_cap")


def _check_one_of(
    indicator: Indicator, parameters: Mapping[str, object], path: str
) -> Iterator[FormatProblem]:
    """Yield when the options are not the choices, and what is wrong inside each of them."""
    options = parameters["options"]
    if not isinstance(options, Mapping):
        return
    yield from check_choices(indicator, parameters["chosen"], options, path)
    for code, table in options.items():
        check = _NESTABLE[table["kind"]].check
        if check:
            yield from check(indicator, table, f"{path}.options.{code}")


_NESTABLE: Mapping[str, RuleKind] = {
    "rate": RuleKind(rate, (*_need(_VALUE, "numerator", "denominator"), _FULL_WHEN_NONE)),
    "ratio_up": RuleKind(ratio_up, _need(_VALUE, "actual", "target")),
    "ratio_down": RuleKind(ratio_down, _need(_VALUE, "actual", "target")),
    "bands": RuleKind(bands, (*_need(_VALUE, "value"), _OUT_OF, _BANDS), check=check_bands),
    "per_point": RuleKind(per_point, (*_PER_POINT, _OUT_OF, _DIRECTION, _WHOLE)),
    "per_step": RuleKind(per_step, _PER_STEP),
    "per_defect": RuleKind(per_defect, (*_need(_VALUE, "count"), *_need(_POINTS, "points_each"))),
    "checklist": RuleKind(
        checklist,
        (*_need(ParameterType.MULTIPLE, "met"), *_need(ParameterType.POINTS_TABLE, "points")),
        check=check_checklist,
    ),
    "yes_no": RuleKind(yes_no, _need(ParameterType.YES_NO, "met")),
    "states": RuleKind(
        states,
        (*_need(_CHOICE, "state"), *_need(ParameterType.POINTS_TABLE, "points")),
        check=check_states,
    ),
    "deadline": RuleKind(
        deadline, (*_need(_VALUE, "late"), *_need(_POINTS, "points_each"), _MAX_LOSS)
    ),
    "level": RuleKind(
        level,
        (*_need(_CHOICE, "level"), *_need(_VALUE, "percent"), _LEVELS, _CHECKED),
        check=check_levels,
    ),
    "imported": RuleKind(imported, (*_need(_VALUE, "score"), _HUNDRED)),
    "formula": RuleKind(formula, _FORMULA, check=check_formula),
}
_OPTIONS = Parameter(
    "options",
    ParameterType.OPTIONS,
    nested={code: kind.parameters for code, kind in _NESTABLE.items()},
)
_DIGITS = Parameter("digits", ParameterType.DIGITS, is_required=False, default=Decimal(0))
_CATEGORIES = _need(ParameterType.CODES, "categories")

RULES: Mapping[str, RuleKind] = {
    **_NESTABLE,
    "one_of": RuleKind(one_of, (*_need(_CHOICE, "chosen"), _OPTIONS), check=_check_one_of),
    "list_avg": RuleKind(list_avg, _CATEGORIES),
    "split": RuleKind(split, (*_CATEGORIES, _DIGITS)),
    "goal_ratio": RuleKind(goal_ratio, _CATEGORIES),
    "manual": RuleKind(manual, needs_deduction=True),
    "adjustment": RuleKind(
        adjustment,
        (*_need(_VALUE, "bonus", "penalty"), *_CAPS),
        is_adjustment=True,
        check=check_adjustment,
    ),
}
