"""The sentences for people behind the codes of scoring: problems, steps, faults of a file.

One line a code. A test holds these tables against the codes that the pure room can give.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from perfeval.scoring.codec import FormatProblem
from perfeval.scoring.result import Problem, Step
from perfeval.words.rule_kinds import KINDS

PROBLEMS: Mapping[str, Promise] = {
    # The budget table.
    "amount_missing": _("%(line)s, %(column)s: enter the amount."),
    "unknown_amount": _("The scheme asks for no amount “%(reference)s”; remove it."),
    "amount_negative": _(
        "%(line)s, %(column)s: %(amount)s is negative. Keep it only for a refund or a correction."
    ),
    "amount_too_precise": _(
        "%(line)s, %(column)s: %(amount)s has too many decimals; at most %(digits)s are kept."
    ),
    "amount_above_limit": _(
        "%(line)s, %(column)s: %(amount)s is above %(limit)s; check the unit (10,000 yuan)."
    ),
    "sum_rounded": _(
        "%(line)s, %(column)s is %(stated)s, but the parts of %(breakdown)s add up to %(computed)s: "
        "%(difference)s, no more than rounding to 10,000 yuan can take."
    ),
    "sum_mismatch": _(
        "%(line)s, %(column)s: the total says %(stated)s, but “%(breakdown)s” adds up to "
        "%(computed)s (difference %(difference)s). Correct one of them."
    ),
    "actual_above_budget": _(
        "%(line)s: spending of %(executed)s is %(difference)s above the budget of %(budget)s. "
        "Check both, or explain it in the text."
    ),
    # Key tasks.
    "key_task_name_missing": _("Name the key task."),
    "key_task_amount_missing": _("Key task “%(name)s”: enter its budget and spending."),
    "key_task_above_budget": _(
        "Key task “%(line)s”: spending of %(executed)s is %(difference)s above its budget of "
        "%(budget)s."
    ),
    "key_tasks_above_project": _(
        "The key tasks add up to %(sum)s, which is %(difference)s more than %(label)s (%(stated)s)."
    ),
    # Goals.
    "no_goals": _("Enter at least one goal under “%(name)s”; an indicator is scored by it."),
    "goals_none": _(
        "There is no goal under %(categories)s. Add one, or enter the points taken off (0 for none) and "
        "the reason."
    ),
    "goals_incomplete": _(
        "%(count)s goals are entered, %(lacking)s without a result. Complete them under Goals."
    ),
    "goal_name_missing": _("Name the goal."),
    "goal_unknown_category": _("Goal “%(name)s”: “%(category)s” is no category of this scheme."),
    "goal_unknown_kind": _("Goal “%(name)s”: “%(kind)s” is no kind of “%(category)s”."),
    "goal_weight_not_positive": _("Goal “%(name)s”: the weight must be above 0."),
    "goal_completion_missing": _("Goal “%(name)s”: enter how far it was reached, in percent."),
    "goal_completion_out_of_range": _(
        "Goal “%(name)s”: %(percent)s%% is not between 0%% and 100%%."
    ),
    "goal_target_missing": _("Goal “%(name)s”: enter the target value."),
    "goal_target_not_positive": _("Goal “%(name)s”: the target must be above 0."),
    "goal_actual_missing": _("Goal “%(name)s”: enter the actual value."),
    "goal_exceeded": _(
        "Goal “%(name)s” was exceeded: %(rate)s, more than %(limit)s%% above its target. Check target and "
        "result, or give the reason."
    ),
    "goal_reason_missing": _("Goal “%(name)s” was not reached: give the reason."),
    # Answers.
    "amount_needed": _("Enter “%(label)s” in the budget table; this indicator is scored by it."),
    "input_missing": _("Fill in “%(label)s”."),
    "input_wrong_type": _("“%(label)s” is not of the kind that is asked for."),
    "input_unknown_choice": _("“%(label)s”: choose one of the options."),
    "input_negative": _("“%(label)s” cannot be negative."),
    "input_not_whole": _("“%(label)s” must be a whole number."),
    "unknown_input": _("The indicator asks for no “%(input)s”; remove it."),
    "unknown_answer": _("The scheme has no indicator “%(code)s”; remove its answer."),
    "unknown_reference": _("The rule reads “%(reference)s”, which nothing supplies."),
    "denominator_zero": _(
        "The rate cannot be formed: what %(numerator)s is divided by is 0. Enter the points taken off "
        "(0 for none) and the reason."
    ),
    "target_not_positive": _("The target of %(target)s must be above 0."),
    "state_without_points": _("The scoring standard gives no points for “%(state)s”."),
    "percent_above_hundred": _("%(percent)s%% is above 100%%; enter 100 or less."),
    "percent_outside_level": _(
        "%(percent)s%% does not belong to the level “%(level)s” (%(limits)s). Change one of them."
    ),
    "option_without_rule": _("The scoring standard has no rule for “%(option)s”."),
    "ratios_not_hundred": _(
        "The ratios (weights) of the goals add up to %(sum)s%%; they must add up to 100%%."
    ),
    "score_above_full": _("The score of %(score)s is above its full marks of %(full)s."),
    "optional_none_chosen": _("Choose at least one of these: %(names)s."),
    "override_above_weight": _("%(typed)s points are more than the weight of %(weight)s."),
    "override_too_precise": _("%(typed)s points have more than %(digits)s decimals."),
    "override_without_reason": _(
        "%(typed)s points are typed instead of the computed %(points)s: give the reason."
    ),
    "total_capped": _(
        "%(rate)s is %(percent)s, below %(below)s%%: the total of %(total)s is held to %(most)s."
    ),
    "grade_capped": _(
        "%(rate)s is %(percent)s, below %(below)s%%: the grade is “%(grade)s” at best, not "
        "“%(earned)s”."
    ),
    "formula_unknown_name": _("The formula reads “%(name)s”, which nothing supplies."),
    "formula_divides_by_zero": _("The formula divides by 0 with these figures."),
    "formula_not_computable": _("The formula cannot be computed with these figures."),
    "value_outside_bands": _("No band of the scoring standard covers %(value)s."),
    "deduction_missing": _("Enter the points to take off; 0 if nothing is lost."),
    "deduction_not_allowed": _("No points may be taken off this indicator by hand."),
    "deduction_negative": _("The points to take off cannot be negative."),
    "deduction_too_precise": _("Points taken off have at most %(digits)s decimals."),
    "deduction_above_points": _(
        "%(deduction)s points are to be taken off, but only %(points)s are left."
    ),
    "deduction_without_reason": _("%(deduction)s points are taken off: give the reason."),
    "reason_missing": _("It earns %(points)s of %(weight)s points: give the reason for the loss."),
    "reason_at_full_marks": _("A reason is given, but no point is lost. Is one to be taken off?"),
    "no_rule": _("The scheme gives this indicator no known scoring rule; tell its owner."),
    "rule_invalid": _(
        "The scheme's rule for this indicator is wrong (%(problem)s); tell its owner."
    ),
    # The department's own indicators.
    "own_part_missing": _(
        "“%(slot)s” is open: set indicators of your own worth %(weight)s points together."
    ),
    "own_weights_do_not_add_up": _(
        "The own indicators under “%(slot)s” add up to %(sum)s; they must add up to %(weight)s "
        "(difference %(difference)s)."
    ),
    "own_too_many": _("“%(slot)s” has %(count)s own indicators; at most %(most)s are taken."),
    "own_name_twice": _("“%(name)s” stands %(count)s times under “%(slot)s”. Is that meant?"),
    "own_name_missing": _("Name the own indicator."),
    "own_heading_missing": _("“%(name)s”: name the second-level indicator that it belongs to."),
    "own_heading_unwanted": _("“%(name)s”: no second level is set here; leave it empty."),
    "own_weight_not_positive": _("“%(name)s”: the weight of %(weight)s must be above 0."),
    "own_weight_too_precise": _(
        "“%(name)s”: the weight of %(weight)s has more than %(digits)s decimals."
    ),
    "own_standard_missing": _("“%(name)s”: write the scoring standard."),
    "own_kind_not_allowed": _("“%(name)s”: this way of scoring is not allowed here."),
    "own_target_missing": _("“%(name)s”: enter the target value of the year."),
    "own_target_not_positive": _("“%(name)s”: the target of %(target)s must be above 0."),
    "own_points_each_missing": _("“%(name)s”: enter the points that each case takes off."),
    "own_points_each_not_positive": _(
        "“%(name)s”: %(points)s points for each case must be above 0."
    ),
    "own_cost_rewards_more": _(
        "“%(name)s” is a cost, which is the better the less it is: choose “at most (≤)”."
    ),
    "own_unknown_slot": _("“%(name)s”: the scheme has nothing open at “%(slot)s”."),
    "own_code_wrong": _("The own indicators cannot be told apart by “%(code)s”; save them again."),
    "own_part_returned": _(
        "The own indicators were returned: %(comment)s Change them before handing in."
    ),
    "own_part_not_approved": _(
        "The own indicators are not approved yet; they are decided with the report."
    ),
    # Prose and evidence.
    "narrative_missing": _("“%(section)s” is not written yet."),
    "narrative_too_long": _(
        "“%(section)s” has %(length)s characters; at most %(limit)s are taken."
    ),
    "character_unprintable": _(
        "The fonts have no picture of “%(found)s” (%(code)s) in “%(around)s”. Write it in another way, "
        "or ask your administrator for a font that has it."
    ),
    # What must not come before the public.
    "personal_phone": _(
        "“%(found)s” looks like a phone number. Take it out: a report that names it is not put "
        "before the public."
    ),
    "personal_id_number": _(
        "“%(found)s” looks like an identity number. Take it out: a report that names it is not put "
        "before the public."
    ),
    "personal_bank_account": _(
        "“%(found)s” looks like a bank account. Take it out: a report that names it is not put "
        "before the public."
    ),
    "personal_email": _(
        "“%(found)s” looks like an e-mail address. Take it out: a report that names it is not put "
        "before the public."
    ),
    "evidence_missing": _(
        "%(count)s indicators ask for evidence that is not attached, “%(name)s” for one."
    ),
}

#: What explains a score in words: of each kind of rule, then of what changes any kind.
STEPS: Mapping[str, Promise] = {
    **{code: sentence for words in KINDS.values() for code, sentence in words.steps.items()},
    "by_hand": _(
        "Nothing could be computed: full marks of %(weight)s, less what is taken off by hand."
    ),
    "not_applicable_full": _("It does not apply here: full marks of %(weight)s."),
    "not_applicable_dropped": _("It does not apply here: its weight goes to other indicators."),
    "reweighted": _(
        "Scaled from the weight of %(weight)s to %(counted)s, with what others gave up."
    ),
    "override": _("%(typed)s points typed instead of the computed %(points)s, with a reason."),
    "round": _("Rounded to %(digits)s decimals by the scheme's rule."),
    "cap": _("Not more than the weight of %(weight)s."),
    "floor": _("Not below 0."),
    "deduction": _("%(deduction)s points taken off by judgement, with a reason."),
}

FORMAT_PROBLEMS: Mapping[str, Promise] = {
    # The form of any file.
    "not_json": _("this is not JSON: %(detail)s"),
    "not_toml": _("this is not TOML: %(detail)s"),
    "pdf_unreadable": _("the PDF is damaged or locked; get the published file again"),
    "pdf_without_report": _(
        "the PDF carries no report; only a published PDF does, a draft or a scan does not"
    ),
    "not_a_report": _("this is not an exported report (“format” must be “%(expected)s”)"),
    "unknown_format_version": _("this version of the format is unknown; %(expected)s is read"),
    "unknown_key": _("unknown key; remove it or correct its spelling"),
    "missing_key": _("this key is missing"),
    "wrong_type": _("%(expected)s is expected here, not %(found)s"),
    "unknown_word": _("“%(found)s” is unknown; one of these is expected: %(allowed)s"),
    "number_out_of_range": _("this number is too large or no number"),
    "number_too_precise": _("this number has more than %(digits)s decimals"),
    "number_not_positive": _("this number must be above 0, not %(found)s"),
    "number_negative": _("this number cannot be negative"),
    "control_character": _("this text has characters that cannot be printed"),
    "not_storable": _("this cannot be kept: %(detail)s"),
    # A report's figures against its scheme.
    "unknown_scheme": _("scheme “%(found)s” is not issued here; known are: %(allowed)s"),
    "scheme_differs": _("scheme “%(found)s” is another one here than where the file was made"),
    "year_differs": _("the year is %(found)s, but the scheme is for %(expected)s"),
    "unknown_department": _("department “%(found)s” is not known here"),
    "report_exists": _(
        "the department has this report already (%(state)s); replace it knowingly with --replace"
    ),
    "report_locked": _("the department's report is %(state)s and may not be changed"),
    "unknown_section": _("the scheme's outline has no such text section"),
    "unknown_indicator": _("the scheme has no such scored indicator"),
    "unknown_input": _("the indicator asks for no such input"),
    "unknown_reference": _("“%(reference)s” is no amount or input of the scheme"),
    "input_wrong_type": _("“%(label)s” is not of the kind that is asked for"),
    "input_unknown_choice": _("“%(label)s” is none of the options"),
    "input_negative": _("“%(label)s” cannot be negative"),
    "input_not_whole": _("“%(label)s” must be a whole number"),
    # Where the indicators of an earlier version went.
    "mapping_unknown_old": _("the earlier version has no indicator “%(code)s”"),
    "mapping_unknown_new": _("the new version has no indicator “%(code)s”"),
    "mapping_leaf_and_group": _(
        "“%(old)s” and “%(new)s” cannot be the same: one has indicators below it"
    ),
    "mapping_target_twice": _("“%(first)s” goes to “%(code)s” already; choose another one"),
    # A scheme.
    "version_not_positive": _("the version must be 1 or more, not %(found)s"),
    "year_out_of_range": _("%(found)s is no year between 2000 and 2100"),
    "digits_out_of_range": _("%(found)s decimals; at most %(most)s are possible"),
    "weight_not_positive": _("the weight of %(weight)s must be above 0"),
    "weights_do_not_add_up": _("the weights add up to %(sum)s, but %(expected)s is expected"),
    "no_indicators": _("the scheme has no indicator"),
    "character_unprintable": _(
        "no font has a picture of “%(found)s” (%(code)s) in “%(around)s”; write it in another way"
    ),
    "bad_code": _("“%(code)s” is no code; use small letters, digits and _"),
    "duplicate_code": _("this code is used %(count)s times"),
    "unknown_parent": _("the parent “%(parent)s” does not stand above it"),
    "too_deep": _("an indicator has at most %(most)s levels"),
    "level_wrong": _("the level is %(level)s, but %(expected)s is expected"),
    "group_with_rule": _("an indicator with others below it has no rule of its own"),
    "leaf_without_rule": _("an indicator with none below it needs a rule"),
    "unknown_rule_kind": _("rule kind “%(found)s” is unknown; known are: %(allowed)s"),
    "adjustment_kind_mismatch": _("a bonus or penalty needs the rule “adjustment”, not %(kind)s"),
    "deduction_needed": _("rule “%(kind)s” needs deduction_allowed = true"),
    "deduction_on_adjustment": _("no points are taken off a bonus or penalty by hand"),
    "unknown_parameter": _("unknown parameter; one of these is expected: %(allowed)s"),
    "cap_missing": _("a bonus or penalty needs its cap"),
    "missing_parameter": _("this parameter of the rule is missing"),
    "negative_points": _("points cannot be negative here: %(found)s"),
    "not_a_reference": _("“%(found)s” names no amount (line.column) and no input (answer.name)"),
    "empty_list": _("this list is empty"),
    "band_two_ends": _("a band has one lower and one upper end"),
    "band_above_weight": _("%(band)s earns more than the weight of %(weight)s"),
    "state_above_weight": _(
        "the state “%(state)s” earns %(points)s, more than the weight of %(weight)s"
    ),
    "levels_do_not_cover": _("no level covers %(end)s%%; the levels run from 0%% to 100%%"),
    "band_unreachable": _("%(band)s is never reached: no value that is read can be negative"),
    "bands_do_not_cover": _("%(band)s is the last on its side, but values can lie beyond it"),
    "full_points_unreachable": _(
        "at best %(best)s points can be earned, but the weight is %(weight)s"
    ),
    "nothing_taken_off": _("0 points are taken off for each, so nothing is ever lost"),
    "band_empty": _("no value lies in %(band)s"),
    "bands_overlap": _("%(lower)s and %(upper)s overlap"),
    "bands_gap": _("there is a gap between %(lower)s and %(upper)s"),
    "bands_not_descending": _("grade bands run from high to low: %(upper)s, then %(lower)s"),
    "grade_unreachable": _(
        "grade “%(word)s” starts at %(minimum)s, but at most %(most)s can be reached"
    ),
    "last_band_not_zero": _("the last grade band starts at %(minimum)s; it must start at 0"),
    "not_applicable_on_adjustment": _("a bonus or penalty always applies"),
    "unknown_rate": _("“%(code)s” is no named rate of the scheme"),
    "unknown_grade": _("“%(word)s” is no grade of the scheme"),
    "cap_without_limit": _("a cap says the highest total, the best grade, or both"),
    "cap_out_of_reach": _("a cap at %(total)s never holds: at most %(most)s can be reached"),
    "formula_syntax": _("“%(found)s” at position %(position)s does not belong in a formula there"),
    "formula_unfinished": _("the formula breaks off at position %(position)s"),
    "formula_too_large": _("the formula is longer than %(most)s characters or nested too deep"),
    "bad_name": _("“%(name)s” cannot name a figure; use small letters, digits and _"),
    "formula_name_not_supplied": _("the formula reads “%(name)s”, which no figure supplies"),
    "formula_figure_not_read": _("the formula never reads this figure"),
    "standard_missing": _("the scoring standard is not written"),
    "leaf_without_page": _(
        "no page of a report asks for it: set is_scored_group at it or at one above it"
    ),
    "leaf_on_two_pages": _("several pages of a report ask for it (%(names)s); one is needed"),
    "cost_rewards_more": _(
        "a cost should be the better the less it is, but rule “%(kind)s” rewards more; turn it "
        "round, or say more_is_better = true"
    ),
    "optional_alone": _("“%(name)s” is the only optional indicator here; its weight cannot move"),
    "applies_missing": _("no input says whether the indicator applies; name one under “applies”"),
    "input_not_used": _("the rule reads no such input"),
    "choices_wrong": _("an input of kind %(kind)s has choices exactly when it is a choice"),
    "input_kind_wrong": _("“%(reference)s” is an input of kind %(kind)s, which is not read here"),
    "unknown_goal_category": _("“%(code)s” is no goal category of the scheme"),
    "unknown_column": _("“%(code)s” is no column of the budget table"),
    "unknown_line": _("“%(code)s” is no line of the budget table"),
    "unknown_breakdown": _("“%(code)s” is no breakdown of the budget table"),
    "outline_level_wrong": _("level %(level)s; at most %(most)s is possible here"),
    "length_not_positive": _("the longest text must be above 0"),
    "unknown_phrase": _("there is no phrase “%(code)s”"),
    "unknown_block": _("block “%(block)s” is unknown; known are: %(allowed)s"),
    "unknown_placeholder": _("the placeholder {%(name)s} is unknown here"),
    "checklist_sum": _("the points add up to %(sum)s, but the weight is %(weight)s"),
    "choices_differ": _("the table names other codes than the choices of the input"),
    "adjustment_weight": _("the weight of %(weight)s must equal the bonus cap of %(bonus_cap)s"),
    "slot_without_indicator": _("no indicator of this code is there to be left open"),
    "slot_not_open": _("an open indicator has none below it, no rule, and is no adjustment"),
    "slot_not_own": _("an indicator left open to the department says is_own = true"),
    "slot_not_scored_group": _(
        "an open indicator says is_scored_group = true, and nothing above it does"
    ),
    "slot_too_deep": _("there is no room for headings below level %(level)s"),
    "code_of_own_part": _("codes that begin with “%(prefix)s” are kept for own indicators"),
    "adjustment_not_level_1_leaf": _("a bonus or penalty stands at the first level, alone"),
}


#: The same faults where the scheme is edited on pages, not in a file: no keys, but what to do.
DRAFT_PROBLEMS: Mapping[str, Promise] = {
    "leaf_without_rule": _("How it is scored is not chosen yet."),
    "group_with_rule": _("It has indicators below it, so it needs no rule of its own: remove it."),
    "missing_parameter": _("This is not filled in yet."),
    "cap_missing": _("A bonus or penalty needs its limit."),
    "deduction_needed": _("Points must be allowed to be taken off by hand here."),
    "adjustment_kind_mismatch": _(
        "A bonus or penalty is scored by “Bonus and penalty”, and only that is."
    ),
    "cost_rewards_more": _(
        "A cost should be the better the less it is, but this rule rewards more. Turn it round, or "
        "say among the further settings that it is meant."
    ),
    "applies_missing": _("Say among the further settings which question tells whether it applies."),
    "standard_missing": _("The scoring standard is not written."),
    "leaf_without_page": _(
        "No page of a report asks for it. Tick “A page of its own” at it or at one above it."
    ),
    "leaf_on_two_pages": _(
        "Several pages of a report ask for it (%(names)s). Leave “A page of its own” at one of them."
    ),
    "choices_differ": _("Each choice needs its points, and each row its words."),
    "no_indicators": _("The scheme has no indicator yet."),
}


class _Told(dict[str, str]):
    """The values of a sentence; one that a caller left out prints as a gap, not as an error."""

    def __missing__(self, name: str) -> str:
        return "…"


def describe_problem(problem: Problem) -> str:
    """Return the sentence for a problem of a report: what is wrong and what to do."""
    return _filled(PROBLEMS, problem.code, problem.parameters)


def describe_step(step: Step) -> str:
    """Return the sentence that explains a step to a clerk."""
    return _filled(STEPS, step.code, step.parameters)


def describe_format_problem(problem: FormatProblem) -> str:
    """Return the sentence for a fault of a file, with its place in the file before it."""
    sentence = _filled(FORMAT_PROBLEMS, problem.code, problem.parameters)
    return f"{problem.path}: {sentence}" if problem.path else sentence


def describe_draft_problem(problem: FormatProblem) -> str:
    """Return the sentence for a fault of a draft that is edited on pages; its place stands beside it."""
    table = DRAFT_PROBLEMS if problem.code in DRAFT_PROBLEMS else FORMAT_PROBLEMS
    return _filled(table, problem.code, problem.parameters)


def _filled(table: Mapping[str, Promise], code: str, parameters: Mapping[str, str]) -> str:
    return str(table[code]) % _Told(parameters)
