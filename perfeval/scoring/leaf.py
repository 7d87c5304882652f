"""Scores one leaf: look up, apply the rule, round, cap, floor, take off, and ask for reasons."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from perfeval.scoring.codec import Decoder
from perfeval.scoring.context import Outcome, RuleContext, Trouble, shorten
from perfeval.scoring.figures import Answer, Figures
from perfeval.scoring.parameters import parse_parameters
from perfeval.scoring.phrases import fill
from perfeval.scoring.quantity import Rounding, decimals, exact, format_percent, plain, ratio
from perfeval.scoring.result import IndicatorResult, Problem, Severity, Step, StepKind, UsedInput
from perfeval.scoring.rules import RULES, RuleKind
from perfeval.scoring.scheme import Indicator, Rule, Scheme
from perfeval.scoring.values import resolve, unknown_inputs


@dataclass(slots=True)
class Scored:
    """What is known of a leaf so far; ``ruled`` are its points before the deduction."""

    points: Decimal | None = None
    ruled: Decimal | None = None
    rate: Fraction | None = None
    deduction: Decimal = Decimal(0)
    steps: tuple[Step, ...] = ()


def score_leaf(indicator: Indicator, scheme: Scheme, figures: Figures) -> IndicatorResult:
    """Return the result of one leaf with its steps; a missing value is a problem, not an error."""
    place = f"indicator:{indicator.code}"
    answer = figures.answers.get(indicator.code, Answer())
    problems = unknown_inputs(indicator, answer, place)
    rule = indicator.rule
    kind = RULES.get(rule.kind) if rule else None
    if rule is None or kind is None:
        told = {"kind": rule.kind if rule else ""}
        problems.append(Problem("no_rule", Severity.ERROR, place, told))
        return _result(indicator, Scored(), (), problems)
    decoder = Decoder()
    parameters = parse_parameters(kind.parameters, rule.parameters, "rule", decoder)
    if decoder.problems:
        told = {"problem": str(decoder.problems[0])}
        problems.append(Problem("rule_invalid", Severity.ERROR, place, told))
        return _result(indicator, Scored(), (), problems)
    resolved = resolve(kind, parameters, indicator, scheme, figures)
    problems += resolved.problems
    if kind.needs_deduction and answer.deduction_points is None:
        problems.append(Problem("deduction_missing", Severity.MISSING, place))
    elif not resolved.problems:
        context = RuleContext(indicator.weight, resolved.parameters, figures.goals)
        outcome = kind.function(context)
        scored = settle(outcome, indicator.weight, scheme.rounding, kind)
        found = list(_deduct(scored, rule, answer, scheme.rounding))
        if outcome.trouble:
            found.append(outcome.trouble)
        problems += [Problem(code, severity, place, told) for code, severity, told in found]
        used = (*resolved.used, *outcome.inputs)
        return _with_reasons(indicator, scored, used, problems, answer)
    return _result(indicator, Scored(), tuple(resolved.used), problems)


def settle(outcome: Outcome, weight: Decimal, rounding: Rounding, kind: RuleKind) -> Scored:
    """Return the points of an outcome: rounded once, then held within 0 and the weight."""
    if outcome.points is None:
        return Scored()
    told = outcome.parameters
    steps = [*outcome.clamps]
    steps.append(
        Step(StepKind.FORMULA, outcome.code, outcome.expression, shorten(outcome.points), told)
    )
    points = rounding.apply(outcome.points)
    if points != outcome.points:
        how = {"mode": rounding.mode.value, "digits": str(rounding.digits)}
        expression = f"{_signed(steps[-1].value)} ≈ {_signed(points)}"
        steps.append(Step(StepKind.ROUND, "round", expression, points, how))
    if not kind.is_adjustment:
        points = _held(points, weight, steps)
    return Scored(points, points, outcome.rate, steps=tuple(steps))


def _held(points: Decimal, weight: Decimal, steps: list[Step]) -> Decimal:
    """Return the points within 0 and the weight, with a step that tells when they were outside."""
    if points > weight:
        expression = f"min({plain(points)}, {plain(weight)})"
        steps.append(Step(StepKind.CAP, "cap", expression, weight, {"weight": plain(weight)}))
        return weight
    if points < 0:
        zero = Decimal(0)
        expression = f"max({_signed(points)}, 0)"
        steps.append(Step(StepKind.FLOOR, "floor", expression, zero, {"points": _signed(points)}))
        return zero
    return points


def _signed(number: Decimal) -> str:
    return plain(number).replace("-", "−")


def _deduct(scored: Scored, rule: Rule, answer: Answer, rounding: Rounding) -> Iterator[Trouble]:
    """Take the filler's deduction (酌情扣分) off, at most what is left; yield what is wrong in it."""
    deduction = answer.deduction_points
    if not deduction or scored.points is None:
        return
    told = {"deduction": plain(deduction), "points": plain(scored.points)}
    if not rule.deduction_allowed:
        yield "deduction_not_allowed", Severity.ERROR, told
    elif deduction < 0:
        yield "deduction_negative", Severity.ERROR, told
    elif decimals(deduction) > rounding.digits:
        told["digits"] = str(rounding.digits)
        yield "deduction_too_precise", Severity.ERROR, told
    else:
        expression = f"{told['points']} − {told['deduction']}"
        if deduction > scored.points:
            expression = f"max({expression}, 0)"
            yield "deduction_above_points", Severity.ERROR, told
        if not answer.deduction_reason.strip():
            yield "deduction_without_reason", Severity.ERROR, told
        scored.deduction = min(deduction, scored.points)
        scored.points -= scored.deduction
        step = Step(StepKind.DEDUCTION, "deduction", expression, scored.points, told)
        scored.steps = (*scored.steps, step)


def _with_reasons(
    indicator: Indicator,
    scored: Scored,
    used: tuple[UsedInput, ...],
    problems: list[Problem],
    answer: Answer,
) -> IndicatorResult:
    """Return the result with the reasons for lost points, and a problem where one is wanting."""
    typed = answer.deduction_reason.strip()
    if scored.points is None or scored.ruled is None or indicator.rule is None:
        return _result(indicator, scored, used, problems)
    place = f"indicator:{indicator.code}"
    full = Decimal(0) if indicator.is_adjustment else indicator.weight
    is_full, is_ruled_full = scored.points == full, scored.ruled == full
    told = {"points": plain(scored.points), "weight": plain(indicator.weight)}
    if is_full:
        if typed and not indicator.is_adjustment:
            problems.append(Problem("reason_at_full_marks", Severity.WARNING, place, told))
        return _result(indicator, scored, used, problems)
    phrase = "" if is_ruled_full else indicator.rule.loss_phrase
    if not is_ruled_full and not phrase and not typed and not scored.deduction:
        problems.append(Problem("reason_missing", Severity.ERROR, place, told))
    computed = fill(phrase, _loss_values(indicator, scored)) if phrase else ""
    return _result(indicator, scored, used, problems, computed=computed, typed=typed)


def _loss_values(indicator: Indicator, scored: Scored) -> Mapping[str, str]:
    """Return what a loss phrase may name: the points before any deduction by hand."""
    points = scored.ruled or Decimal(0)
    rate = scored.rate
    if rate is None:
        rate = ratio(points, indicator.weight) if indicator.weight else Fraction(0)
    return {
        "rate": format_percent(rate),
        "points": plain(points),
        "lost": plain(indicator.weight - points),
        "weight": plain(indicator.weight),
    }


def _result(
    indicator: Indicator,
    scored: Scored,
    used: tuple[UsedInput, ...],
    problems: list[Problem],
    *,
    computed: str = "",
    typed: str = "",
) -> IndicatorResult:
    return IndicatorResult(
        code=indicator.code,
        name=indicator.name,
        level=indicator.level,
        weight=indicator.weight,
        points=scored.points,
        is_complete=scored.points is not None,
        is_adjustment=indicator.is_adjustment,
        rule_kind=indicator.rule.kind if indicator.rule else "",
        reason="；".join(text.rstrip("。；") for text in (computed, typed) if text),
        computed_reason=computed,
        deduction_reason=typed,
        deduction_points=scored.deduction,
        score_rate=score_rate(scored.points, indicator),
        inputs=used,
        steps=scored.steps,
        problems=tuple(problems),
    )


def score_rate(points: Decimal | None, indicator: Indicator) -> Decimal | None:
    """Return points ÷ weight with 4 decimals (0.9790), None where there is no such rate."""
    if points is None or indicator.is_adjustment or not indicator.weight:
        return None
    return Rounding(digits=4).apply(exact(points) / exact(indicator.weight))
