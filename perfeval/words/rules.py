"""A scoring rule in words: what a leaf's rule does with which values, for people who read a scheme."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perfeval.scoring.quantity import RoundingMode, format_points, plain
from perfeval.scoring.scheme.tree import Indicator, Rule, Scheme, WhenNotApplicable
from perfeval.words.rule_kinds import KINDS, own_kind_name, sentences_of
from perfeval.words.rule_parameters import FIELDS_ON_SHEET, PARAMETERS


def describe_rule(indicator: Indicator, scheme: Scheme) -> tuple[str, ...]:
    """Return the sentences that say how ``indicator`` is scored; none for a node with children."""
    rule, slot = indicator.rule, scheme.slot(indicator.code)
    if slot:
        kinds = " / ".join(str(own_kind_name(kind)) for kind in slot.kinds)
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
    sentences = sentences_of(indicator, rule, scheme)
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
            values = words | {"total": format_points(cap.total)}
            sentences.append(_("%(rate)s below %(below)s%%: at most %(total)s in all.") % values)
        if cap.grade:
            values = words | {"grade": cap.grade}
            sentences.append(_("%(rate)s below %(below)s%%: “%(grade)s” at best.") % values)
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


_ON_SHEET = {**FIELDS_ON_SHEET, **{name: words.on_sheet for name, words in PARAMETERS.items()}}


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


def meaning_on_sheet(path: str, value: object) -> str:
    """Return what a row of the rule sheet says, in Chinese; codes of choices are left out.

    ``path``: of a parameter in its rule, as in ``bands[1].points``.
    """
    parts = re.findall(r"[a-z_][a-z0-9_]*", path)
    meaning = "·".join(_ON_SHEET[part] for part in parts if part in _ON_SHEET)
    if parts and parts[-1] == "kind" and str(value) in KINDS:
        return f"{meaning}：{KINDS[str(value)].on_sheet}"
    return meaning
