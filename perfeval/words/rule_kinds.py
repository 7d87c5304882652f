"""Everything that is said of a kind of rule, one entry a kind. A test holds the table against ``RULES``.

Besides its entry a new kind needs its function and line in ``scoring.rules``, its cases, its Chinese in
``locale/``; a parameter that no kind had before needs its entry in ``rule_parameters``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from perfeval.scoring.quantity import format_points, plain
from perfeval.scoring.rules.context import band_text
from perfeval.scoring.rules.formula import with_numbers
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.rules.others import WEIGHT
from perfeval.scoring.rules.parameters import (
    ANSWER_PREFIX,
    read_bands,
    read_levels,
    with_defaults,
)
from perfeval.scoring.scheme.tree import Indicator, Rule, Scheme
from perfeval.words.rule_parameters import PARAMETERS, FormWords


class KindGroup(Enum):
    """Kinds that stand together in the editor's list, in its order."""

    RATIO = "ratio"
    CHOICE = "choice"
    LOSS = "loss"
    GOALS = "goals"
    OTHER = "other"


GROUP_NAMES: Mapping[KindGroup, Promise] = {
    KindGroup.RATIO: _("By a rate or a ratio"),
    KindGroup.CHOICE: _("By bands, states or conditions"),
    KindGroup.LOSS: _("By taking points off"),
    KindGroup.GOALS: _("By the department's own goals"),
    KindGroup.OTHER: _("Others"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KindWords:
    """What is said of one kind of rule.

    ``label``, ``hint``, ``example``: in the editor's list and below it.
    ``name``: in a sentence about what changed.
    ``own``: what departments call it for indicators of their own, where they may have it.
    ``on_sheet``: on the rule sheet of a workbook, in Chinese for whoever reads it without this application.
    ``sentences``: how a leaf is scored by it, on the scheme's page.
    ``steps``: how a score came about, by the code of the step.
    ``parameters``: what the editor calls a parameter here, where it is not the usual.
    """

    group: KindGroup
    label: Promise
    hint: Promise | str = ""
    example: Promise | str = ""
    name: Promise
    own: Promise | None = None
    on_sheet: str
    sentences: Callable[["LeafRule"], list[str]]
    steps: Mapping[str, Promise]
    parameters: Mapping[str, FormWords] = field(default_factory=dict)


class LeafRule:
    """A leaf's rule as words: labels for references, plain digits for numbers."""

    def __init__(self, indicator: Indicator, rule: Rule, scheme: Scheme) -> None:
        self.indicator = indicator
        self.weight = format_points(indicator.weight)
        self.scheme = scheme
        self.parameters = with_defaults(RULES[rule.kind].parameters, rule.parameters)
        self.inputs = {spec.name: spec for spec in rule.inputs}

    def __getitem__(self, name: str) -> str:
        """Return the parameter ``name`` as it reads in a sentence."""
        held = self.parameters[name]
        if not isinstance(held, str):
            return plain(held)  # type: ignore[arg-type]
        return self.label(held)

    def label(self, held: str) -> str:
        """Return what a reference names, as people call it."""
        owner, _dot, tail = held.partition(".")
        if owner == ANSWER_PREFIX and tail in self.inputs:
            return self.inputs[tail].label
        return self.scheme.amount_label(held) or held

    def labels(self, name: str) -> dict[str, str]:
        """Return the labels of the choices of the input that the parameter ``name`` refers to."""
        spec = self.inputs.get(str(self.parameters[name]).partition(".")[2])
        return {choice.code: choice.label for choice in spec.choices} if spec else {}

    def measure(self) -> str:
        """Return the value that is held against bands or a threshold."""
        if self.parameters["out_of"] is None:
            return self["value"]
        return gettext("%(part)s as a percentage of %(whole)s") % {
            "part": self["value"],
            "whole": self["out_of"],
        }


def _rate(leaf: LeafRule) -> list[str]:
    sentences = [
        gettext("%(weight)s × %(numerator)s ÷ %(denominator)s, at most %(weight)s.")
        % {
            "weight": leaf.weight,
            "numerator": leaf["numerator"],
            "denominator": leaf["denominator"],
        }
    ]
    if leaf.parameters["full_when_none"]:
        sentences.append(gettext("The full points where both amounts are 0."))
    return sentences


def _ratio_up(leaf: LeafRule) -> list[str]:
    return [
        gettext("%(weight)s × %(actual)s ÷ %(target)s, at most %(weight)s.")
        % {"weight": leaf.weight, "actual": leaf["actual"], "target": leaf["target"]}
    ]


def _ratio_down(leaf: LeafRule) -> list[str]:
    return [
        gettext(
            "The full points while %(actual)s is at most %(target)s; "
            "above it %(weight)s × %(target)s ÷ %(actual)s."
        )
        % {"weight": leaf.weight, "actual": leaf["actual"], "target": leaf["target"]}
    ]


def _bands(leaf: LeafRule) -> list[str]:
    return [
        gettext("Points by x = %(value)s:") % {"value": leaf.measure()},
        *(
            f"{band_text(band, 'x')} → {format_points(band.points)}"
            for band in read_bands(leaf.parameters["bands"])
        ),
    ]


def _per_point(leaf: LeafRule) -> list[str]:
    words = {"value": leaf.measure(), "threshold": leaf["threshold"], "each": leaf["points_each"]}
    if leaf.parameters["direction"] == "above":
        first = gettext("%(each)s off for each unit by which %(value)s is above %(threshold)s.")
    else:
        first = gettext("%(each)s off for each unit by which %(value)s is below %(threshold)s.")
    sentences = [first % words]
    if leaf.parameters["whole"]:
        sentences.append(gettext("Only whole units count."))
    return sentences


def _per_step(leaf: LeafRule) -> list[str]:
    words = {
        "value": leaf.measure(),
        "threshold": leaf["threshold"],
        "each": leaf["points_each"],
        "step": leaf["step"],
    }
    if leaf.parameters["direction"] == "above":
        first = gettext(
            "%(each)s off for every %(step)s by which %(value)s is above %(threshold)s."
        )
    else:
        first = gettext(
            "%(each)s off for every %(step)s by which %(value)s is below %(threshold)s."
        )
    if leaf.parameters["started"]:
        second = gettext("A step that is only begun counts too.")
    else:
        second = gettext("A step that is only begun does not count.")
    return [first % words, second]


def _per_defect(leaf: LeafRule) -> list[str]:
    return [
        gettext("%(each)s off for each one of “%(count)s”, down to 0.")
        % {"each": leaf["points_each"], "count": leaf["count"]}
    ]


def _checklist(leaf: LeafRule) -> list[str]:
    return [
        gettext("The sum of the points of the conditions that are met:"),
        *_points_by_label(leaf, "met"),
    ]


def _points_by_label(leaf: LeafRule, name: str) -> list[str]:
    """Return one line for each choice of the input that ``name`` refers to, with its points."""
    points, labels = leaf.parameters["points"], leaf.labels(name)
    table = points if isinstance(points, Mapping) else {}
    return [f"{labels.get(code, code)} → {format_points(earned)}" for code, earned in table.items()]


def _states(leaf: LeafRule) -> list[str]:
    return [
        gettext("The points of the state “%(state)s” that is chosen:") % {"state": leaf["state"]},
        *_points_by_label(leaf, "state"),
    ]


def _level(leaf: LeafRule) -> list[str]:
    labels = leaf.labels("level")
    sentences = [
        gettext(
            "%(weight)s × the percentage that is judged, by the level “%(level)s” (x in percent):"
        )
        % {"weight": leaf.weight, "level": leaf["level"]},
        *(
            f"{labels.get(code, code)}: {band_text(band, 'x')}"
            for code, band in read_levels(leaf.parameters["levels"]).items()
        ),
    ]
    if leaf.parameters["checked"]:
        sentences.append(gettext("The percentage must lie within its level."))
    return sentences


def _formula(leaf: LeafRule) -> list[str]:
    figures = leaf.parameters["figures"]
    names = {
        name: f"“{leaf.label(item)}”" if isinstance(item, str) else plain(item)
        for name, item in (figures.items() if isinstance(figures, Mapping) else ())
    }
    names[WEIGHT] = leaf.weight
    expression = with_numbers(str(leaf.parameters["expression"]), names)
    return [gettext("By the formula: %(formula)s.") % {"formula": expression}]


def _imported(leaf: LeafRule) -> list[str]:
    return [
        gettext("The score given elsewhere (%(score)s) × %(weight)s ÷ %(full)s.")
        % {"score": leaf["score"], "weight": leaf.weight, "full": leaf["out_of"]}
    ]


def _yes_no(leaf: LeafRule) -> list[str]:
    return [
        gettext("%(weight)s if “%(met)s” is answered with yes, otherwise 0.")
        % {"weight": leaf.weight, "met": leaf["met"]}
    ]


def _deadline(leaf: LeafRule) -> list[str]:
    sentences = [
        gettext("%(each)s off for each one of “%(late)s”.")
        % {"each": leaf["points_each"], "late": leaf["late"]}
    ]
    if leaf.parameters["max_loss"] is not None:
        sentences.append(gettext("At most %(most)s off.") % {"most": leaf["max_loss"]})
    return sentences


def _one_of(leaf: LeafRule) -> list[str]:
    options, labels = leaf.parameters["options"], leaf.labels("chosen")
    sentences = [gettext("Scored by one of these, as chosen under “%(chosen)s”:")]
    sentences[0] %= {"chosen": leaf["chosen"]}
    for code, table in options.items() if isinstance(options, Mapping) else ():
        rule = Rule(table["kind"], table, tuple(leaf.inputs.values()))
        inner = sentences_of(leaf.indicator, rule, leaf.scheme)
        sentences.append(f"{labels.get(code, code)}: {inner[0]}")
        sentences += inner[1:]
    return sentences


def _categories(leaf: LeafRule) -> str:
    codes = leaf.parameters["categories"]
    wanted = codes if isinstance(codes, tuple) else ()
    return "、".join(
        category.name for category in leaf.scheme.goal_categories if category.code in wanted
    )


def _split(leaf: LeafRule) -> list[str]:
    return [
        gettext(
            "%(weight)s shared equally by the department’s goals under %(names)s "
            "(%(digits)s decimals, the remainder given to the first), each share × its completion."
        )
        % {"weight": leaf.weight, "names": _categories(leaf), "digits": leaf["digits"]}
    ]


def _goal_ratio(leaf: LeafRule) -> list[str]:
    return [
        gettext(
            "%(weight)s × the sum of completion × ratio of the department’s goals under "
            "%(names)s; the ratios add up to 100%%."
        )
        % {"weight": leaf.weight, "names": _categories(leaf)}
    ]


def _list_avg(leaf: LeafRule) -> list[str]:
    return [
        gettext(
            "%(weight)s × the weighted mean completion of the department’s goals under "
            "%(names)s, each counted at 100%% at most."
        )
        % {"weight": leaf.weight, "names": _categories(leaf)}
    ]


def _manual(leaf: LeafRule) -> list[str]:
    return [
        gettext("%(weight)s, less what is taken off by hand with a reason.")
        % {"weight": leaf.weight}
    ]


def _adjustment(leaf: LeafRule) -> list[str]:
    return [
        gettext("Bonus up to %(bonus)s, penalty up to %(penalty)s, outside the full score.")
        % {"bonus": leaf["bonus_cap"], "penalty": leaf["penalty_cap"]}
    ]


#: In the order of the editor's list.
KINDS: Mapping[str, KindWords] = {
    "rate": KindWords(
        group=KindGroup.RATIO,
        label=_("Weight × rate"),
        hint=_("One amount divided by another, times the weight."),
        example=_("Points = spending rate × weight."),
        name=_("weight × rate"),
        on_sheet="分值×比率",
        sentences=_rate,
        steps={
            "rate": _("Weight × rate: %(numerator)s ÷ %(denominator)s = %(rate)s."),
            "rate_none": _("There was nothing to spend, so nothing is lost."),
        },
    ),
    "ratio_up": KindWords(
        group=KindGroup.RATIO,
        label=_("Weight × actual ÷ target (the more the better)"),
        hint=_("Full points once the target is reached."),
        example=_("Points = actual ÷ target × weight, at most the weight."),
        name=_("weight × actual ÷ target"),
        on_sheet="正向：分值×实际÷目标",
        own=_("at least (≥)"),
        sentences=_ratio_up,
        steps={
            "ratio_up": _("Weight × actual ÷ target: %(actual)s of %(target)s is %(rate)s."),
        },
    ),
    "ratio_down": KindWords(
        group=KindGroup.RATIO,
        label=_("Weight × target ÷ actual (the less the better)"),
        hint=_("Full points while the limit is kept."),
        example=_("Cost within the budget: full points; above it: budget ÷ actual × weight."),
        name=_("weight × target ÷ actual"),
        on_sheet="反向：分值×目标÷实际",
        own=_("at most (≤)"),
        sentences=_ratio_down,
        steps={
            "ratio_down": _(
                "Weight × target ÷ actual: %(actual)s is above the limit of %(target)s."
            ),
            "ratio_down_within": _("%(actual)s keeps within the limit of %(target)s: full marks."),
        },
        parameters={
            "target": FormWords(_("Limit"), _("Kept: full points.")),
        },
    ),
    "imported": KindWords(
        group=KindGroup.RATIO,
        label=_("A score given elsewhere, converted"),
        hint=_("For instance an assessment by another authority out of 100."),
        example=_("Points = assessment score ÷ 100 × weight."),
        name=_("converted score"),
        on_sheet="引用得分折算",
        sentences=_imported,
        steps={
            "imported": _("A score of %(score)s out of %(full)s, converted to the weight."),
        },
        parameters={
            "out_of": FormWords(_("Out of"), _("Its full marks; 100 when left empty.")),
        },
    ),
    "bands": KindWords(
        group=KindGroup.CHOICE,
        label=_("Bands"),
        hint=_("Each range of a value earns its points."),
        example=_("95% and more: 3 points; 90% to below 95%: 2 points; below: none."),
        name=_("bands"),
        on_sheet="分档计分",
        sentences=_bands,
        steps={
            "bands": _("%(value)s falls into the band that earns %(points)s."),
        },
    ),
    "yes_no": KindWords(
        group=KindGroup.CHOICE,
        label=_("All or nothing"),
        hint=_("One question, yes or no."),
        example=_("Published in time: full points; otherwise none."),
        name=_("yes or no"),
        on_sheet="是得满分，否不得分",
        own=_("met or not met"),
        sentences=_yes_no,
        steps={
            "yes_no_met": _("The condition is met: full marks."),
            "yes_no_unmet": _("The condition is not met: no points."),
        },
    ),
    "checklist": KindWords(
        group=KindGroup.CHOICE,
        label=_("Checklist"),
        hint=_("Each condition that is met earns its own points."),
        example=_("1 point each for: rules written; rules followed; records complete."),
        name=_("checklist"),
        on_sheet="逐项计分",
        sentences=_checklist,
        steps={
            "checklist": _("%(met)s of %(of)s conditions are met; their points add up."),
        },
        parameters={
            "met": FormWords(_("What the department is asked")),
            "points": FormWords(
                _("Conditions and their points"), _("They must add up to the weight.")
            ),
        },
    ),
    "states": KindWords(
        group=KindGroup.CHOICE,
        label=_("One of several states"),
        hint=_("The department chooses the state that it is in; each has its points."),
        example=_("Fully used: 3 points; partly used: 1 point; not used: none."),
        name=_("one of several states"),
        on_sheet="按情形计分",
        sentences=_states,
        steps={
            "states": _("The state is “%(state)s”, which earns %(points)s."),
        },
    ),
    "level": KindWords(
        group=KindGroup.CHOICE,
        label=_("Judged by level"),
        hint=_("A level is chosen, and a percentage within its range."),
        example=_("Achieved: 80%–100%; partly: 60%–80%; not: 0%–60% of the weight."),
        name=_("judged by level"),
        on_sheet="定性分档",
        own=_("judged by level"),
        sentences=_level,
        steps={
            "level": _("Judged “%(level)s”: weight × %(percent)s%%."),
        },
    ),
    "one_of": KindWords(
        group=KindGroup.CHOICE,
        label=_("One of several rules"),
        hint=_("The department chooses which measure applies; each is scored by its own rule."),
        example=_("By the carry-over rate, or by the change of the carry-over."),
        name=_("one of several measures"),
        on_sheet="择一计分",
        sentences=_one_of,
        steps={
            "one_of": _("“%(option)s” was chosen and is scored by its own rule."),
        },
    ),
    "per_defect": KindWords(
        group=KindGroup.LOSS,
        label=_("So many points off for each case"),
        hint=_("Down to 0."),
        example=_("0.5 off for each problem found, until nothing is left."),
        name=_("points off for each case"),
        on_sheet="每例扣分",
        own=_("points off for each case"),
        sentences=_per_defect,
        steps={
            "per_defect": _("%(count)s cases, %(each)s points lost for each."),
        },
    ),
    "per_point": KindWords(
        group=KindGroup.LOSS,
        label=_("Points off for each percentage point or unit off the mark"),
        hint=_("Parts of a unit count in proportion, unless only whole units count."),
        example=_("Adjustment rate above 0: 0.8 off for each percentage point."),
        name=_("points off for each unit"),
        on_sheet="每超（低）1个单位扣分",
        sentences=_per_point,
        steps={
            "per_point": _(
                "%(value)s misses %(threshold)s by %(excess)s; %(each)s are lost for each."
            ),
            "per_point_within": _("%(value)s keeps within %(threshold)s: full marks."),
        },
    ),
    "per_step": KindWords(
        group=KindGroup.LOSS,
        label=_("Points off for every step off the mark"),
        hint=_("A step is for instance 5 percentage points."),
        example=_("Below 100%: 2 off for every 5 percentage points."),
        name=_("points off for every step"),
        on_sheet="每超（低）一档扣分",
        sentences=_per_step,
        steps={
            "per_step": _(
                "%(value)s misses %(threshold)s by %(steps)s steps of %(step)s; %(each)s are lost for each."
            ),
            "per_step_within": _("%(value)s keeps within %(threshold)s: full marks."),
        },
        parameters={
            "points_each": FormWords(_("Points off for every step")),
        },
    ),
    "deadline": KindWords(
        group=KindGroup.LOSS,
        label=_("Points off for each day late"),
        example=_("1 off for each day late, at most 2."),
        name=_("points off for each day late"),
        on_sheet="逾期扣分",
        sentences=_deadline,
        steps={
            "deadline": _("%(late)s late, %(each)s points lost for each."),
        },
    ),
    "manual": KindWords(
        group=KindGroup.LOSS,
        label=_("Judged by hand, with a reason"),
        hint=_("Full points, less what the department takes off; a reason must be given."),
        example=_("Points are taken off at discretion for incomplete budgets."),
        name=_("judged by hand"),
        on_sheet="人工评分",
        own=_("judged, with a reason for points lost"),
        sentences=_manual,
        steps={
            "manual": _("Full marks, from which points are taken off by judgement."),
        },
    ),
    "list_avg": KindWords(
        group=KindGroup.GOALS,
        label=_("Mean completion of the goals"),
        hint=_("Weight × the mean completion of the department's goals, each at most 100%."),
        example=_("By the average completion of the output goals."),
        name=_("mean completion of the goals"),
        on_sheet="绩效目标加权平均完成率",
        sentences=_list_avg,
        steps={
            "list_avg": _(
                "Weight × mean completion of %(count)s goals, each at most 100%%: %(rate)s."
            ),
        },
    ),
    "split": KindWords(
        group=KindGroup.GOALS,
        label=_("Weight shared equally by the goals"),
        hint=_("Each goal has the same share of the weight; each share × its completion."),
        example=_("The weight is divided equally among the goals."),
        name=_("shared equally by the goals"),
        on_sheet="各绩效目标平分分值",
        sentences=_split,
        steps={
            "split": _(
                "The weight is shared by %(count)s goals (%(shares)s); each share × its completion."
            ),
        },
    ),
    "goal_ratio": KindWords(
        group=KindGroup.GOALS,
        label=_("Goals by their ratios"),
        hint=_("The department gives each goal a ratio; the ratios add up to 100%."),
        example=_("The sum of completion × ratio of each goal."),
        name=_("goals by their ratios"),
        on_sheet="各绩效目标按比重",
        sentences=_goal_ratio,
        steps={
            "goal_ratio": _(
                "Weight × the sum of completion × ratio of %(count)s goals, each at most 100%%: %(rate)s."
            ),
        },
    ),
    "formula": KindWords(
        group=KindGroup.OTHER,
        label=_("Formula"),
        hint=_("For what no other kind can say. Figures get short names and stand in a formula."),
        example=_("weight × spent ÷ budget"),
        name=_("formula"),
        on_sheet="公式",
        sentences=_formula,
        steps={
            "formula": _("Computed by the formula of the scoring standard."),
        },
    ),
    "adjustment": KindWords(
        group=KindGroup.OTHER,
        label=_("Bonus and penalty outside the full score"),
        hint=_("Only for an indicator that is marked as bonus or penalty."),
        example=_("Commended: up to 5 points more; criticised: up to 5 points less."),
        name=_("bonus and penalty"),
        on_sheet="加减分",
        sentences=_adjustment,
        steps={
            "adjustment": _("Bonus %(bonus)s less penalty %(penalty)s, outside the full score."),
            "clamp_bonus": _("The bonus claimed, %(claimed)s, is held to the cap of %(cap)s."),
            "clamp_penalty": _("The penalty of %(claimed)s is held to the cap of %(cap)s."),
        },
    ),
}


def kind_groups() -> Iterator[tuple[Promise, tuple[str, ...]]]:
    """Yield each group's name and its kinds, the usual ones first."""
    for group, name in GROUP_NAMES.items():
        yield name, tuple(kind for kind, words in KINDS.items() if words.group is group)


def own_kind_name(kind: str) -> Promise | str:
    """Return what departments call a kind for their own indicators."""
    own = KINDS[kind].own if kind in KINDS else None
    return own or kind


def parameter_words(kind: str, name: str) -> FormWords:
    """Return what the editor calls a parameter of a kind of rule."""
    own = KINDS[kind].parameters if kind in KINDS else {}
    return own.get(name) or PARAMETERS[name].form


def sentences_of(indicator: Indicator, rule: Rule, scheme: Scheme) -> list[str]:
    """Return the sentences that say how a rule scores ``indicator``, without what changes any kind."""
    return KINDS[rule.kind].sentences(LeafRule(indicator, rule, scheme))
