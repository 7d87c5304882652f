"""Rules that are a person's judgement, stand outside the full score, or hold another rule."""

from dataclasses import replace

from perfeval.scoring.result import Step, StepKind
from perfeval.scoring.rules.context import Outcome, RuleContext, Value, failed, shorten
from perfeval.scoring.rules.formula import (
    FormulaDividesByZero,
    FormulaError,
    FormulaUnknownName,
    compute,
    read_formula,
    with_numbers,
)

#: The name by which a formula reads the indicator's weight.
WEIGHT = "weight"


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


def one_of(context: RuleContext) -> Outcome:
    """Return what the rule of the chosen metric gives (二者择其一). Source: SPEC a.5 K12."""
    option = context.option("options")
    inner = option.function(replace(context, parameters=option.parameters))
    told = {"option": option.label}
    step = Step(StepKind.CHOICE, "one_of", option.label, context.weight, told)
    return replace(inner, clamps=(step, *inner.clamps))


def formula(context: RuleContext) -> Outcome:
    """Return the points of the scheme's own formula over named figures and ``weight``.

    Source: SPEC a.5, for what no other kind says.
    """
    text = context.word("expression")
    known = {**context.values("figures"), WEIGHT: Value(context.full, context.full_text)}
    try:
        points = compute(read_formula(text), {name: one.number for name, one in known.items()})
    except FormulaUnknownName as error:
        return failed("formula_unknown_name", name=error.name)
    except FormulaDividesByZero:
        return failed("formula_divides_by_zero")
    except FormulaError:
        return failed("formula_not_computable")
    expression = with_numbers(text, {name: one.text for name, one in known.items()})
    return Outcome(points, expression, "formula")
