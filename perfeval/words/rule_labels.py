"""What the rule form calls each kind and each parameter, for people who know schemes but no code."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Words:
    """A label and the sentence below it; ``example`` is how a scoring standard words it."""

    label: Promise
    hint: Promise | str = ""
    example: Promise | str = ""


#: The kinds as the list offers them, the usual ones of each group first.
KIND_GROUPS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (_("By a rate or a ratio"), ("rate", "ratio_up", "ratio_down", "imported")),
    (
        _("By bands, states or conditions"),
        ("bands", "yes_no", "checklist", "states", "level", "one_of"),
    ),
    (
        _("By taking points off"),
        ("per_defect", "per_point", "per_step", "deadline", "manual"),
    ),
    (_("By the department's own goals"), ("list_avg", "split", "goal_ratio")),
    (_("Others"), ("formula", "adjustment")),
)

KINDS: Mapping[str, Words] = {
    "rate": Words(
        _("Weight × rate"),
        _("One amount divided by another, times the weight."),
        _("Points = spending rate × weight."),
    ),
    "ratio_up": Words(
        _("Weight × actual ÷ target (the more the better)"),
        _("Full points once the target is reached."),
        _("Points = actual ÷ target × weight, at most the weight."),
    ),
    "ratio_down": Words(
        _("Weight × target ÷ actual (the less the better)"),
        _("Full points while the limit is kept."),
        _("Cost within the budget: full points; above it: budget ÷ actual × weight."),
    ),
    "imported": Words(
        _("A score given elsewhere, converted"),
        _("For instance an assessment by another authority out of 100."),
        _("Points = assessment score ÷ 100 × weight."),
    ),
    "bands": Words(
        _("Bands"),
        _("Each range of a value earns its points."),
        _("95% and more: 3 points; 90% to below 95%: 2 points; below: none."),
    ),
    "yes_no": Words(
        _("All or nothing"),
        _("One question, yes or no."),
        _("Published in time: full points; otherwise none."),
    ),
    "checklist": Words(
        _("Checklist"),
        _("Each condition that is met earns its own points."),
        _("1 point each for: rules written; rules followed; records complete."),
    ),
    "states": Words(
        _("One of several states"),
        _("The department chooses the state that it is in; each has its points."),
        _("Fully used: 3 points; partly used: 1 point; not used: none."),
    ),
    "level": Words(
        _("Judged by level"),
        _("A level is chosen, and a percentage within its range."),
        _("Achieved: 80%–100%; partly: 60%–80%; not: 0%–60% of the weight."),
    ),
    "one_of": Words(
        _("One of several rules"),
        _("The department chooses which measure applies; each is scored by its own rule."),
        _("By the carry-over rate, or by the change of the carry-over."),
    ),
    "per_defect": Words(
        _("So many points off for each case"),
        _("Down to 0."),
        _("0.5 off for each problem found, until nothing is left."),
    ),
    "per_point": Words(
        _("Points off for each percentage point or unit off the mark"),
        _("Parts of a unit count in proportion, unless only whole units count."),
        _("Adjustment rate above 0: 0.8 off for each percentage point."),
    ),
    "per_step": Words(
        _("Points off for every step off the mark"),
        _("A step is for instance 5 percentage points."),
        _("Below 100%: 2 off for every 5 percentage points."),
    ),
    "deadline": Words(
        _("Points off for each day late"),
        "",
        _("1 off for each day late, at most 2."),
    ),
    "manual": Words(
        _("Judged by hand, with a reason"),
        _("Full points, less what the department takes off; a reason must be given."),
        _("Points are taken off at discretion for incomplete budgets."),
    ),
    "list_avg": Words(
        _("Mean completion of the goals"),
        _("Weight × the mean completion of the department's goals, each at most 100%."),
        _("By the average completion of the output goals."),
    ),
    "split": Words(
        _("Weight shared equally by the goals"),
        _("Each goal has the same share of the weight; each share × its completion."),
        _("The weight is divided equally among the goals."),
    ),
    "goal_ratio": Words(
        _("Goals by their ratios"),
        _("The department gives each goal a ratio; the ratios add up to 100%."),
        _("The sum of completion × ratio of each goal."),
    ),
    "formula": Words(
        _("Formula"),
        _("For what no other kind can say. Figures get short names and stand in a formula."),
        _("weight × spent ÷ budget"),
    ),
    "adjustment": Words(
        _("Bonus and penalty outside the full score"),
        _("Only for an indicator that is marked as bonus or penalty."),
        _("Commended: up to 5 points more; criticised: up to 5 points less."),
    ),
}

#: By kind and name of the parameter; under an empty kind what it is called in all others.
PARAMETERS: Mapping[tuple[str, str], Words] = {
    ("", "numerator"): Words(_("What is divided (numerator)"), _("For instance the spending.")),
    ("", "denominator"): Words(
        _("By what it is divided (denominator)"),
        _("For instance the adjusted budget. Choose the one that the standard names."),
    ),
    ("", "full_when_none"): Words(_("Full points when both are 0")),
    ("", "actual"): Words(_("Actual value")),
    ("ratio_up", "target"): Words(_("Target value"), _("Reached or passed: full points.")),
    ("ratio_down", "target"): Words(_("Limit"), _("Kept: full points.")),
    ("", "value"): Words(_("Which value is looked at")),
    ("", "out_of"): Words(
        _("As a percentage of"),
        _(
            "Only when the value is an amount that is to be read as a share; otherwise leave it out."
        ),
    ),
    ("imported", "out_of"): Words(_("Out of"), _("Its full marks; 100 when left empty.")),
    ("", "bands"): Words(
        _("Bands"),
        _(
            "x is the value; a percentage is written as 95 for 95%. Leave an end empty when it is open."
        ),
    ),
    ("", "threshold"): Words(_("The mark"), _("Up to here nothing is lost. 100 for 100%.")),
    ("", "points_each"): Words(_("Points off for each")),
    ("per_step", "points_each"): Words(_("Points off for every step")),
    ("", "direction"): Words(_("Points are lost when the value is")),
    ("", "whole"): Words(_("Only whole units count")),
    ("", "step"): Words(_("Size of a step"), _("5 for 5 percentage points.")),
    ("", "started"): Words(_("A step that is only begun counts too")),
    ("", "count"): Words(_("How many cases")),
    ("checklist", "met"): Words(_("What the department is asked")),
    ("checklist", "points"): Words(
        _("Conditions and their points"), _("They must add up to the weight.")
    ),
    ("", "met"): Words(_("What the department is asked"), _("A question answered by yes or no.")),
    ("", "state"): Words(_("What the department is asked")),
    ("", "points"): Words(_("States and their points"), _("The best one earns the weight.")),
    ("", "late"): Words(_("How many days late")),
    ("", "max_loss"): Words(_("At most so many points off"), _("No limit when left empty.")),
    ("", "level"): Words(_("What is judged")),
    ("", "percent"): Words(_("The percentage that is judged")),
    ("", "levels"): Words(
        _("Levels and their range in percent"), _("From 0 to 100, without gaps or overlaps.")
    ),
    ("", "checked"): Words(_("The percentage must lie within its level")),
    ("", "score"): Words(_("The score given elsewhere")),
    ("", "expression"): Words(
        _("Formula"),
        _(
            "With + − × ÷, brackets, min(…), max(…), if(condition, then, else) and the names below; "
            "“weight” is the indicator's weight."
        ),
    ),
    ("", "figures"): Words(
        _("Named figures"), _("A short name in small letters for each figure of the formula.")
    ),
    ("", "chosen"): Words(_("What the department is asked")),
    ("", "options"): Words(_("The measures to choose from"), _("Each with a rule of its own.")),
    ("", "categories"): Words(_("Whose goals count")),
    ("", "digits"): Words(
        _("Decimals of a share"), _("The remainder goes to the first. 0 when left empty.")
    ),
    ("", "bonus"): Words(_("Bonus claimed")),
    ("", "penalty"): Words(_("Penalty incurred")),
    ("", "bonus_cap"): Words(
        _("Bonus at most"), _("It equals the indicator's weight; 0 when there is no bonus.")
    ),
    ("", "penalty_cap"): Words(_("Penalty at most")),
}

#: The words of a parameter that takes one of a few.
WORDS: Mapping[str, Promise] = {"above": _("above the mark"), "below": _("below the mark")}


def parameter_words(kind: str, name: str) -> Words:
    """Return what the form calls a parameter of a kind of rule."""
    return PARAMETERS.get((kind, name)) or PARAMETERS["", name]


#: What the kinds that a department may give its own indicators are called.
OWN_KIND_WORDS: Mapping[str, Promise] = {
    "ratio_up": _("at least (≥)"),
    "ratio_down": _("at most (≤)"),
    "yes_no": _("met or not met"),
    "level": _("judged by level"),
    "per_defect": _("points off for each case"),
    "manual": _("judged, with a reason for points lost"),
}
