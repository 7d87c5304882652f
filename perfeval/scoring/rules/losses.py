"""Rules that take points off for each unit, step, case or late item."""

from fractions import Fraction

from perfeval.scoring.quantity import plain
from perfeval.scoring.rules.context import Outcome, RuleContext, failed, measured, shorten


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
    values = {"value": value.text, "threshold": threshold.text, "each": each.text}
    excess = first.number - second.number
    if excess <= 0:
        sign = "≤" if is_above else "≥"
        expression = f"{value.text} {sign} {threshold.text} → {context.full_text}"
        return Outcome(context.full, expression, "per_point_within", values)
    counted = f"({first.text} − {second.text})"
    if context.flag("whole"):
        excess, counted = Fraction(excess // 1), f"⌊{first.text} − {second.text}⌋"
    values["excess"] = plain(shorten(excess))
    expression = f"{context.full_text} − {each.text} × {counted}"
    return Outcome(context.full - each.number * excess, expression, "per_point", values)


def per_step(context: RuleContext) -> Outcome:
    """Return weight − points_each × the steps by which the value misses the threshold.

    A step is ``step`` units; only whole steps count, or with ``started`` every begun one.
    Source: SPEC a.5 K6 (每低于5%扣2分).
    """
    value, threshold = measured(context), context.value("threshold")
    step, each = context.value("step"), context.value("points_each")
    if value is None:
        return failed("denominator_zero", numerator=context.value("value").text)
    is_above = context.word("direction") == "above"
    first, second = (value, threshold) if is_above else (threshold, value)
    values = {
        "value": value.text,
        "threshold": threshold.text,
        "each": each.text,
        "step": step.text,
    }
    excess = first.number - second.number
    if excess <= 0:
        sign = "≤" if is_above else "≥"
        expression = f"{value.text} {sign} {threshold.text} → {context.full_text}"
        return Outcome(context.full, expression, "per_step_within", values)
    steps, marks = excess // step.number, "⌊⌋"
    if context.flag("started"):
        steps, marks = -(-excess // step.number), "⌈⌉"
    values["steps"] = str(steps)
    counted = f"{marks[0]}({first.text} − {second.text}) ÷ {step.text}{marks[1]}"
    expression = f"{context.full_text} − {each.text} × {counted}"
    return Outcome(context.full - each.number * steps, expression, "per_step", values)


def per_defect(context: RuleContext) -> Outcome:
    """Return weight − points_each × the count of defects. Source: SPEC a.5 K7."""
    count, each = context.value("count"), context.value("points_each")
    return Outcome(
        context.full - each.number * count.number,
        f"{context.full_text} − {each.text} × {count.text}",
        "per_defect",
        {"count": count.text, "each": each.text},
    )


def deadline(context: RuleContext) -> Outcome:
    """Return weight − points_each per late item or day, at most ``max_loss`` in all.

    Source: SPEC a.5 K11.
    """
    late, each, most = (
        context.value("late"),
        context.value("points_each"),
        context.optional_value("max_loss"),
    )
    values = {"late": late.text, "each": each.text}
    loss, counted = each.number * late.number, f"{each.text} × {late.text}"
    if most is not None and loss > most.number:
        loss, counted, values["max_loss"] = most.number, f"min({counted}, {most.text})", most.text
    return Outcome(context.full - loss, f"{context.full_text} − {counted}", "deadline", values)
