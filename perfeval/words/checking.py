"""The sentences of what the checker finds. One line a code; a test holds the table against the codes."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from perfeval.checking.findings import Finding, FindingSeverity

SEVERITY_NAMES: Mapping[FindingSeverity, Promise] = {
    FindingSeverity.ERROR: _("Error"),
    FindingSeverity.WARNING: _("Warning"),
    FindingSeverity.NOTE: _("Note"),
}

SENTENCES: Mapping[str, Promise] = {
    "rate-wrong": _(
        "The rate does not follow from the amounts: %(stated)s is stated, %(arithmetic)s."
    ),
    "rate-doubtful": _(
        "The rate does not fit the amounts beside it: %(stated)s is stated, %(arithmetic)s; a denominator that is not named may have been used."
    ),
    "rate-rounding": _(
        "The last digit of the rate is off: %(stated)s is stated, the printed amounts give %(arithmetic)s; only amounts before rounding could give it."
    ),
    "rate-cut-off": _("The rate was cut off, not rounded: %(stated)s is stated, %(arithmetic)s."),
    "rate-denominator": _(
        "The denominator changed its name: “%(label)s” %(stated)s, yet what gives it is “%(denominator)s” (%(arithmetic)s)."
    ),
    "rate-restated": _(
        "One and the same rate has two values: “%(label)s” is %(stated)s here, “%(other_label)s” is %(computed)s %(where)s."
    ),
    "share-wrong": _(
        "The share does not follow from the amounts: %(stated)s is stated, %(arithmetic)s."
    ),
    "shares-not-whole": _("The shares of the parts do not add to 100%%: %(arithmetic)s."),
    "growth-wrong": _(
        "The change does not follow from the amounts: %(stated)s is stated, %(arithmetic)s."
    ),
    "equation-wrong": _("The equation does not hold: %(stated)s is stated, %(arithmetic)s."),
    "sum-wrong": _(
        "The parts add to more than the whole: %(stated)s is stated as the whole, %(arithmetic)s."
    ),
    "sum-doubtful": _(
        "The parts do not add to the whole: %(stated)s is stated, %(arithmetic)s, %(difference)s apart; the list may be incomplete."
    ),
    "sum-rounding": _(
        "The parts miss the whole by a last digit: %(stated)s is stated, %(arithmetic)s; rounding may explain it."
    ),
    "total-doubtful": _(
        "The total does not add up the figures before it: %(stated)s is stated, %(arithmetic)s."
    ),
    "balance-doubtful": _(
        "The difference does not hold: “%(label)s” is %(stated)s, %(arithmetic)s."
    ),
    "score-above-weight": _(
        "The score is above the weight: “%(name)s” has %(stated)s, its weight is %(computed)s."
    ),
    "score-rate-wrong": _(
        "The score rate does not follow: “%(name)s” states %(stated)s, %(arithmetic)s."
    ),
    "score-rate-cut-off": _(
        "The score rate was cut off, not rounded: “%(name)s” states %(stated)s, %(arithmetic)s."
    ),
    "lost-points-doubtful": _(
        "The points taken off do not follow: “%(name)s” takes off %(stated)s, %(arithmetic)s."
    ),
    "loss-without-reason": _(
        "Points were lost without a reason: “%(name)s” has %(stated)s of %(computed)s and the text gives none."
    ),
    "score-rule-doubtful": _(
        "The score does not follow from the rate: “%(name)s” has %(stated)s, by the rate %(arithmetic)s."
    ),
    "score-restated": _(
        "One and the same score has two values: “%(name)s” is %(stated)s here and %(computed)s %(where)s."
    ),
    "group-score-wrong": _(
        "The scores below do not add up: “%(name)s” has %(stated)s, %(arithmetic)s."
    ),
    "group-score-doubtful": _(
        "The scores below do not add up: “%(name)s” has %(stated)s, %(arithmetic)s; the weights do not add up either, so the list may be incomplete."
    ),
    "group-weight-doubtful": _(
        "The weights below do not add up: “%(name)s” weighs %(stated)s, %(arithmetic)s."
    ),
    "total-score-wrong": _(
        "The total is not the sum of the scores: %(stated)s is stated, %(arithmetic)s."
    ),
    "total-score-doubtful": _(
        "The total is not the sum of the listed scores: %(stated)s is stated, %(arithmetic)s; the list may be incomplete."
    ),
    "total-weight-wrong": _(
        "The weights do not add to the full score: it is %(stated)s, %(arithmetic)s."
    ),
    "total-above-full": _(
        "The total is above the full score: %(stated)s of %(computed)s, and no bonus is named."
    ),
    "total-restated": _("The total has two values: %(stated)s here, %(computed)s %(where)s."),
    "grade-wrong": _(
        "The grade does not follow from the total: %(points)s is called “%(stated)s”, the scheme says “%(computed)s”."
    ),
    "grade-doubtful": _(
        "The grade does not follow from the total: %(points)s is called “%(stated)s”, by the common bands it is “%(computed)s”."
    ),
    "count-doubtful": _(
        "The number does not match the list: %(stated)s is stated, %(computed)s are listed (%(list)s)."
    ),
    "numbering-gap": _("The numbering skips: “%(computed)s” is missing before “%(stated)s”."),
    "figure-restated": _(
        "One and the same figure has two values: “%(label)s” is %(stated)s here and %(computed)s %(where)s."
    ),
    "name-variant": _(
        "One name may be written in two ways: “%(stated)s” here, “%(computed)s” %(where)s."
    ),
    "date-impossible": _("There is no such date: “%(stated)s”."),
    "dates-reversed": _("The period ends before it begins: “%(stated)s”."),
    "year-stale": _(
        "The year differs from the title's: the title says %(computed)s, here it is “%(stated)s”."
    ),
    "hint-left": _("A hint or a gap of the template was left in: “%(stated)s”."),
    "wrong-word": _("Probably misspelt: “%(stated)s” should be “%(computed)s”."),
    "word-usage": _("Not the usual wording: “%(stated)s”, better “%(computed)s”."),
    "doubled-mark": _("A mark or a word is doubled: “%(stated)s”."),
    "bracket-unpaired": _("A bracket has no other half: “%(stated)s”."),
    "table-total-wrong": _(
        "The total row does not add up: column “%(label)s” states %(stated)s, %(arithmetic)s; the other columns hold."
    ),
    "table-total-doubtful": _(
        "The total row does not add up: column “%(label)s” states %(stated)s, %(arithmetic)s."
    ),
    "target-copied": _("The actual value repeats the target word for word: “%(stated)s”."),
    "target-missed-full-score": _(
        "The target was missed, yet the score is full: “%(name)s” reached %(stated)s, its target is %(computed)s."
    ),
    "known-rate-differs": _(
        "Differs from what was filled in: “%(label)s” is %(stated)s here; by the figures filled in (%(name)s) %(arithmetic)s."
    ),
    "known-figure-differs": _(
        "Differs from what was filled in: “%(label)s” is %(stated)s here, “%(name)s” was filled in as %(computed)s."
    ),
    "known-total-differs": _(
        "Differs from the report's score: the total is %(stated)s here, the report's is %(computed)s."
    ),
    "known-grade-differs": _(
        "Differs from the report's grade: “%(stated)s” here, the report's is “%(computed)s”."
    ),
    "known-score-differs": _(
        "Differs from the report's score: “%(name)s” has %(stated)s here, the report gives %(computed)s."
    ),
    "known-weight-differs": _(
        "Differs from the indicator system: “%(name)s” weighs %(stated)s here, %(computed)s in the system."
    ),
}


def describe_finding(finding: Finding) -> str:
    """Return the finding's sentence, its figures as the report writes them."""
    values = {"stated": finding.stated, "computed": finding.computed} | dict(finding.words)
    return str(SENTENCES[finding.code]) % ({"where": _other_place(finding.words)} | values)


def _other_place(words: Mapping[str, str]) -> str:
    """Return the other place that a finding speaks of: its line, and its section where it has one."""
    if words.get("section"):
        return gettext("in line %(line)s of “%(section)s”") % words
    return gettext("in line %(line)s") % {"line": words.get("line", "")}
