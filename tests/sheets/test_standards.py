"""What scoring standards are taken for: the corpus, the fixtures' own standards, and any text at all."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfeval.scoring.scheme.reading import read_scheme
from perfeval.sheets.standards import Confidence, SchemeAround, propose
from perfeval.sheets.trying import fits
from perfeval.sheets.wording import prepared
from tests.growth import assert_linear_in_c
from tests.scoring.building import SCHEMES

HERE = Path(__file__).parent
CASES = tomllib.loads((HERE / "standards.toml").read_text(encoding="utf-8"), parse_float=Decimal)[
    "case"
]
KNOWN = SchemeAround(
    frozenset({"total.initial_budget", "total.adjusted_budget", "total.executed_amount"}),
    {"output": "产出指标", "benefit": "效益指标", "satisfaction": "满意度指标"},
)
#: Kinds that give the same points for the same parameters.
SAME = {"rate": "share", "ratio_up": "share", "deadline": "each", "per_defect": "each"}
#: Parameters by which two rules of one kind would give other points.
TELLING = ("threshold", "step", "points_each", "max_loss", "direction", "whole", "started", "bands")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['name']}: {case['standard'][:24]}")
def test_standard_is_taken_for_its_rule(case: Mapping[str, object]) -> None:
    found = propose(case["name"], case["standard"], Decimal(case.get("weight", 10)), KNOWN)

    if "none" in case:
        assert (found.confidence, found.reason) == (Confidence.NONE, case["none"])
        assert found.rule == {"kind": "manual", "deduction_allowed": True}
        return
    wanted = case["rule"]
    assert {key: found.rule.get(key) for key in wanted} == wanted, found
    assert (found.confidence.value, list(found.assumptions)) == (
        case.get("confidence", "clear"),
        case.get("assumptions", []),
    )
    assert found.quote


def test_corpus_is_broad_enough():
    kinds = {case["rule"]["kind"] for case in CASES if "none" not in case}

    assert len(CASES) >= 60
    assert len([case for case in CASES if "none" in case]) >= 15
    assert kinds >= {
        *("rate", "ratio_up", "ratio_down", "bands", "per_point", "per_step", "per_defect"),
        *("deadline", "yes_no", "checklist", "states", "level", "imported", "list_avg"),
    }


@pytest.mark.parametrize("path", sorted(SCHEMES.glob("*.toml")), ids=lambda path: path.stem)
def test_no_standard_of_a_real_scheme_is_taken_for_another_rule(path):
    scheme = read_scheme(path.read_text(encoding="utf-8"))
    known = SchemeAround(
        frozenset(scheme.amount_references()),
        {category.code: category.name for category in scheme.goal_categories},
    )

    wrong = []
    for leaf in scheme.leaves():
        if leaf.rule is None or leaf.is_adjustment:
            continue
        found = propose(leaf.name, leaf.standard, leaf.weight, known)
        if found.confidence is Confidence.NONE:
            continue
        own, taken = _told(leaf.rule.parameters), _told(found.rule)
        if ("out_of" in leaf.rule.parameters) != ("out_of" in found.rule):
            # A change of −3 % is 97 % of last year: the same points, measured otherwise.
            own, taken = ({**one, "threshold": 0, "bands": 0} for one in (own, taken))
        kinds = [SAME.get(kind, kind) for kind in (found.rule["kind"], leaf.rule.kind)]
        if kinds[0] != kinds[1] or taken != own:
            wrong.append((leaf.code, leaf.standard, leaf.rule.kind, own, taken))
    assert wrong == []


def _told(rule: Mapping[str, object]) -> dict[str, object]:
    """Return what decides about points, bands and points of states in one order."""
    told = {key: rule[key] for key in TELLING if rule.get(key)}
    if "bands" in told:
        told["bands"] = sorted(str(sorted(band.items())) for band in told["bands"])
    if isinstance(rule.get("points"), Mapping):
        told["points"] = sorted(rule["points"].values())
    return told


PIECES = st.sampled_from(
    [
        "得",
        "扣",
        "每",
        "满分",
        "10",
        "5.5",
        "%",
        "≥",
        "超过",
        "、",
        "；",
        "，",
        "否则",
        "不得分",
        "分",
        "1个",
        "百分点",
        "支出率",
        "×分值",
        "得分＝",
        "÷",
        "（",
        "）",
        "①",
        "项",
        "逾期",
        "天",
        "完成",
        "酌情",
        "-",
        "含",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join), st.integers(0, 40).map(Decimal))
def test_any_text_gets_an_answer_in_time(text, weight):
    found = propose("指标", text, weight, KNOWN)

    assert found.rule["kind"]


@pytest.mark.parametrize(
    "piece",
    [
        "得",
        "每1个",
        "≥90%、",
        "÷（",
        "得分＝",
        "1",
        "超过",
        "、",
        "一百",
        "（",
        "例如1",
        "该项分值",
        "《",
    ],
)
def test_long_text_takes_no_time(piece):
    # Backtracking would take minutes here.
    assert propose("指标", piece * 400, Decimal(10), KNOWN).rule["kind"]


@pytest.mark.parametrize("piece", ["一百", "每1个", "（", "该项分值"])
def test_longer_text_takes_as_much_longer(piece):
    assert_linear_in_c(lambda size: prepared(piece * size), 200)


@pytest.mark.parametrize(
    ("example", "confidence", "reason"),
    [
        ("", Confidence.CLEAR, ""),
        ("例如完成率为90%，得7.5分。", Confidence.CLEAR, ""),
        ("例如完成率为90%，扣2.5分。", Confidence.CLEAR, ""),
        ("例如完成率为90%，得8分。", Confidence.NONE, "trial_failed"),
        ("例如另行说明。", Confidence.NONE, "not_understood"),
    ],
)
def test_rule_gives_what_the_example_of_the_text_says(example, confidence, reason):
    text = "完成率达到95%得10分，每低1个百分点扣0.5分，不足1个百分点按比例扣分。"

    found = propose("完成率", text + example, Decimal(10), KNOWN)

    assert (found.confidence, found.reason) == (confidence, reason)


@pytest.mark.parametrize(
    ("rule", "trials", "is_fit"),
    [
        ({"kind": "per_defect", "count": "answer.n", "points_each": Decimal(2)}, [(1, 8)], True),
        ({"kind": "per_defect", "count": "answer.n", "points_each": Decimal(2)}, [(1, 9)], False),
        ({"kind": "states", "points": {"a": Decimal(10), "b": Decimal(4)}}, [], True),
        ({"kind": "states", "points": {"a": Decimal(9), "b": Decimal(4)}}, [], False),
        ({"kind": "checklist", "points": {"a": Decimal(6), "b": Decimal(4)}}, [], True),
        ({"kind": "checklist", "points": {"a": Decimal(6), "b": Decimal(5)}}, [], False),
        ({"kind": "formula", "expression": "5 × n", "figures": {"n": "answer.n"}}, [(1, 5)], True),
        ({"kind": "formula", "expression": "5 × (", "figures": {"n": "answer.n"}}, [], False),
        ({"kind": "formula", "expression": "n ÷ 1000", "figures": {"n": "answer.n"}}, [], False),
    ],
)
def test_rule_is_tried_before_it_is_proposed(rule, trials, is_fit):
    tried = [(Decimal(value), Decimal(points)) for value, points in trials]

    assert fits(rule, Decimal(10), tried) is is_fit


@pytest.mark.parametrize(
    "more",
    [
        "发生重大事故的，本项为零。",
        "情节严重的加倍扣分。",
        "当年整改到位的不扣分。",
        "出现失密的实行一票否决。",
        "由主管部门另扣2分。",
        "被通报的，降一档计分。",
    ],
)
def test_what_stands_beside_a_rule_and_changes_it_leaves_it_to_a_person(more):
    text = "发现问题，每个扣1分，扣完为止。"

    assert propose("合规性", text, Decimal(10), KNOWN).confidence is Confidence.CLEAR
    assert propose("合规性", text + more, Decimal(10), KNOWN).confidence is Confidence.NONE
