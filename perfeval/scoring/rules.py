"""The kinds of scoring rule: one function and one line in ``RULES`` each.

A rule function is pure: it takes a ``RuleContext`` (weight, parameters, values already looked up)
and returns an ``Outcome`` with exact points before rounding, cap and floor, which ``leaf`` applies
by the scheme's word. A new kind needs its function, its line in ``RULES`` and its case file under
``tests/scoring/cases``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from perfeval.scoring.context import Outcome, RuleContext, Value, band_text, failed, shorten
from perfeval.scoring.figures import Goal
from perfeval.scoring.goals import scored_completion
from perfeval.scoring.parameters import Band, Parameter, ParameterType
from perfeval.scoring.quantity import exact, format_percent, plain
from perfeval.scoring.result import Severity, Step, StepKind, UsedInput
from perfeval.scoring.rule_checks import (
    RuleCheck,
    check_adjustment,
    check_bands,
    check_checklist,
)


def rate(context: RuleContext) -> Outcome:
    """Return weight × numerator ÷ denominator (支出率 × 分值). Source: SPEC a.5 K1."""
    numerator, denominator = context.value("numerator"), context.value("denominator")
    if not denominator.number:
        if context.flag("full_when_none") and not numerator.number:
            return Outcome(context.full, context.full_text, "rate_none", rate=Fraction(1))
        return failed("denominator_zero", numerator=numerator.text)
    share = numerator.number / denominator.number
    told = {"numerator": numerator.text, "denominator": denominator.text}
    told["rate"] = format_percent(share)
    expression = f"{context.full_text} × {numerator.text} ÷ {denominator.text}"
    return Outcome(context.full * share, expression, "rate", told, rate=share)


def ratio_up(context: RuleContext) -> Outcome:
    """Return weight × actual ÷ target, the more the better. Source: SPEC a.5 K2."""
    actual, target = context.value("actual"), context.value("target")
    if target.number <= 0:
        return failed("target_not_positive", target=target.text)
    share = actual.number / target.number
    return Outcome(
        context.full * share,
        f"{context.full_text} × {actual.text} ÷ {target.text}",
        "ratio_up",
        {"actual": actual.text, "target": target.text, "rate": format_percent(share)},
        rate=share,
    )


def ratio_down(context: RuleContext) -> Outcome:
    """Return weight × target ÷ actual, the less the better. Source: SPEC a.5 K3.

    An actual within the target, 0 included, earns the full weight.
    """
    actual, target = context.value("actual"), context.value("target")
    told = {"actual": actual.text, "target": target.text}
    if actual.number <= target.number:
        expression = f"{actual.text} ≤ {target.text} → {context.full_text}"
        return Outcome(context.full, expression, "ratio_down_within", told, rate=Fraction(1))
    if target.number < 0:
        return failed("target_not_positive", target=target.text)
    share = target.number / actual.number
    expression = f"{context.full_text} × {target.text} ÷ {actual.text}"
    told["rate"] = format_percent(share)
    return Outcome(context.full * share, expression, "ratio_down", told, rate=share)


def measured(context: RuleContext) -> Value | None:
    """Return the parameter ``value``, as a percentage when ``out_of`` is given.

    None when ``out_of`` is 0 and the percentage cannot be formed.
    """
    value, whole = context.value("value"), context.optional_value("out_of")
    if whole is None:
        return value
    if not whole.number:
        return None
    percent = value.number / whole.number * 100
    return Value(percent, plain(shorten(percent)))


def bands(context: RuleContext) -> Outcome:
    """Return the points of the band that holds the value. Source: SPEC a.5 K4.

    Bands are in the unit of the value, or in percent when ``out_of`` is given.
    """
    value = measured(context)
    if value is None:
        return failed("denominator_zero", numerator=context.value("value").text)
    for band in context.bands("bands"):
        if _holds(band, value.number):
            return Outcome(
                exact(band.points),
                f"{band_text(band, value.text)} → {plain(band.points)}",
                "bands",
                {"value": value.text, "points": plain(band.points)},
                rate=value.number / 100 if context.parameters["out_of"] is not None else None,
            )
    return failed("value_outside_bands", value=value.text)


def _holds(band: Band, number: Fraction) -> bool:
    if number == band.low:
        return band.is_low_closed and (number != band.high or band.is_high_closed)
    if number == band.high:
        return band.is_high_closed
    return (band.low is None or band.low < number) and (band.high is None or number < band.high)


def per_point(context: RuleContext) -> Outcome:
    """Return weight − points_each × the excess over (or shortfall below) the threshold.

    ``whole``: only whole units of excess count. With ``out_of`` the value is in percent, so that a
    unit is a percentage point. Source: SPEC a.5 K5.
    """
    value, threshold, each = (
        measured(context),
        context.value("threshold"),
        context.value("points_each"),
    )
    if value is None:
        return failed("denominator_zero", numerator=context.value("value").text)
    is_above = context.word("direction") == "above"
    first, second = (value, threshold) if is_above else (threshold, value)
    told = {"value": value.text, "threshold": threshold.text, "each": each.text}
    excess = first.number - second.number
    if excess <= 0:
        sign = "≤" if is_above else "≥"
        expression = f"{value.text} {sign} {threshold.text} → {context.full_text}"
        return Outcome(context.full, expression, "per_point_within", told)
    counted = f"({first.text} − {second.text})"
    if context.flag("whole"):
        excess, counted = Fraction(excess // 1), f"⌊{first.text} − {second.text}⌋"
    told["excess"] = plain(shorten(excess))
    expression = f"{context.full_text} − {each.text} × {counted}"
    return Outcome(context.full - each.number * excess, expression, "per_point", told)


def per_defect(context: RuleContext) -> Outcome:
    """Return weight − points_each × the count of defects. Source: SPEC a.5 K7."""
    count, each = context.value("count"), context.value("points_each")
    return Outcome(
        context.full - each.number * count.number,
        f"{context.full_text} − {each.text} × {count.text}",
        "per_defect",
        {"count": count.text, "each": each.text},
    )


def checklist(context: RuleContext) -> Outcome:
    """Return the sum of the points of the conditions that are met. Source: SPEC a.5 K8."""
    met, table = context.words("met"), context.table("points")
    earned = [points for code, points in table.items() if code in met]
    return Outcome(
        sum((exact(points) for points in earned), Fraction(0)),
        " + ".join(plain(points) for points in earned) or "0",
        "checklist",
        {"met": str(len(earned)), "of": str(len(table))},
    )


def yes_no(context: RuleContext) -> Outcome:
    """Return the weight when the condition is met, else 0. Source: SPEC a.5 K9."""
    if context.flag("met"):
        return Outcome(context.full, context.full_text, "yes_no_met")
    return Outcome(Fraction(0), "0", "yes_no_unmet")


def deadline(context: RuleContext) -> Outcome:
    """Return weight − points_each per late item or day, at most ``max_loss`` in all.

    Source: SPEC a.5 K11.
    """
    late, each, most = (
        context.value("late"),
        context.value("points_each"),
        context.optional_value("max_loss"),
    )
    told = {"late": late.text, "each": each.text}
    loss, counted = each.number * late.number, f"{each.text} × {late.text}"
    if most is not None and loss > most.number:
        loss, counted, told["max_loss"] = most.number, f"min({counted}, {most.text})", most.text
    return Outcome(context.full - loss, f"{context.full_text} − {counted}", "deadline", told)


def list_avg(context: RuleContext) -> Outcome:
    """Return weight × the weighted mean completion of the goals of the given categories.

    Each goal counts at most 100%. Source: SPEC a.5 K14.
    """
    categories = context.words("categories")
    goals = [(n, goal) for n, goal in enumerate(context.goals) if goal.category in categories]
    reached = {n: scored_completion(goal) for n, goal in goals}
    lacking = [n for n, share in reached.items() if share is None]
    empty = [code for code in categories if all(goal.category != code for _, goal in goals)]
    if lacking or empty or any(goal.weight <= 0 for _, goal in goals):
        return failed(
            "goals_incomplete",
            Severity.MISSING,
            count=str(len(goals)),
            lacking=str(len(lacking)),
            categories=", ".join(empty),
        )
    weights = sum((exact(goal.weight) for _, goal in goals), Fraction(0))
    summed = sum((exact(goal.weight) * (reached[n] or 0) for n, goal in goals), Fraction(0))
    mean = summed / weights
    return Outcome(
        context.full * mean,
        f"{context.full_text} × ({_terms(goals, reached)}) ÷ {_shown(weights)}",
        "list_avg",
        {"count": str(len(goals)), "rate": format_percent(mean)},
        rate=mean,
        inputs=tuple(
            UsedInput(f"goal:{n}", goal.name, format_percent(reached[n] or Fraction(0)))
            for n, goal in goals
        ),
    )


def _terms(goals: list[tuple[int, Goal]], reached: Mapping[int, Fraction | None]) -> str:
    are_equal = all(goal.weight == 1 for _, goal in goals)
    return " + ".join(
        ("" if are_equal else f"{plain(goal.weight)} × ")
        + format_percent(reached[n] or Fraction(0))
        for n, goal in goals
    )


def _shown(number: Fraction) -> str:
    return plain(shorten(number))


def manual(context: RuleContext) -> Outcome:
    """Return the full weight; what is taken off by hand follows as a step. Source: SPEC a.5 K17."""
    return Outcome(context.full, context.full_text, "manual")


def adjustment(context: RuleContext) -> Outcome:
    """Return bonus − penalty, each held to its cap, outside the full score.

    Source: SPEC a.5 K18.
    """
    clamps = []
    held = {}
    for name in ("bonus", "penalty"):
        claimed, cap = context.value(name), context.value(f"{name}_cap")
        held[name] = claimed
        if claimed.number > cap.number:
            held[name] = cap
            clamps.append(
                Step(
                    StepKind.CLAMP,
                    f"clamp_{name}",
                    f"min({claimed.text}, {cap.text})",
                    shorten(cap.number),
                    {"claimed": claimed.text, "cap": cap.text},
                )
            )
    return Outcome(
        held["bonus"].number - held["penalty"].number,
        f"{held['bonus'].text} − {held['penalty'].text}",
        "adjustment",
        {"bonus": held["bonus"].text, "penalty": held["penalty"].text},
        clamps=tuple(clamps),
    )


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
_OUT_OF = Parameter("out_of", _VALUE, is_required=False)
_FULL_WHEN_NONE = Parameter("full_when_none", ParameterType.FLAG, is_required=False, default=False)
_WHOLE = Parameter("whole", ParameterType.FLAG, is_required=False, default=False)
_DIRECTION = Parameter(
    "direction", ParameterType.WORD, is_required=False, default="above", words=("above", "below")
)
_MAX_LOSS = Parameter("max_loss", _POINTS, is_required=False)
_BANDS = Parameter("bands", ParameterType.BANDS)
_PER_POINT = (*_need(_VALUE, "value", "threshold"), *_need(_POINTS, "points_each"))
_CAPS = _need(_POINTS, "bonus_cap", "penalty_cap")

RULES: Mapping[str, RuleKind] = {
    "rate": RuleKind(rate, (*_need(_VALUE, "numerator", "denominator"), _FULL_WHEN_NONE)),
    "ratio_up": RuleKind(ratio_up, _need(_VALUE, "actual", "target")),
    "ratio_down": RuleKind(ratio_down, _need(_VALUE, "actual", "target")),
    "bands": RuleKind(bands, (*_need(_VALUE, "value"), _OUT_OF, _BANDS), check=check_bands),
    "per_point": RuleKind(per_point, (*_PER_POINT, _OUT_OF, _DIRECTION, _WHOLE)),
    "per_defect": RuleKind(per_defect, (*_need(_VALUE, "count"), *_need(_POINTS, "points_each"))),
    "checklist": RuleKind(
        checklist,
        (*_need(ParameterType.MULTIPLE, "met"), *_need(ParameterType.POINTS_TABLE, "points")),
        check=check_checklist,
    ),
    "yes_no": RuleKind(yes_no, _need(ParameterType.YES_NO, "met")),
    "deadline": RuleKind(
        deadline, (*_need(_VALUE, "late"), *_need(_POINTS, "points_each"), _MAX_LOSS)
    ),
    "list_avg": RuleKind(list_avg, _need(ParameterType.CODES, "categories")),
    "manual": RuleKind(manual, needs_deduction=True),
    "adjustment": RuleKind(
        adjustment,
        (*_need(_VALUE, "bonus", "penalty"), *_CAPS),
        is_adjustment=True,
        check=check_adjustment,
    ),
}
