"""Rules that multiply the weight by a ratio: a rate, actual to target, a score given elsewhere."""

from fractions import Fraction

from perfeval.scoring.quantity import format_percent
from perfeval.scoring.rules.context import Outcome, RuleContext, failed


def rate(context: RuleContext) -> Outcome:
    """Return weight × numerator ÷ denominator (支出率 × 分值). Source: SPEC a.5 K1."""
    numerator, denominator = context.value("numerator"), context.value("denominator")
    if not denominator.number:
        if context.flag("full_when_none") and not numerator.number:
            return Outcome(context.full, context.full_text, "rate_none", rate=Fraction(1))
        return failed("denominator_zero", numerator=numerator.text)
    share = numerator.number / denominator.number
    values = {"numerator": numerator.text, "denominator": denominator.text}
    values["rate"] = format_percent(share)
    expression = f"{context.full_text} × {numerator.text} ÷ {denominator.text}"
    return Outcome(context.full * share, expression, "rate", values, rate=share)


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
    values = {"actual": actual.text, "target": target.text}
    if actual.number <= target.number:
        expression = f"{actual.text} ≤ {target.text} → {context.full_text}"
        return Outcome(context.full, expression, "ratio_down_within", values, rate=Fraction(1))
    if target.number < 0:
        return failed("target_not_positive", target=target.text)
    share = target.number / actual.number
    expression = f"{context.full_text} × {target.text} ÷ {actual.text}"
    values["rate"] = format_percent(share)
    return Outcome(context.full * share, expression, "ratio_down", values, rate=share)


def imported(context: RuleContext) -> Outcome:
    """Return weight × a score that was given elsewhere ÷ its full marks (折算得分).

    Source: SPEC a.5 K19.
    """
    score, whole = context.value("score"), context.value("out_of")
    if score.number > whole.number:
        return failed("score_above_full", score=score.text, full=whole.text)
    share = score.number / whole.number
    return Outcome(
        context.full * share,
        f"{score.text} × {context.full_text} ÷ {whole.text}",
        "imported",
        {"score": score.text, "full": whole.text},
        rate=share,
    )
