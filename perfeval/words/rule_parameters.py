"""What each parameter of a rule is called: in the editor, where versions differ, and on the rule sheet."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class FormWords:
    """A label of the editor and the sentence below it; ``example`` is how a scoring standard words it."""

    label: Promise
    hint: Promise | str = ""
    example: Promise | str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterWords:
    """What one parameter is called.

    ``form``: in the editor; a kind may have words of its own there (``KindWords.parameters``).
    ``name``: in a sentence about what changed.
    ``on_sheet``: on the rule sheet of a workbook, in Chinese for whoever reads it without this application.
    """

    form: FormWords
    name: Promise
    on_sheet: str


PARAMETERS: Mapping[str, ParameterWords] = {
    "numerator": ParameterWords(
        form=FormWords(_("What is divided (numerator)"), _("For instance the spending.")),
        name=_("Numerator"),
        on_sheet="分子",
    ),
    "denominator": ParameterWords(
        form=FormWords(
            _("By what it is divided (denominator)"),
            _("For instance the adjusted budget. Choose the one that the standard names."),
        ),
        name=_("Denominator"),
        on_sheet="分母",
    ),
    "full_when_none": ParameterWords(
        form=FormWords(_("Full points when both are 0")),
        name=_("Full points where both are 0"),
        on_sheet="没有的得满分",
    ),
    "actual": ParameterWords(
        form=FormWords(_("Actual value")), name=_("Actual value"), on_sheet="实际值"
    ),
    "target": ParameterWords(
        form=FormWords(_("Target value"), _("Reached or passed: full points.")),
        name=_("Target"),
        on_sheet="目标值",
    ),
    "value": ParameterWords(
        form=FormWords(_("Which value is looked at")), name=_("Value"), on_sheet="取值"
    ),
    "out_of": ParameterWords(
        form=FormWords(
            _("As a percentage of"),
            _(
                "Only when the value is an amount that is to be read as a share; otherwise leave it out."
            ),
        ),
        name=_("Out of"),
        on_sheet="占…的百分比（或满分）",
    ),
    "bands": ParameterWords(
        form=FormWords(
            _("Bands"),
            _(
                "x is the value; a percentage is written as 95 for 95%. Leave an end empty when it is open."
            ),
        ),
        name=_("Bands"),
        on_sheet="分档",
    ),
    "threshold": ParameterWords(
        form=FormWords(_("The mark"), _("Up to here nothing is lost. 100 for 100%.")),
        name=_("Threshold"),
        on_sheet="起扣点",
    ),
    "points_each": ParameterWords(
        form=FormWords(_("Points off for each")), name=_("Points off for each"), on_sheet="每次扣分"
    ),
    "direction": ParameterWords(
        form=FormWords(_("Points are lost when the value is")),
        name=_("Counted when"),
        on_sheet="方向（above 超过、below 低于）",
    ),
    "whole": ParameterWords(
        form=FormWords(_("Only whole units count")),
        name=_("Only whole units"),
        on_sheet="不足1个单位不扣",
    ),
    "step": ParameterWords(
        form=FormWords(_("Size of a step"), _("5 for 5 percentage points.")),
        name=_("Step"),
        on_sheet="每档",
    ),
    "started": ParameterWords(
        form=FormWords(_("A step that is only begun counts too")),
        name=_("A step begun counts"),
        on_sheet="不足一档按一档",
    ),
    "count": ParameterWords(form=FormWords(_("How many cases")), name=_("Count"), on_sheet="数量"),
    "met": ParameterWords(
        form=FormWords(_("What the department is asked"), _("A question answered by yes or no.")),
        name=_("Condition met"),
        on_sheet="是否做到",
    ),
    "state": ParameterWords(
        form=FormWords(_("What the department is asked")), name=_("State"), on_sheet="情形"
    ),
    "points": ParameterWords(
        form=FormWords(_("States and their points"), _("The best one earns the weight.")),
        name=_("Points"),
        on_sheet="得分",
    ),
    "late": ParameterWords(
        form=FormWords(_("How many days late")), name=_("Late by"), on_sheet="逾期数"
    ),
    "max_loss": ParameterWords(
        form=FormWords(_("At most so many points off"), _("No limit when left empty.")),
        name=_("At most off"),
        on_sheet="最多扣分",
    ),
    "level": ParameterWords(form=FormWords(_("What is judged")), name=_("Level"), on_sheet="档次"),
    "percent": ParameterWords(
        form=FormWords(_("The percentage that is judged")),
        name=_("Percentage"),
        on_sheet="得分比例",
    ),
    "levels": ParameterWords(
        form=FormWords(
            _("Levels and their range in percent"), _("From 0 to 100, without gaps or overlaps.")
        ),
        name=_("Levels"),
        on_sheet="档次范围（%）",
    ),
    "checked": ParameterWords(
        form=FormWords(_("The percentage must lie within its level")),
        name=_("Percentage held to its level"),
        on_sheet="比例须在档内",
    ),
    "score": ParameterWords(
        form=FormWords(_("The score given elsewhere")),
        name=_("Score given elsewhere"),
        on_sheet="所引用的得分",
    ),
    "expression": ParameterWords(
        form=FormWords(
            _("Formula"),
            _(
                "With + − × ÷, brackets, min(…), max(…), if(condition, then, else) and the names below; "
                "“weight” is the indicator's weight."
            ),
        ),
        name=_("Formula"),
        on_sheet="公式",
    ),
    "figures": ParameterWords(
        form=FormWords(
            _("Named figures"), _("A short name in small letters for each figure of the formula.")
        ),
        name=_("Figures of the formula"),
        on_sheet="公式中的数",
    ),
    "chosen": ParameterWords(
        form=FormWords(_("What the department is asked")),
        name=_("Choice of the measure"),
        on_sheet="所选",
    ),
    "options": ParameterWords(
        form=FormWords(_("The measures to choose from"), _("Each with a rule of its own.")),
        name=_("Measures"),
        on_sheet="可选规则",
    ),
    "categories": ParameterWords(
        form=FormWords(_("Whose goals count")), name=_("Goal categories"), on_sheet="绩效目标类别"
    ),
    "digits": ParameterWords(
        form=FormWords(
            _("Decimals of a share"), _("The remainder goes to the first. 0 when left empty.")
        ),
        name=_("Decimals"),
        on_sheet="小数位数",
    ),
    "bonus": ParameterWords(form=FormWords(_("Bonus claimed")), name=_("Bonus"), on_sheet="加分"),
    "penalty": ParameterWords(
        form=FormWords(_("Penalty incurred")), name=_("Penalty"), on_sheet="扣分"
    ),
    "bonus_cap": ParameterWords(
        form=FormWords(
            _("Bonus at most"), _("It equals the indicator's weight; 0 when there is no bonus.")
        ),
        name=_("Largest bonus"),
        on_sheet="加分上限",
    ),
    "penalty_cap": ParameterWords(
        form=FormWords(_("Penalty at most")), name=_("Largest penalty"), on_sheet="扣分上限"
    ),
}
#: What the other words in a path of the rule sheet mean there.
FIELDS_ON_SHEET: Mapping[str, str] = {
    "kind": "规则类型",
    "at_least": "不低于",
    "above": "高于",
    "at_most": "不高于",
    "below": "低于",
    "mode": "取舍方式",
    "rounding": "取舍",
    "deduction_allowed": "可酌情扣分",
    "loss_phrase": "失分说明",
    "applies": "是否适用",
    "when_not_applicable": "不适用时",
    "override": "可改的得分",
    "more_is_better": "越多越好",
}
#: The words of a parameter that takes one of a few.
WORD_CHOICES: Mapping[str, Promise] = {
    "above": _("above the mark"),
    "below": _("below the mark"),
}
