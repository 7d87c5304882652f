"""A written scheme reads back without a difference, whatever it holds, and reads like the fixtures."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfeval.scoring.canonical import content_hash
from perfeval.scoring.scheme.reading import read_draft, read_scheme
from perfeval.scoring.scheme.toml_text import toml_text
from perfeval.scoring.scheme.tree import Indicator
from perfeval.scoring.scheme.writing import write_scheme
from tests.scoring.building import SCHEMES

HERE = Path(__file__).parent
EVERY_SCHEME = [*sorted(SCHEMES.glob("*.toml")), HERE / "every_kind.toml", HERE / "small.toml"]
EVERY_KIND = read_scheme((HERE / "every_kind.toml").read_text(encoding="utf-8"))

#: What a scheme may say: any character but control characters, line breaks and tabs included.
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc",)) | st.sampled_from('\n\t"\\#=[]{}'),
    max_size=30,
)
POINTS = st.decimals(Decimal(-999999999999999), Decimal(999999999999999), places=12)


@pytest.mark.parametrize("path", EVERY_SCHEME, ids=lambda path: path.stem)
def test_written_scheme_reads_back_equal_and_writes_the_same_bytes(path):
    scheme = read_scheme(path.read_text(encoding="utf-8"))

    text = write_scheme(scheme)

    assert read_scheme(text) == scheme
    assert content_hash(read_scheme(text)) == content_hash(scheme)
    assert write_scheme(read_scheme(text)) == text


def test_written_scheme_reads_like_the_file_that_a_person_wrote():
    text = write_scheme(read_scheme((SCHEMES / "zengcheng_2022.toml").read_text(encoding="utf-8")))

    assert (
        """
[[indicator]]
code = "asset_utilisation"
parent = "assets"
name = "固定资产利用率"
weight = 2
standard = "固定资产利用率达到90%的得2分；达到75%、不足90%的得1.5分；达到60%、不足75%的得1分；不足60%的不得分。"
evidence = "国有资产年度报告中的固定资产使用情况表。"
unverified = "三级指标名称、分值和评分标准未公开，由本系统拟写。"

[indicator.rule]
kind = "bands"
value = "answer.used_amount"
out_of = "answer.asset_amount"
bands = [
  { at_least = 90, points = 2 },
  { at_least = 75, below = 90, points = 1.5 },
  { at_least = 60, below = 75, points = 1 },
  { below = 60, points = 0 },
]
loss_phrase = "固定资产利用率为{rate}"

[[indicator.rule.input]]
name = "used_amount"
"""
        in text
    )


def test_equal_schemes_give_one_text_in_whichever_order_a_database_kept_their_tables():
    shuffled = replace(
        EVERY_KIND,
        indicators=tuple(_shuffled(node) for node in EVERY_KIND.indicators),
        phrases=dict(reversed(EVERY_KIND.phrases.items())),
    )

    assert shuffled == EVERY_KIND
    assert write_scheme(shuffled) == write_scheme(EVERY_KIND)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_text_and_number_survives_being_written(data):
    def changed(node: Indicator) -> Indicator:
        return replace(
            node,
            name=data.draw(TEXT),
            standard=data.draw(TEXT),
            evidence=data.draw(TEXT),
            weight=data.draw(POINTS),
            children=tuple(changed(child) for child in node.children),
        )

    scheme = replace(
        EVERY_KIND,
        name=data.draw(TEXT),
        source=data.draw(TEXT),
        full_score=data.draw(POINTS),
        indicators=tuple(changed(node) for node in EVERY_KIND.indicators[1:]),
        phrases=data.draw(st.dictionaries(TEXT, TEXT, max_size=3)),
    )

    text = write_scheme(scheme)

    assert read_draft(text) == scheme
    assert write_scheme(read_draft(text)) == text


def test_what_has_no_exact_form_is_refused():
    with pytest.raises(TypeError, match="no TOML form for float"):
        toml_text({"weight": 0.1})


def _shuffled(node: Indicator) -> Indicator:
    rule = node.rule
    if rule:
        mixed = {name: _reversed(value) for name, value in reversed(rule.parameters.items())}
        rule = replace(rule, parameters=mixed)
    return replace(node, rule=rule, children=tuple(_shuffled(one) for one in node.children))


def _reversed(value: object) -> object:
    if isinstance(value, dict):
        return {key: _reversed(item) for key, item in reversed(value.items())}
    if isinstance(value, tuple):
        return tuple(_reversed(item) for item in value)
    return value
