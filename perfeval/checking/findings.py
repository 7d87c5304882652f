"""What the checker says: one code, one severity, one sentence in Chinese and in English.

The room is pure and has no gettext, so both sentences stand here side by side; ``message`` picks
one. Placeholders are filled with the figures as the report writes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How sure the checker is that something must be changed."""

    ERROR = "error"  # cannot be true
    WARNING = "warning"  # probably wrong, or true only in a reading that the text does not give
    NOTE = "note"  # worth a look


@dataclass(frozen=True, slots=True)
class Wording:
    """A code's severity and its sentence in both languages."""

    severity: Severity
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Hit:
    """What a check found, in offsets of the prose."""

    code: str
    start: int
    end: int
    stated: str
    computed: str
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A hit with its place in the raw text: offsets, the line from 1, the words around it."""

    code: str
    severity: Severity
    start: int
    end: int
    line: int
    excerpt: str
    stated: str
    computed: str
    words: Mapping[str, str] = field(default_factory=dict)

    def message(self, language: str = "zh") -> str:
        """Return the finding's sentence in Chinese (``zh…``) or English (anything else)."""
        wording = WORDINGS[self.code]
        is_chinese = language.startswith("zh")
        template = wording.zh if is_chinese else wording.en
        words = {"where": _where(self.words, is_chinese=is_chinese)} | dict(self.words)
        return template.format(stated=self.stated, computed=self.computed, **words)


def _where(words: Mapping[str, str], *, is_chinese: bool) -> str:
    """Return the other place that a finding speaks of: its line, and its section where it has one."""
    line, section = words.get("line", ""), words.get("section", "")
    if is_chinese:
        return f"“{section}”第{line}行" if section else f"第{line}行"
    return f"in line {line} of “{section}”" if section else f"in line {line}"


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found in one report, in its order, and how many claims were read in it."""

    findings: tuple[Finding, ...]
    claims: int

    def count(self, severity: Severity) -> int:
        """Return how many findings have this severity."""
        return sum(finding.severity == severity for finding in self.findings)


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

WORDINGS: dict[str, Wording] = {
    "rate-wrong": Wording(
        _E,
        "比率与金额不符：文中为{stated}，{arithmetic}。",
        "The rate does not follow from the amounts: {stated} is stated, {arithmetic}.",
    ),
    "rate-doubtful": Wording(
        _W,
        "比率与邻近金额对不上：文中为{stated}，{arithmetic}；也可能用了文中未写明的分母。",
        "The rate does not fit the amounts beside it: {stated} is stated, {arithmetic}; a denominator that is not named may have been used.",
    ),
    "rate-rounding": Wording(
        _N,
        "比率末位不符：文中为{stated}，按文中金额{arithmetic}；只有金额取舍前的数才可能得出。",
        "The last digit of the rate is off: {stated} is stated, the printed amounts give {arithmetic}; only amounts before rounding could give it.",
    ),
    "rate-cut-off": Wording(
        _N,
        "比率是截断而不是四舍五入：文中为{stated}，{arithmetic}。",
        "The rate was cut off, not rounded: {stated} is stated, {arithmetic}.",
    ),
    "rate-denominator": Wording(
        _W,
        "分母口径前后不一：称“{label}”{stated}，但算出它的分母是“{denominator}”（{arithmetic}）。",
        "The denominator changed its name: “{label}” {stated}, yet what gives it is “{denominator}” ({arithmetic}).",
    ),
    "rate-restated": Wording(
        _W,
        "同一比率前后不一：此处“{label}”为{stated}，{where}“{other_label}”为{computed}。",
        "One and the same rate has two values: “{label}” is {stated} here, “{other_label}” is {computed} {where}.",
    ),
    "share-wrong": Wording(
        _W,
        "占比与金额不符：文中为{stated}，{arithmetic}。",
        "The share does not follow from the amounts: {stated} is stated, {arithmetic}.",
    ),
    "shares-not-whole": Wording(
        _W,
        "各部分占比相加不是100%：{arithmetic}。",
        "The shares of the parts do not add to 100%: {arithmetic}.",
    ),
    "growth-wrong": Wording(
        _W,
        "增减幅度与金额不符：文中为{stated}，{arithmetic}。",
        "The change does not follow from the amounts: {stated} is stated, {arithmetic}.",
    ),
    "equation-wrong": Wording(
        _E,
        "算式不成立：文中写{stated}，{arithmetic}。",
        "The equation does not hold: {stated} is stated, {arithmetic}.",
    ),
    "sum-wrong": Wording(
        _E,
        "各部分之和大于总数：文中总数为{stated}，{arithmetic}。",
        "The parts add to more than the whole: {stated} is stated as the whole, {arithmetic}.",
    ),
    "sum-doubtful": Wording(
        _W,
        "各部分之和与总数不符：文中总数为{stated}，{arithmetic}，相差{difference}；所列可能不全。",
        "The parts do not add to the whole: {stated} is stated, {arithmetic}, {difference} apart; the list may be incomplete.",
    ),
    "sum-rounding": Wording(
        _N,
        "各部分之和与总数相差末位：文中总数为{stated}，{arithmetic}；可能是四舍五入所致。",
        "The parts miss the whole by a last digit: {stated} is stated, {arithmetic}; rounding may explain it.",
    ),
    "total-doubtful": Wording(
        _W,
        "合计与前列各数不符：文中合计为{stated}，{arithmetic}。",
        "The total does not add up the figures before it: {stated} is stated, {arithmetic}.",
    ),
    "balance-doubtful": Wording(
        _W,
        "加减关系不成立：“{label}”为{stated}，{arithmetic}。",
        "The difference does not hold: “{label}” is {stated}, {arithmetic}.",
    ),
    "score-above-weight": Wording(
        _E,
        "得分高于分值：“{name}”得{stated}分，分值只有{computed}分。",
        "The score is above the weight: “{name}” has {stated}, its weight is {computed}.",
    ),
    "score-rate-wrong": Wording(
        _E,
        "得分率与得分不符：“{name}”得分率为{stated}，{arithmetic}。",
        "The score rate does not follow: “{name}” states {stated}, {arithmetic}.",
    ),
    "score-rate-cut-off": Wording(
        _N,
        "得分率是截断而不是四舍五入：“{name}”为{stated}，{arithmetic}。",
        "The score rate was cut off, not rounded: “{name}” states {stated}, {arithmetic}.",
    ),
    "lost-points-doubtful": Wording(
        _W,
        "扣分与得分不符：“{name}”称扣{stated}分，{arithmetic}。",
        "The points taken off do not follow: “{name}” takes off {stated}, {arithmetic}.",
    ),
    "loss-without-reason": Wording(
        _W,
        "扣分未说明原因：“{name}”分值{computed}分，得{stated}分，未见扣分原因。",
        "Points were lost without a reason: “{name}” has {stated} of {computed} and the text gives none.",
    ),
    "score-rule-doubtful": Wording(
        _W,
        "得分与比率不符：“{name}”得{stated}分，按比率计算{arithmetic}。",
        "The score does not follow from the rate: “{name}” has {stated}, by the rate {arithmetic}.",
    ),
    "score-restated": Wording(
        _W,
        "同一得分前后不一：“{name}”此处为{stated}分，{where}为{computed}分。",
        "One and the same score has two values: “{name}” is {stated} here and {computed} {where}.",
    ),
    "group-score-wrong": Wording(
        _E,
        "下级得分之和与本级得分不符：“{name}”得{stated}分，{arithmetic}。",
        "The scores below do not add up: “{name}” has {stated}, {arithmetic}.",
    ),
    "group-score-doubtful": Wording(
        _W,
        "下级得分之和与本级得分不符：“{name}”得{stated}分，{arithmetic}；下级分值之和也不等于本级分值，所列可能不全。",
        "The scores below do not add up: “{name}” has {stated}, {arithmetic}; the weights do not add up either, so the list may be incomplete.",
    ),
    "group-weight-doubtful": Wording(
        _W,
        "下级分值之和与本级分值不符：“{name}”分值{stated}分，{arithmetic}。",
        "The weights below do not add up: “{name}” weighs {stated}, {arithmetic}.",
    ),
    "total-score-wrong": Wording(
        _E,
        "总分与各项得分之和不符：总分为{stated}分，{arithmetic}。",
        "The total is not the sum of the scores: {stated} is stated, {arithmetic}.",
    ),
    "total-score-doubtful": Wording(
        _W,
        "总分与所列得分之和不符：总分为{stated}分，{arithmetic}；所列各项可能不全。",
        "The total is not the sum of the listed scores: {stated} is stated, {arithmetic}; the list may be incomplete.",
    ),
    "total-weight-wrong": Wording(
        _W,
        "各项分值之和不是满分：应为{stated}分，{arithmetic}。",
        "The weights do not add to the full score: it is {stated}, {arithmetic}.",
    ),
    "total-above-full": Wording(
        _W,
        "总分高于满分：总分为{stated}分，满分为{computed}分，文中未见加分项。",
        "The total is above the full score: {stated} of {computed}, and no bonus is named.",
    ),
    "total-restated": Wording(
        _W,
        "总分前后不一：此处为{stated}分，{where}为{computed}分。",
        "The total has two values: {stated} here, {computed} {where}.",
    ),
    "grade-wrong": Wording(
        _E,
        "等级与总分不符：{points}分评为“{stated}”，按指标体系应为“{computed}”。",
        "The grade does not follow from the total: {points} is called “{stated}”, the scheme says “{computed}”.",
    ),
    "grade-doubtful": Wording(
        _W,
        "等级与总分不符：{points}分评为“{stated}”，按通行标准应为“{computed}”。",
        "The grade does not follow from the total: {points} is called “{stated}”, by the common bands it is “{computed}”.",
    ),
    "count-doubtful": Wording(
        _W,
        "个数与所列不符：文中为{stated}，所列为{computed}个（{list}）。",
        "The number does not match the list: {stated} is stated, {computed} are listed ({list}).",
    ),
    "numbering-gap": Wording(
        _N,
        "序号不连续：“{stated}”之前应有“{computed}”。",
        "The numbering skips: “{computed}” is missing before “{stated}”.",
    ),
    "figure-restated": Wording(
        _W,
        "同一数据前后不一：“{label}”此处为{stated}，{where}为{computed}。",
        "One and the same figure has two values: “{label}” is {stated} here and {computed} {where}.",
    ),
    "name-variant": Wording(
        _N,
        "同一名称可能有两种写法：此处为“{stated}”，另有“{computed}”（{where}）。",
        "One name may be written in two ways: “{stated}” here, “{computed}” {where}.",
    ),
    "date-impossible": Wording(
        _E,
        "日期不存在：“{stated}”。",
        "There is no such date: “{stated}”.",
    ),
    "dates-reversed": Wording(
        _W,
        "起止时间颠倒：“{stated}”。",
        "The period ends before it begins: “{stated}”.",
    ),
    "year-stale": Wording(
        _W,
        "年度与标题不一致：标题为{computed}年度，此处为“{stated}”。",
        "The year differs from the title's: the title says {computed}, here it is “{stated}”.",
    ),
    "hint-left": Wording(
        _W,
        "模板提示或空位未处理：“{stated}”。",
        "A hint or a gap of the template was left in: “{stated}”.",
    ),
    "wrong-word": Wording(
        _W,
        "疑似错字：“{stated}”，应为“{computed}”。",
        "Probably misspelt: “{stated}” should be “{computed}”.",
    ),
    "word-usage": Wording(
        _N,
        "用词不规范：“{stated}”，宜作“{computed}”。",
        "Not the usual wording: “{stated}”, better “{computed}”.",
    ),
    "doubled-mark": Wording(
        _N,
        "标点或文字重复：“{stated}”。",
        "A mark or a word is doubled: “{stated}”.",
    ),
    "table-total-wrong": Wording(
        _E,
        "合计行与各行之和不符：“{label}”列合计为{stated}，{arithmetic}；其他列均相符。",
        "The total row does not add up: column “{label}” states {stated}, {arithmetic}; the other columns hold.",
    ),
    "table-total-doubtful": Wording(
        _W,
        "合计行与各行之和不符：“{label}”列合计为{stated}，{arithmetic}。",
        "The total row does not add up: column “{label}” states {stated}, {arithmetic}.",
    ),
    "target-copied": Wording(
        _N,
        "实际完成值照抄了目标：“{stated}”。",
        "The actual value repeats the target word for word: “{stated}”.",
    ),
    "known-rate-differs": Wording(
        _W,
        "与本报告填报的数据不符：“{label}”此处为{stated}，按填报数（{name}）{arithmetic}。",
        "Differs from what was filled in: “{label}” is {stated} here; by the figures filled in ({name}) {arithmetic}.",
    ),
    "known-figure-differs": Wording(
        _W,
        "与本报告填报的数据不符：“{label}”此处为{stated}，填报的“{name}”为{computed}。",
        "Differs from what was filled in: “{label}” is {stated} here, “{name}” was filled in as {computed}.",
    ),
    "known-total-differs": Wording(
        _E,
        "与本报告的得分不符：总分此处为{stated}分，本报告为{computed}分。",
        "Differs from the report's score: the total is {stated} here, the report's is {computed}.",
    ),
    "known-grade-differs": Wording(
        _E,
        "与本报告的等级不符：此处为“{stated}”，本报告为“{computed}”。",
        "Differs from the report's grade: “{stated}” here, the report's is “{computed}”.",
    ),
    "known-score-differs": Wording(
        _E,
        "与本报告的得分不符：“{name}”此处为{stated}分，本报告为{computed}分。",
        "Differs from the report's score: “{name}” has {stated} here, the report gives {computed}.",
    ),
    "known-weight-differs": Wording(
        _W,
        "与指标体系的分值不符：“{name}”此处为{stated}分，指标体系为{computed}分。",
        "Differs from the indicator system: “{name}” weighs {stated} here, {computed} in the system.",
    ),
}
