"""The sentences behind the codes of a difference, and what fields, kinds and effects are called.

One line a code, as in ``words.scoring``; a test holds the table against the codes that comparing can give.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from perfeval.scoring.scheme.tree import Scheme
from perfeval.scoring.versions.changes import Change, Effect, worst
from perfeval.words.rule_kinds import KINDS
from perfeval.words.rule_parameters import PARAMETERS

CHANGES: Mapping[str, Promise] = {
    # Any field.
    "text": _("%(field)s: “%(old)s” becomes “%(new)s”."),
    "number": _("%(field)s: %(old)s becomes %(new)s."),
    "flag": _("%(field)s: %(old)s becomes %(new)s."),
    "word": _("%(field)s: %(old)s becomes %(new)s."),
    "codes": _("%(field)s: “%(old)s” becomes “%(new)s”."),
    "other": _("%(field)s: “%(old)s” becomes “%(new)s”."),
    "rounding": _("Rounding: %(old_mode)s %(old_digits)s becomes %(new_mode)s %(new_digits)s."),
    "order": _("The order is another one."),
    # Grades and caps.
    "grade_added": _("Grade “%(grade)s” is new, from %(new)s points."),
    "grade_removed": _("Grade “%(grade)s” (from %(old)s points) is gone."),
    "grade_minimum": _("Grade “%(grade)s” starts at %(new)s points instead of %(old)s."),
    "cap_added": _("New: %(rate)s below %(below)s%% holds the whole to %(limit)s."),
    "cap_removed": _("No longer: %(rate)s below %(below)s%% holds the whole to %(limit)s."),
    # The budget table.
    "cell_added": _("“%(name)s” is asked for now."),
    "cell_removed": _("“%(name)s” is no longer asked for."),
    "column_added": _("Column “%(name)s” is new."),
    "column_removed": _("Column “%(name)s” is gone."),
    "line_added": _("Line “%(name)s” is new."),
    "line_removed": _("Line “%(name)s” is gone."),
    "breakdown_added": _("The breakdown “%(name)s” is new; its lines must add up."),
    "breakdown_removed": _("The breakdown “%(name)s” is gone."),
    "rate_added": _("The rate “%(name)s” is new."),
    "rate_removed": _("The rate “%(name)s” is gone."),
    # Goals, choices, slots, outline, phrases.
    "category_added": _("The goal category “%(name)s” is new."),
    "category_removed": _("The goal category “%(name)s” is gone."),
    "choice_added": _("“%(name)s”: “%(new)s” can be chosen now."),
    "choice_removed": _("“%(name)s”: “%(old)s” can no longer be chosen."),
    "choice_label": _("“%(name)s”: the choice “%(old)s” is called “%(new)s”."),
    "slot_added": _("“%(name)s” is left to the departments' own indicators now."),
    "slot_removed": _("“%(name)s” is no longer left to the departments' own indicators."),
    "section_added": _("Section “%(name)s” is new."),
    "section_removed": _("Section “%(name)s” is gone."),
    "section_text_removed": _("Nothing is written under “%(name)s” any more."),
    "phrase": _("%(name)s: “%(old)s” becomes “%(new)s”."),
    # The tree.
    "indicator_added": _("New indicator of %(weight)s points."),
    "indicator_removed": _("The indicator of %(weight)s points is gone."),
    "group_added": _("New group of %(weight)s points."),
    "group_removed": _("The group of %(weight)s points is gone."),
    "code": _("Its code is %(new)s instead of %(old)s."),
    "moved": _("It moves from “%(old)s” to “%(new)s”."),
    "became_group": _("It is divided into indicators now and is not scored by itself."),
    "became_leaf": _("It is scored by itself now and has no indicators below it."),
    # A rule.
    "kind": _("Scored in another way: “%(old)s” becomes “%(new)s”."),
    "input_added": _("“%(name)s” is asked for now."),
    "input_removed": _("“%(name)s” is no longer asked for."),
    "input_kind": _("“%(name)s” is filled in as %(new)s instead of %(old)s."),
    "parameter": _("%(parameter)s: %(old)s becomes %(new)s."),
    "parameter_flag": _("%(parameter)s: %(old)s becomes %(new)s."),
    "parameter_word": _("%(parameter)s: %(old)s becomes %(new)s."),
    "band_added": _("New band %(name)s: %(new)s points."),
    "band_removed": _("The band %(name)s (%(old)s points) is gone."),
    "band_changed": _("The band %(name)s earns %(new)s points instead of %(old)s."),
    "level_added": _("New level “%(name)s”: %(new)s."),
    "level_removed": _("The level “%(name)s” (%(old)s) is gone."),
    "level_changed": _("The level “%(name)s” covers %(new)s instead of %(old)s."),
    "points_added": _("“%(name)s” earns %(new)s points now."),
    "points_removed": _("“%(name)s” (%(old)s points) earns nothing any more."),
    "points_changed": _("“%(name)s” earns %(new)s points instead of %(old)s."),
    "figure_added": _("The formula's %(name)s is new: %(new)s."),
    "figure_removed": _("The formula's %(name)s (%(old)s) is gone."),
    "figure_changed": _("The formula's %(name)s is %(new)s instead of %(old)s."),
    "option_added": _("“%(name)s” can be chosen as the measure now."),
    "option_removed": _("“%(name)s” can no longer be chosen as the measure."),
    "option_kind": _("“%(name)s” is scored in another way: “%(old)s” becomes “%(new)s”."),
}

EFFECTS: Mapping[Effect, Promise] = {
    Effect.NONE: _("wording only"),
    Effect.COMPATIBLE: _("scores may change"),
    Effect.INCOMPATIBLE: _("answers no longer fit"),
}

#: Fields and parameters by their name in a scheme file.
NAMES: Mapping[str, Promise] = {
    "name": _("Name"),
    "authority": _("Issued by"),
    "source": _("Source"),
    "unverified": _("Unverified"),
    "report_title": _("Title of the report"),
    "annex_mark": _("Annex mark"),
    "year": _("Year"),
    "full_score": _("Full score"),
    "equal_goals": _("A goal with “=” that misses its target"),
    "deviation_percent": _("Asked for a reason when exceeded by more than (%)"),
    "may_be_negative": _("May be below zero"),
    "standard": _("Scoring standard"),
    "evidence": _("Evidence asked for"),
    "weight": _("Weight"),
    "is_own": _("Defined by the department"),
    "is_adjustment": _("Bonus or penalty"),
    "is_scored_group": _("Page and paragraph of its own"),
    "lists_all_items": _("Names every item"),
    "hint": _("Hint"),
    "label": _("Label"),
    "unit": _("Unit"),
    "breakdown": _("Breakdown"),
    "required": _("Compulsory columns"),
    "of": _("Adds up to"),
    "title": _("Heading"),
    "content": _("Contents"),
    "is_required": _("Compulsory"),
    "max_length": _("Longest text"),
    "loss_phrase": _("Sentence for points lost"),
    "deduction_allowed": _("Points may be taken off by hand"),
    "applies": _("Says whether it applies"),
    "when_not_applicable": _("Where it does not apply"),
    "override": _("Points typed instead"),
    "more_is_better": _("A cost that is the better the more it is"),
    "kinds": _("Kinds of rule"),
    "level_label": _("Label of the level"),
    "percent_label": _("Label of the percentage"),
    "standards": _("Scoring standards"),
    "most": _("Most indicators"),
    "has_headings": _("Headings of its own"),
    # A rate's numerator, an indicator's level are called as the parameters are.
    **{name: words.name for name, words in PARAMETERS.items()},
}

#: Values that are words of the application: modes, directions, yes and no.
WORDS: Mapping[str, Promise] = {
    "yes": _("yes"),
    "no": _("no"),
    "half_up": _("half up"),
    "half_even": _("half to even"),
    "truncate": _("cut off"),
    "scheme": _("as the whole scheme"),
    "above": _("above"),
    "below": _("below"),
    "full": _("full marks"),
    "drop": _("its weight goes to the others of its group"),
    "optional": _("its weight goes to the optional ones that were chosen"),
}
#: What an input is filled in as.
_INPUT_WORDS: Mapping[str, Promise] = {
    "count": _("a whole number"),
    "percent": _("a percentage"),
    "yes_no": _("yes or no"),
    "number": _("a number"),
    "amount": _("an amount in 10,000 yuan"),
    "choice": _("one choice"),
    "multiple": _("several choices"),
}
#: Codes whose old and new values are words of the application.
_WORDED = frozenset({"flag", "word", "parameter_flag", "parameter_word", "rounding"})

PLACES: Mapping[str, Promise] = {
    "scheme": _("The indicator system as a whole"),
    "grades": _("Grades and caps"),
    "budget": _("Budget table and rates"),
    "goals": _("Yearly goal"),
    "slots": _("Departments' own indicators"),
    "outline": _("Outline of the report"),
    "phrases": _("Official phrases"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One change as a sentence, with its effect and what that is called."""

    sentence: str
    effect: Effect
    effect_name: str


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """All changes of one place, under the title of that place."""

    title: str
    place: str
    effect: Effect
    changes: tuple[Told, ...]


def describe_change(change: Change) -> str:
    """Return the sentence of a change; where it lies inside one of several rules, that one first."""
    values = {name: _value(change, name, held) for name, held in change.parameters.items()}
    sentence = str(CHANGES[change.code]) % values
    owner = values.get("option") or (values.get("name", "") if "field" in values else "")
    return (
        gettext("%(owner)s — %(sentence)s") % {"owner": owner, "sentence": sentence}
        if owner
        else sentence
    )


def grouped(changes: Iterable[Change], old: Scheme, new: Scheme) -> tuple[ChangeGroup, ...]:
    """Return the changes by place, in the order in which they were found."""
    by_place: dict[str, list[Change]] = {}
    for change in changes:
        by_place.setdefault(change.place, []).append(change)
    titles = {f"indicator:{node.code}": node for node in old.walk()}
    titles |= {f"indicator:{node.code}": node for node in new.walk()}
    return tuple(
        ChangeGroup(
            title=titles[place].name if place in titles else str(PLACES[place]),
            place=place,
            effect=worst(of_place),
            changes=tuple(_told(of_place)),
        )
        for place, of_place in by_place.items()
    )


def _told(changes: Iterable[Change]) -> Iterator[Told]:
    for change in changes:
        yield Told(describe_change(change), change.effect, str(EFFECTS[change.effect]))


def _value(change: Change, name: str, held: str) -> str:
    """Return a parameter of a change as it reads in a sentence."""
    if name in ("field", "parameter"):
        return str(NAMES.get(held, held))
    is_value = name.partition("_")[0] in ("old", "new") and not name.endswith("digits")
    if change.code == "input_kind" and is_value:
        return str(_INPUT_WORDS.get(held, held))
    if change.code in ("kind", "option_kind") and is_value:
        return str(KINDS[held].name) if held in KINDS else held
    if change.code in _WORDED and is_value:
        return str(WORDS.get(held, held))
    if name.endswith("digits") and held:
        return gettext("(%(digits)s decimals)") % {"digits": held}
    return held or "—" if is_value else held
