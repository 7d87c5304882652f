"""Sentences of the import of sheets: what was found in them, why a file is refused, what was guessed.

``sheets`` knows codes and cells only; a test holds its codes against these tables.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from perfeval.reading.refusals import WorkbookRefused
from perfeval.sheets.importing import ImportedLine, RuleOrigin
from perfeval.sheets.standards import Proposal
from perfeval.sheets.understood import Remark

REFUSALS: Mapping[str, Promise] = {
    "old-format": _(
        "This is the old Excel format (.xls) or protected with a password. Open it in Excel or WPS "
        "and save it as .xlsx without a password."
    ),
    "not-excel": _("This is no Excel workbook (.xlsx). Save the sheet as .xlsx and send it again."),
    "too-large": _(
        "The file is larger than %(megabytes)s MB or unpacks to more than is read. Send only the "
        "sheet of the indicators."
    ),
    "too-many-cells": _(
        "The workbook has more than %(most)s cells. Copy the sheet of the indicators into a new "
        "workbook and send that."
    ),
    "broken": _(
        "The file is damaged and cannot be read. Open it in Excel or WPS and save it anew."
    ),
    "empty": _("The workbook is empty."),
    "too-much-work": _("The file takes more time or memory to read than it may."),
    "busy": _("Too many files are being read at this moment. Try again in a minute."),
}

REMARKS: Mapping[str, Promise] = {
    "weight_no_number": _("the weight “%(found)s” is no number; it counts as 0 until it is mended"),
    "weight_negative": _("the weight %(found)s is negative; it counts as 0 until it is mended"),
    "weight_too_large": _("the weight %(found)s is too large; it counts as 0 until it is mended"),
    "weight_missing": _("“%(name)s” has no weight; it counts as 0 until it is mended"),
    "name_missing": _("this row has no indicator: “%(found)s” was left out"),
    "name_too_long": _("the name “%(found)s” is longer than 200 characters and was cut"),
    "text_too_long": _("the text “%(found)s” is longer than 8,000 characters and was cut"),
    "formula_without_value": _(
        "this cell holds a formula without its value; save the file in Excel or WPS, or type the value"
    ),
    "sum_differs": _("“%(word)s” says %(stated)s, but the weights add up to %(sum)s"),
    "group_differs": _("“%(name)s” says %(stated)s, but what stands below adds up to %(sum)s"),
    "too_many_rows": _("only the first %(most)s rows were read"),
    "hidden_rows": _("rows %(rows)s are hidden and were left out"),
    "hidden_columns": _("columns %(columns)s are hidden and were left out"),
    "hidden_sheet": _("the sheet “%(name)s” is hidden and was left out"),
    "note_kept": _("a note, no indicator: “%(text)s”"),
    "header_repeated": _("row %(row)s repeats the header and was passed over"),
    "rows_joined": _("row %(row)s was added to “%(name)s”"),
    "row_left_out": _("row %(row)s holds no indicator and was left out: “%(text)s”"),
    "rows_above": _("rows %(rows)s stand above the header and were left out"),
    "next_table": _("row %(row)s begins another table; it was read by its own header"),
    "money_points": _("the money of the form carries %(weight)s points; they became “%(name)s”"),
    "weight_from_text": _("“%(name)s”: its %(weight)s points stand in its own text"),
    "shares_as_points": _("the weights add up to 1; they were read as shares of 100 points"),
    "column_unread": _("the column “%(heading)s” was not read"),
    "weight_shared": _(
        "this cell holds the weight %(weight)s for %(count)s indicators together; they count as 0 until "
        "each has its own"
    ),
    "header_unknown": _(
        "no word of the header in row %(row)s is known; say under “Read the sheet otherwise” what the "
        "columns mean"
    ),
    "level_folded": _(
        "a scheme has three levels; “%(name)s” stands before the names of what lies below it"
    ),
    "sheet_joined": _("the sheet “%(name)s” is a part of the scheme and was read too"),
    "sheet_left_out": _(
        "the sheet “%(name)s” holds a table too and was left out; choose it under “Read the sheet otherwise”"
    ),
    "sheet_without_table": _("the sheet “%(name)s” holds no table of indicators and was left out"),
    "main_row_added": _("“%(name)s” was added in the main sheet; the rule sheet does not know it"),
    "main_row_removed": _("“%(name)s” is gone from the main sheet; its rule is dropped too"),
    "main_name_changed": _("renamed in the main sheet: “%(was)s” is now “%(now)s”"),
    "main_weight_changed": _(
        "“%(name)s” weighs %(now)s in the main sheet, %(was)s in the rule sheet; the main sheet counts, "
        "so look whether its rule still fits"
    ),
    "main_standard_changed": _(
        "the standard of “%(name)s” was changed in the main sheet; look whether its rule still fits"
    ),
    "main_evidence_changed": _("the evidence asked for “%(name)s” was changed in the main sheet"),
}

#: Their sentences name the place themselves.
_WITHOUT_PLACE = (
    "hidden_rows",
    "hidden_columns",
    "hidden_sheet",
    "sheet_joined",
    "sheet_left_out",
    "sheet_without_table",
)

ASSUMPTIONS: Mapping[str, Promise] = {
    "denominator_assumed": _("It does not say which budget divides; the adjusted one is assumed."),
    "target_assumed": _("It does not name the target; the department types it."),
    "threshold_assumed": _("It does not say from where points are taken off; see the threshold."),
    "fractions_assumed": _(
        "It does not say what part of a point costs; it is counted in proportion."
    ),
    "whole_steps_assumed": _("It does not say what a begun step costs; only whole steps count."),
    "rest_is_zero": _("It does not say what the rest earns; 0 is assumed."),
    "one_holds": _("It is assumed that exactly one of the conditions holds."),
    "hundred_assumed": _("It does not say the full marks of the score; 100 is assumed."),
    "proportion_assumed": _("It does not say the proportion; limit ÷ actual is assumed."),
    "end_assumed": _("Two bands share an end; it is given to one of them."),
    "beyond_assumed": _("It does not say what lies beyond the best; full marks are assumed."),
    "comparison_assumed": _(
        "It compares with last year, a plan or others; the department types the difference or the place."
    ),
    "absolute_assumed": _(
        "It means deviations both ways; the department types them without a sign."
    ),
    "ratio_of_one": _("Its limit is 1, not 100%; the department types the ratio."),
    "remark_assumed": _("A sentence with a limit of its own was taken for a remark."),
    "full_assumed": _("It does not say where points end; they end at the weight."),
    "caps_assumed": _("Check the caps of bonus and penalty."),
}

REASONS: Mapping[str, Promise] = {
    "standard_empty": _("There is no scoring standard."),
    "standard_long": _("The standard is too long to be one rule."),
    "judgement": _("The standard asks for a judgement."),
    "no_pattern": _("The wording matches no kind of rule."),
    "several_rules": _("The standard holds more than one rule."),
    "points_above_weight": _("The standard gives more points than the weight."),
    "points_below_weight": _("The standard’s best points are below the weight."),
    "bands_do_not_meet": _("The bands of the standard leave a gap or overlap."),
    "items_do_not_fit": _("The points of the items do not add up to the weight."),
    "target_unknown": _("It does not say what earns full marks."),
    "not_understood": _("A part of the standard was not understood."),
    "trial_failed": _("The rule that it seems to say does not give the points that it names."),
    "weight_unknown": _("The indicator has no weight, so its points cannot be held against it."),
    "threshold_unknown": _("It does not say from where points are taken off."),
}

ORIGINS: Mapping[RuleOrigin, Promise] = {
    RuleOrigin.KNOWN: _("from the rule sheet"),
    RuleOrigin.BASE: _("as in the scheme it follows"),
    RuleOrigin.PROPOSED: _("proposed"),
    RuleOrigin.BY_HAND: _("by hand, with a reason"),
}


def describe_refusal(refused: WorkbookRefused) -> str:
    """Return the sentence for a file that is not taken: what is wrong and what to do."""
    return str(REFUSALS[refused.code]) % refused.parameters


def describe_remark(remark: Remark) -> str:
    """Return the sentence for what was found in a sheet, its place before it."""
    sentence = str(REMARKS[remark.code]) % remark.parameters
    is_cell = remark.place and remark.code not in _WITHOUT_PLACE
    return f"{remark.place}: {sentence}" if is_cell else sentence


def describe_proposal(proposal: Proposal) -> tuple[str, ...]:
    """Return what to know of a proposal: what was assumed, or why there is none."""
    if proposal.reason:
        return (str(REASONS[proposal.reason]),)
    return tuple(str(ASSUMPTIONS[code]) for code in proposal.assumptions)


def describe_origin(line: ImportedLine) -> str:
    """Return in a few words where a line's rule comes from; empty for a group."""
    return str(ORIGINS.get(line.origin, ""))
