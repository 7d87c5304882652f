"""Scores one leaf: look up, apply the rule, round, cap, floor, take off, and ask for reasons."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from perfeval.scoring.codec import Decoder
from perfeval.scoring.figures import Answer, Figures
from perfeval.scoring.lookup import Resolved, read_own, resolve, unknown_inputs
from perfeval.scoring.quantity import Rounding, decimals, exact, format_percent, plain, ratio
from perfeval.scoring.result import (
    IndicatorResult,
    Problem,
    Severity,
    Step,
    StepKind,
    UsedInput,
)
from perfeval.scoring.rules.context import Outcome, RuleContext, Trouble, Value, shorten
from perfeval.scoring.rules.kinds import RULES, RuleKind
from perfeval.scoring.rules.parameters import ANSWER_PREFIX, parse_parameters
from perfeval.scoring.scheme.phrases import fill
from perfeval.scoring.scheme.tree import Indicator, Rule, Scheme, WhenNotApplicable

#: Troubles that no other figure could mend: a cancelled project has nothing to divide by, a task that served
#: nobody has no goal. There the points taken off are typed by hand, with a reason.
BY_HAND_TROUBLES = frozenset({"denominator_zero", "goals_none"})


@dataclass(slots=True)
class Scored:
    """What is known of a leaf so far; ``ruled`` are its points before the deduction."""

    points: Decimal | None = None
    ruled: Decimal | None = None
    rate: Fraction | None = None
    deduction: Decimal = Decimal(0)
    is_overridden: bool = False
    steps: tuple[Step, ...] = ()


def score_leaf(
    indicator: Indicator, scheme: Scheme, figures: Figures, weight: Decimal | None = None
) -> IndicatorResult:
    """Return the result of one leaf with its steps; a missing value is a problem, not an error.

    ``weight``: the weight that counts, where weights were moved; the rule is scored by the
    scheme's own weight and its points are scaled.
    """
    place = f"indicator:{indicator.code}"
    rule = indicator.rule
    kind = RULES.get(rule.kind) if rule else None
    counted = indicator if weight is None else replace(indicator, weight=weight)
    answer = figures.answers.get(indicator.code, Answer())
    problems = unknown_inputs(indicator, answer, place)
    if rule is None and indicator.is_own:  # an open slot; ``own_part`` says what it lacks
        return _result(counted, Scored(), (), [])
    if rule is None or kind is None:
        told = {"kind": rule.kind if rule else ""}
        problems.append(Problem("no_rule", Severity.ERROR, place, told))
        return _result(counted, Scored(), (), problems)
    decoder = Decoder()
    parameters = parse_parameters(kind.parameters, rule.parameters, "rule", decoder)
    if decoder.problems:
        told = {"problem": str(decoder.problems[0])}
        problems.append(Problem("rule_invalid", Severity.ERROR, place, told))
        return _result(counted, Scored(), (), problems)
    asked = Resolved({})
    if rule.applies and read_own(rule.applies, indicator, scheme, figures, asked) is False:
        return _not_applicable(counted, rule, asked, problems)
    resolved = resolve(kind, parameters, indicator, scheme, figures)
    resolved.used[:0], resolved.problems[:0] = asked.used, asked.problems
    return _by_rule(
        counted,
        indicator.weight,
        kind,
        resolved,
        problems=problems,
        scheme=scheme,
        figures=figures,
    )


def _by_rule(
    counted: Indicator,
    weight: Decimal,
    kind: RuleKind,
    resolved: Resolved,
    *,
    problems: list[Problem],
    scheme: Scheme,
    figures: Figures,
) -> IndicatorResult:
    """Return the result that the rule gives for resolved parameters, scored by ``weight``."""
    place, rule = f"indicator:{counted.code}", counted.rule
    answer = figures.answers.get(counted.code, Answer())
    problems += resolved.problems
    if kind.needs_deduction and answer.deduction_points is None:
        problems.append(Problem("deduction_missing", Severity.MISSING, place))
    elif rule is not None and not resolved.problems:
        rounding = rule.rounding or scheme.rounding
        outcome = kind.function(
            RuleContext(weight, resolved.parameters, figures.goals, scheme.equal_goals)
        )
        if outcome.trouble and outcome.trouble[0] in BY_HAND_TROUBLES and answer.is_by_hand:
            outcome = _by_hand(weight)
        scored = settle(_scaled(outcome, weight, counted.weight), counted.weight, rounding, kind)
        found = list(_override(scored, counted, scheme, figures, resolved))
        found += _deduct(scored, rule, answer, rounding, is_by_hand=outcome.code == "by_hand")
        if outcome.trouble:
            found.append(outcome.trouble)
        problems += [Problem(code, severity, place, told) for code, severity, told in found]
        used = (*resolved.used, *outcome.inputs)
        return _with_reasons(counted, scored, used, problems, answer)
    return _result(counted, Scored(), tuple(resolved.used), problems)


def _not_applicable(
    counted: Indicator, rule: Rule, asked: Resolved, problems: list[Problem]
) -> IndicatorResult:
    """Return the result of a leaf that does not apply: full marks, or no weight and no points."""
    points, text = counted.weight, plain(counted.weight)
    if rule.when_not_applicable is WhenNotApplicable.FULL:
        step = Step(StepKind.FORMULA, "not_applicable_full", text, points, {"weight": text})
    else:
        points = Decimal(0)
        step = Step(StepKind.WEIGHT, "not_applicable_dropped", "0", points)
        counted = replace(counted, weight=points)
    scored = Scored(points, points, steps=(step,))
    return _result(counted, scored, tuple(asked.used), problems)


def _by_hand(weight: Decimal) -> Outcome:
    """Return full marks, of which the points typed by hand are taken off."""
    return Outcome(exact(weight), plain(weight), "by_hand", {"weight": plain(weight)})


def _scaled(outcome: Outcome, weight: Decimal, counted: Decimal) -> Outcome:
    """Return the outcome with its points scaled to the weight that counts, and a step for it."""
    if outcome.points is None or weight == counted or not weight:
        return outcome
    return replace(
        outcome,
        points=outcome.points * exact(counted) / exact(weight),
        scaled=(outcome.points, weight, counted),
    )


def settle(outcome: Outcome, weight: Decimal, rounding: Rounding, kind: RuleKind) -> Scored:
    """Return the points of an outcome: rounded once, then held within 0 and the weight."""
    if outcome.points is None:
        return Scored()
    steps = [*outcome.clamps, *_formula(outcome)]
    points = rounding.apply(outcome.points)
    if points != outcome.points:
        how = {"mode": rounding.mode.value, "digits": str(rounding.digits)}
        expression = f"{_signed(steps[-1].value)} ≈ {_signed(points)}"
        steps.append(Step(StepKind.ROUND, "round", expression, points, how))
    if not kind.is_adjustment:
        points = _held(points, weight, steps)
    return Scored(points, points, outcome.rate, steps=tuple(steps))


def _formula(outcome: Outcome) -> Iterator[Step]:
    """Yield the rule's own step, and how its points were scaled to a weight that was moved."""
    code, expression, told = outcome.code, outcome.expression, outcome.parameters
    if outcome.points is None:
        return
    if outcome.scaled is None:
        yield Step(StepKind.FORMULA, code, expression, shorten(outcome.points), told)
        return
    points, weight, counted = outcome.scaled
    first = shorten(points)
    yield Step(StepKind.FORMULA, code, expression, first, told)
    moved = {"weight": plain(weight), "counted": plain(counted)}
    expression = f"{_signed(first)} × {plain(counted)} ÷ {plain(weight)}"
    yield Step(StepKind.WEIGHT, "reweighted", expression, shorten(outcome.points), moved)


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


def _override(
    scored: Scored, counted: Indicator, scheme: Scheme, figures: Figures, resolved: Resolved
) -> Iterator[Trouble]:
    """Replace computed points by the typed ones where the rule allows it; yield what is wrong."""
    rule, answer = counted.rule, figures.answers.get(counted.code, Answer())
    if rule is None or not rule.override or scored.points is None:
        return
    if rule.override.removeprefix(f"{ANSWER_PREFIX}.") not in answer.inputs:
        return
    asked = Resolved({})
    typed = read_own(rule.override, counted, scheme, figures, asked)
    resolved.used += asked.used
    yield from ((one.code, one.severity, one.parameters) for one in asked.problems)
    if not isinstance(typed, Value) or typed.number == scored.points:
        return
    rounding = rule.rounding or scheme.rounding
    told = {"typed": typed.text, "points": plain(scored.points), "weight": plain(counted.weight)}
    if typed.number > counted.weight:
        yield "override_above_weight", Severity.ERROR, told
    elif rounding.apply(typed.number) != typed.number:
        yield "override_too_precise", Severity.ERROR, {**told, "digits": str(rounding.digits)}
    else:
        if not answer.deduction_reason.strip():
            yield "override_without_reason", Severity.ERROR, told
        expression = f"{told['points']} → {typed.text}"
        scored.points = scored.ruled = shorten(typed.number)
        scored.is_overridden = True
        step = Step(StepKind.OVERRIDE, "override", expression, scored.points, told)
        scored.steps = (*scored.steps, step)


def _deduct(
    scored: Scored, rule: Rule, answer: Answer, rounding: Rounding, *, is_by_hand: bool
) -> Iterator[Trouble]:
    """Take the filler's deduction (酌情扣分) off, at most what is left; yield what is wrong in it."""
    deduction = answer.deduction_points
    if not deduction or scored.points is None:
        return
    told = {"deduction": plain(deduction), "points": plain(scored.points)}
    if not (rule.deduction_allowed or is_by_hand):
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
        is_by_hand = any(step.code == "by_hand" for step in scored.steps)
        if typed and not (indicator.is_adjustment or scored.is_overridden or is_by_hand):
            problems.append(Problem("reason_at_full_marks", Severity.WARNING, place, told))
        return _result(indicator, scored, used, problems)
    is_by_rule = not is_ruled_full and not scored.is_overridden
    phrase = "" if not is_by_rule else indicator.rule.loss_phrase
    if is_by_rule and not phrase and not typed and not scored.deduction:
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
