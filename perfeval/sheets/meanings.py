"""What the codes on the rule sheet mean, for who reads the workbook without this application."""

import re
from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "rate": "分值×比率",
    "ratio_up": "正向：分值×实际÷目标",
    "ratio_down": "反向：分值×目标÷实际",
    "bands": "分档计分",
    "per_point": "每超（低）1个单位扣分",
    "per_step": "每超（低）一档扣分",
    "per_defect": "每例扣分",
    "checklist": "逐项计分",
    "yes_no": "是得满分，否不得分",
    "states": "按情形计分",
    "level": "定性分档",
    "imported": "引用得分折算",
    "deadline": "逾期扣分",
    "list_avg": "绩效目标加权平均完成率",
    "split": "各绩效目标平分分值",
    "goal_ratio": "各绩效目标按比重",
    "one_of": "择一计分",
    "formula": "公式",
    "manual": "人工评分",
    "adjustment": "加减分",
}
PARAMETERS: Mapping[str, str] = {
    "kind": "规则类型",
    "numerator": "分子",
    "denominator": "分母",
    "full_when_none": "没有的得满分",
    "actual": "实际值",
    "target": "目标值",
    "value": "取值",
    "out_of": "占…的百分比（或满分）",
    "bands": "分档",
    "at_least": "不低于",
    "above": "高于",
    "at_most": "不高于",
    "below": "低于",
    "points": "得分",
    "points_each": "每次扣分",
    "threshold": "起扣点",
    "step": "每档",
    "direction": "方向（above 超过、below 低于）",
    "whole": "不足1个单位不扣",
    "started": "不足一档按一档",
    "count": "数量",
    "met": "是否做到",
    "state": "情形",
    "late": "逾期数",
    "max_loss": "最多扣分",
    "level": "档次",
    "levels": "档次范围（%）",
    "percent": "得分比例",
    "checked": "比例须在档内",
    "score": "所引用的得分",
    "categories": "绩效目标类别",
    "digits": "小数位数",
    "mode": "取舍方式",
    "rounding": "取舍",
    "chosen": "所选",
    "options": "可选规则",
    "expression": "公式",
    "figures": "公式中的数",
    "bonus": "加分",
    "penalty": "扣分",
    "bonus_cap": "加分上限",
    "penalty_cap": "扣分上限",
    "deduction_allowed": "可酌情扣分",
    "loss_phrase": "失分说明",
    "applies": "是否适用",
    "when_not_applicable": "不适用时",
    "override": "可改的得分",
    "more_is_better": "越多越好",
}


def meaning_of(path: str, value: object) -> str:
    """Return what a row of the rule sheet says, in Chinese; codes of choices are left out."""
    parts = re.findall(r"[a-z_][a-z0-9_]*", path)
    words = [PARAMETERS[part] for part in parts if part in PARAMETERS]
    told = "·".join(words)
    if parts and parts[-1] == "kind" and str(value) in KINDS:
        return f"{told}：{KINDS[str(value)]}"
    return told
