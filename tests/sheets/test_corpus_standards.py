"""The corpus of nearly 500 scoring standards: what is proposed for each, and what may not be.

A case that the reader does not get right yet carries ``open = true``; it is asserted to be wrong still,
so that whoever mends the reader takes the mark away.
"""

from collections import Counter
from decimal import Decimal

import pytest

from perfeval.scoring.rules.kinds import RULES
from perfeval.sheets.standards import Confidence, Proposal
from tests.sheets.meaning import same_points
from tests.sheets.standards_corpus import NO_QUESTION, Case, cases, judged, meanings, weight_of

CASES = cases()
#: What a case says that the reader may not propose any single rule of today for.
CONSTRUCTS = {
    *("parts", "veto", "corridor", "interpolation", "assessor_range", "rank", "average"),
    *("kinds_of_defect", "bonus_inside", "choice"),
}


def ids(case: Case) -> str:
    return f"{case['file']}: {case['standard'][:24]}"


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_standard_is_taken_for_what_it_says(case):
    verdict = judged(case)

    assert verdict.is_right is not case.get("open", False), (verdict.fault, verdict.proposal)


def test_corpus_covers_every_class_of_faults_both_ways():
    faults = Counter(case["fault"] for case in CASES if "fault" in case)
    rules = Counter(case["fault"] for case in CASES if "fault" in case and "rule" in case)

    assert len(CASES) >= 300
    assert len({case["style"] for case in CASES}) >= 12
    assert all(faults[number] >= 16 and rules[number] >= 6 for number in (1, 2, 3, 4, 5, 7))
    assert all(faults[number] - rules[number] >= 1 for number in (1, 2, 3, 4, 5, 7))
    assert {case["rule"]["kind"] for case in CASES if "rule" in case} >= {
        *("rate", "ratio_up", "ratio_down", "bands", "per_point", "per_step", "per_defect"),
        *("deadline", "yes_no", "checklist", "states", "level", "imported", "list_avg", "formula"),
    }
    assert {case["needs"] for case in CASES if "needs" in case} == CONSTRUCTS


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_case_is_whole(case):
    assert sum(word in case for word in ("rule", "by_hand", "needs")) == 1
    assert "rule" in case or case.get("reason") or case.get("meaning")
    assert set(case) <= {
        *("name", "weight", "style", "standard", "rule", "also", "assumes", "by_hand", "reason"),
        *("needs", "meaning", "fault", "unmet", "open", "file"),
    }
    # Each can be read by the engine, and gives the same points as itself.
    for rule in meanings(case):
        assert rule["kind"] in RULES
        assert same_points(rule, rule, weight_of(case))
        points = rule.get("points", {})
        assert all(0 <= Decimal(one) <= weight_of(case) for one in points.values())


def test_no_standard_stands_twice():
    told = Counter(case["standard"] for case in CASES)

    assert [standard for standard, count in told.items() if count > 1] == []


# ── the measure itself ──


BANDS = {
    "kind": "bands",
    "bands": [{"at_least": 90, "points": 10}, {"at_least": 80, "below": 90, "points": 5}],
}


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (
            {"kind": "per_defect", "points_each": 1},
            {"kind": "deadline", "late": "answer.count", "points_each": 1},
            True,
        ),
        (
            {"kind": "per_defect", "points_each": 1},
            {"kind": "deadline", "points_each": 1, "max_loss": 3},
            False,
        ),
        (
            {"kind": "per_defect", "points_each": 1},
            {"kind": "per_defect", "points_each": 2},
            False,
        ),
        (
            {"kind": "per_point", "threshold": 100, "points_each": 1},
            {"kind": "per_point", "threshold": 100, "points_each": 1, "whole": True},
            False,
        ),
        (
            {"kind": "per_point", "threshold": 100, "points_each": 1, "whole": True},
            {"kind": "per_step", "threshold": 100, "step": 1, "points_each": 1},
            True,
        ),
        (
            {"kind": "per_step", "threshold": 100, "step": 1, "points_each": 1},
            {"kind": "per_step", "threshold": 100, "step": 1, "points_each": 1, "started": True},
            False,
        ),
        (
            {"kind": "rate", "numerator": "answer.percent", "denominator": 100},
            {"kind": "ratio_up", "target": 100},
            True,
        ),
        ({"kind": "ratio_up", "target": 90}, {"kind": "ratio_up", "target": 95}, False),
        ({"kind": "ratio_up", "target": 90}, {"kind": "ratio_up"}, False),
        ({"kind": "ratio_up"}, {"kind": "ratio_down"}, False),
        (
            {"kind": "rate", "numerator": "total.executed_amount", "denominator": "total.a_budget"},
            {"kind": "rate", "numerator": "total.executed_amount", "denominator": "total.b_budget"},
            False,
        ),
        ({"kind": "yes_no"}, {"kind": "states", "points": {"a": 10, "b": 0}}, True),
        ({"kind": "yes_no"}, {"kind": "states", "points": {"a": 10, "b": 5}}, False),
        (
            {"kind": "checklist", "points": {"a": 5, "b": 5}},
            {"kind": "checklist", "points": {"a": 4, "b": 6}},
            False,
        ),
        (
            {"kind": "formula", "expression": "if(x >= 90, 10, if(x >= 80, 5, 0))"},
            {**BANDS, "bands": [*BANDS["bands"], {"below": 80, "points": 0}]},
            True,
        ),
        (
            {"kind": "formula", "expression": "if(x > 90, 10, if(x >= 80, 5, 0))"},
            {**BANDS, "bands": [*BANDS["bands"], {"below": 80, "points": 0}]},
            False,
        ),
        (
            {"kind": "formula", "expression": "if(is_veto > 0, 0, weight − n)"},
            {"kind": "per_defect", "points_each": 1},
            False,
        ),
        ({"kind": "manual"}, {"kind": "manual"}, True),
        ({"kind": "yes_no"}, {"kind": "yes_no", "deduction_allowed": True}, False),
    ],
)
def test_rules_are_the_same_where_their_points_are(one, other, is_same):
    assert same_points(one, other, Decimal(10)) is is_same
    assert same_points(other, one, Decimal(10)) is is_same


@pytest.mark.parametrize(
    ("case", "is_right"),
    [
        ({"standard": "每发现一例扣1分，扣完为止。", "rule": {"kind": "per_defect", "points_each": 1}}, True),
        ({"standard": "每发现一例扣2分，扣完为止。", "rule": {"kind": "per_defect", "points_each": 1}}, False),
        ({"standard": "每发现一例扣1分，扣完为止。", "by_hand": True}, False),
        ({"standard": "每发现一例扣1分，扣完为止。", "needs": "parts"}, False),
        ({"standard": "综合评价。", "by_hand": True}, True),
        ({"standard": "综合评价。", "needs": "parts"}, True),
        ({"standard": "综合评价。", "rule": {"kind": "yes_no"}}, False),
        (
            {"standard": "每发现一例扣1分。", "assumes": True, "rule": {"kind": "per_defect", "points_each": 1}},
            False,
        ),
    ],
)  # fmt: skip
def test_verdict_is_as_strict_as_the_case(case, is_right):
    verdict = judged({"name": "合规性", **case})

    assert isinstance(verdict.proposal, Proposal)
    assert verdict.is_right is is_right
    assert verdict.is_proposed is (verdict.proposal.confidence is not Confidence.NONE)


def test_questions_do_not_speak_of_points():
    told = [
        "项扣的项数",
        "按时公开得满分",
        "公开2分",
        "评价依据：记录",
        "逾期天数",
        "平均用时30分钟",
    ]

    assert [bool(NO_QUESTION.search(one)) for one in told] == [True] * 4 + [False] * 2
