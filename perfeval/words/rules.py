"""A scoring rule in words: what a leaf's rule does with which values, for people who read a scheme."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perfeval.scoring.quantity import RoundingMode, format_points, plain
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
from perfeval.scoring.scheme.tree import Indicator, Rule, Scheme, WhenNotApplicable
from perfeval.words.rule_labels import OWN_KIND_WORDS


def describe_rule(indicator: Indicator, scheme: Scheme) -> tuple[str, ...]:
    """Return the sentences that say how ``indicator`` is scored; none for a node with children."""
    rule, slot = indicator.rule, scheme.slot(indicator.code)
    if slot:
        kinds = " / ".join(str(OWN_KIND_WORDS.get(kind, kind)) for kind in slot.kinds)
        words = {"weight": format_points(indicator.weight), "most": slot.most, "kinds": kinds}
        return (
            _(
                "Each department sets its own indicators here: %(weight)s points together, at most "
                "%(most)s of them, scored as: %(kinds)s."
            )
            % words,
        )
    if rule is None:
        return ()
    sentences = _sentences(indicator, rule, scheme)
    if rule.deduction_allowed:
        sentences.append(_("Points may also be taken off by hand, with a reason."))
    return (*sentences, *_modifiers(rule))


def describe_total_caps(scheme: Scheme) -> tuple[str, ...]:
    """Return the sentences that say what holds the total or the grade down."""
    names = {rate.code: rate.name for rate in scheme.rates}
    sentences = []
    for cap in scheme.total_caps:
        words = {"rate": names.get(cap.rate, cap.rate), "below": plain(cap.below)}
        if cap.total is not None:
            told = words | {"total": format_points(cap.total)}
            sentences.append(_("%(rate)s below %(below)s%%: at most %(total)s in all.") % told)
        if cap.grade:
            told = words | {"grade": cap.grade}
            sentences.append(_("%(rate)s below %(below)s%%: “%(grade)s” at best.") % told)
    return tuple(sentences)


_NOT_APPLICABLE = {
    WhenNotApplicable.FULL: gettext_lazy("Where it does not apply, it earns the full points."),
    WhenNotApplicable.DROP: gettext_lazy(
        "Where it does not apply, it drops out and its weight goes to the others of its group."
    ),
    WhenNotApplicable.OPTIONAL: gettext_lazy(
        "It is optional: where it is not chosen, its weight goes to the optional ones that are."
    ),
}
_ROUNDING = {
    RoundingMode.HALF_UP: gettext_lazy("Rounded half up to %(digits)s decimals."),
    RoundingMode.HALF_EVEN: gettext_lazy("Rounded half to even to %(digits)s decimals."),
    RoundingMode.TRUNCATE: gettext_lazy("Cut off after %(digits)s decimals."),
}


def _modifiers(rule: Rule) -> list[str]:
    """Return the sentences for what the rule changes in any kind."""
    sentences = []
    if rule.applies:
        sentences.append(str(_NOT_APPLICABLE[rule.when_not_applicable]))
    if rule.override:
        sentences.append(_("The computed points may be replaced by hand, with a reason."))
    if rule.rounding:
        sentences.append(_ROUNDING[rule.rounding.mode] % {"digits": rule.rounding.digits})
    return sentences


def _sentences(indicator: Indicator, rule: Rule, scheme: Scheme) -> list[str]:
    return _SENTENCES[rule.kind](_Told(indicator, rule, scheme))


class _Told:
    """The parameters of one rule as words: labels for references, plain digits for numbers."""

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
        return _("%(part)s as a percentage of %(whole)s") % {
            "part": self["value"],
            "whole": self["out_of"],
        }


def _rate(told: _Told) -> list[str]:
    sentences = [
        _("%(weight)s × %(numerator)s ÷ %(denominator)s, at most %(weight)s.")
        % {
            "weight": told.weight,
            "numerator": told["numerator"],
            "denominator": told["denominator"],
        }
    ]
    if told.parameters["full_when_none"]:
        sentences.append(_("The full points where both amounts are 0."))
    return sentences


def _ratio_up(told: _Told) -> list[str]:
    return [
        _("%(weight)s × %(actual)s ÷ %(target)s, at most %(weight)s.")
        % {"weight": told.weight, "actual": told["actual"], "target": told["target"]}
    ]


def _ratio_down(told: _Told) -> list[str]:
    return [
        _(
            "The full points while %(actual)s is at most %(target)s; "
            "above it %(weight)s × %(target)s ÷ %(actual)s."
        )
        % {"weight": told.weight, "actual": told["actual"], "target": told["target"]}
    ]


def _bands(told: _Told) -> list[str]:
    return [
        _("Points by x = %(value)s:") % {"value": told.measure()},
        *(
            f"{band_text(band, 'x')} → {format_points(band.points)}"
            for band in read_bands(told.parameters["bands"])
        ),
    ]


def _per_point(told: _Told) -> list[str]:
    words = {"value": told.measure(), "threshold": told["threshold"], "each": told["points_each"]}
    if told.parameters["direction"] == "above":
        first = _("%(each)s off for each unit by which %(value)s is above %(threshold)s.")
    else:
        first = _("%(each)s off for each unit by which %(value)s is below %(threshold)s.")
    sentences = [first % words]
    if told.parameters["whole"]:
        sentences.append(_("Only whole units count."))
    return sentences


def _per_step(told: _Told) -> list[str]:
    words = {
        "value": told.measure(),
        "threshold": told["threshold"],
        "each": told["points_each"],
        "step": told["step"],
    }
    if told.parameters["direction"] == "above":
        first = _("%(each)s off for every %(step)s by which %(value)s is above %(threshold)s.")
    else:
        first = _("%(each)s off for every %(step)s by which %(value)s is below %(threshold)s.")
    if told.parameters["started"]:
        second = _("A step that is only begun counts too.")
    else:
        second = _("A step that is only begun does not count.")
    return [first % words, second]


def _per_defect(told: _Told) -> list[str]:
    return [
        _("%(each)s off for each one of “%(count)s”, down to 0.")
        % {"each": told["points_each"], "count": told["count"]}
    ]


def _checklist(told: _Told) -> list[str]:
    return [
        _("The sum of the points of the conditions that are met:"),
        *_points_by_label(told, "met"),
    ]


def _points_by_label(told: _Told, name: str) -> list[str]:
    """Return one line for each choice of the input that ``name`` refers to, with its points."""
    points, labels = told.parameters["points"], told.labels(name)
    table = points if isinstance(points, Mapping) else {}
    return [f"{labels.get(code, code)} → {format_points(earned)}" for code, earned in table.items()]


def _states(told: _Told) -> list[str]:
    return [
        _("The points of the state “%(state)s” that is chosen:") % {"state": told["state"]},
        *_points_by_label(told, "state"),
    ]


def _level(told: _Told) -> list[str]:
    labels = told.labels("level")
    sentences = [
        _("%(weight)s × the percentage that is judged, by the level “%(level)s” (x in percent):")
        % {"weight": told.weight, "level": told["level"]},
        *(
            f"{labels.get(code, code)}: {band_text(band, 'x')}"
            for code, band in read_levels(told.parameters["levels"]).items()
        ),
    ]
    if told.parameters["checked"]:
        sentences.append(_("The percentage must lie within its level."))
    return sentences


def _formula(told: _Told) -> list[str]:
    figures = told.parameters["figures"]
    names = {
        name: f"“{told.label(item)}”" if isinstance(item, str) else plain(item)
        for name, item in (figures.items() if isinstance(figures, Mapping) else ())
    }
    names[WEIGHT] = told.weight
    expression = with_numbers(str(told.parameters["expression"]), names)
    return [_("By the formula: %(formula)s.") % {"formula": expression}]


def _imported(told: _Told) -> list[str]:
    return [
        _("The score given elsewhere (%(score)s) × %(weight)s ÷ %(full)s.")
        % {"score": told["score"], "weight": told.weight, "full": told["out_of"]}
    ]


def _yes_no(told: _Told) -> list[str]:
    return [
        _("%(weight)s if “%(met)s” is answered with yes, otherwise 0.")
        % {"weight": told.weight, "met": told["met"]}
    ]


def _deadline(told: _Told) -> list[str]:
    sentences = [
        _("%(each)s off for each one of “%(late)s”.")
        % {"each": told["points_each"], "late": told["late"]}
    ]
    if told.parameters["max_loss"] is not None:
        sentences.append(_("At most %(most)s off.") % {"most": told["max_loss"]})
    return sentences


def _one_of(told: _Told) -> list[str]:
    options, labels = told.parameters["options"], told.labels("chosen")
    sentences = [_("Scored by one of these, as chosen under “%(chosen)s”:")]
    sentences[0] %= {"chosen": told["chosen"]}
    for code, table in options.items() if isinstance(options, Mapping) else ():
        rule = Rule(table["kind"], table, tuple(told.inputs.values()))
        inner = _sentences(told.indicator, rule, told.scheme)
        sentences.append(f"{labels.get(code, code)}: {inner[0]}")
        sentences += inner[1:]
    return sentences


def _categories(told: _Told) -> str:
    codes = told.parameters["categories"]
    wanted = codes if isinstance(codes, tuple) else ()
    return "、".join(
        category.name for category in told.scheme.goal_categories if category.code in wanted
    )


def _split(told: _Told) -> list[str]:
    return [
        _(
            "%(weight)s shared equally by the department’s goals under %(names)s "
            "(%(digits)s decimals, the remainder given to the first), each share × its completion."
        )
        % {"weight": told.weight, "names": _categories(told), "digits": told["digits"]}
    ]


def _goal_ratio(told: _Told) -> list[str]:
    return [
        _(
            "%(weight)s × the sum of completion × ratio of the department’s goals under "
            "%(names)s; the ratios add up to 100%%."
        )
        % {"weight": told.weight, "names": _categories(told)}
    ]


def _list_avg(told: _Told) -> list[str]:
    return [
        _(
            "%(weight)s × the weighted mean completion of the department’s goals under "
            "%(names)s, each counted at 100%% at most."
        )
        % {"weight": told.weight, "names": _categories(told)}
    ]


def _manual(told: _Told) -> list[str]:
    return [
        _("%(weight)s, less what is taken off by hand with a reason.") % {"weight": told.weight}
    ]


def _adjustment(told: _Told) -> list[str]:
    return [
        _("Bonus up to %(bonus)s, penalty up to %(penalty)s, outside the full score.")
        % {"bonus": told["bonus_cap"], "penalty": told["penalty_cap"]}
    ]


_SENTENCES: Mapping[str, Callable[[_Told], list[str]]] = {
    "rate": _rate,
    "ratio_up": _ratio_up,
    "ratio_down": _ratio_down,
    "bands": _bands,
    "per_point": _per_point,
    "per_step": _per_step,
    "per_defect": _per_defect,
    "checklist": _checklist,
    "yes_no": _yes_no,
    "states": _states,
    "level": _level,
    "imported": _imported,
    "formula": _formula,
    "deadline": _deadline,
    "one_of": _one_of,
    "split": _split,
    "goal_ratio": _goal_ratio,
    "list_avg": _list_avg,
    "manual": _manual,
    "adjustment": _adjustment,
}
