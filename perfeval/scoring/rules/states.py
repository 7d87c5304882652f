"""Rules that look up the points of what holds: a band, a state, conditions, a level."""

from fractions import Fraction

from perfeval.scoring.quantity import exact, plain
from perfeval.scoring.rules.context import Outcome, RuleContext, band_text, failed, measured
from perfeval.scoring.rules.parameters import Band, read_levels


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


def checklist(context: RuleContext) -> Outcome:
    """Return the sum of the points of the conditions that are met. Source: SPEC a.5 K8."""
    met, table = context.words("met"), context.table("points")
    # In the order of the answer: a table has none once it was kept in a database.
    earned = [table[code] for code in dict.fromkeys(met) if code in table]
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


def states(context: RuleContext) -> Outcome:
    """Return the points of the state that was chosen. Source: SPEC a.5 K10."""
    state = context.chosen("state")
    points = context.table("points").get(state.code)
    if points is None:
        return failed("state_without_points", state=state.label)
    values = {"state": state.label, "points": plain(points)}
    return Outcome(exact(points), f"{state.label} → {plain(points)}", "states", values)


def level(context: RuleContext) -> Outcome:
    """Return weight × the typed percentage, which must lie in the band of the chosen level.

    With ``checked`` false the band only guides. Source: SPEC a.5 K13.
    """
    chosen, percent = context.chosen("level"), context.value("percent")
    band = read_levels(context.parameters["levels"]).get(chosen.code)
    if percent.number > 100:
        return failed("percent_above_hundred", percent=percent.text)
    if band is None or (context.flag("checked") and not _holds(band, percent.number)):
        limits = "" if band is None else band_text(band, "x")
        return failed(
            "percent_outside_level", level=chosen.label, percent=percent.text, limits=limits
        )
    share = percent.number / 100
    expression = f"{context.full_text} × {percent.text}%"
    values = {"level": chosen.label, "percent": percent.text}
    return Outcome(context.full * share, expression, "level", values, rate=share)
