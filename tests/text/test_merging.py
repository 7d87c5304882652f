"""What two people changed apart both stays; what they changed at one place is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval.text.merging import merge_order, merge_text

BASE = "第一段，共3场。\n第二段。\n第三段，投入5万元。"


@pytest.mark.parametrize(
    ("mine", "theirs", "merged"),
    [
        (BASE, "全新", "全新"),
        ("全新", BASE, "全新"),
        ("全新", "全新", "全新"),
        (
            BASE.replace("3场", "4场"),
            BASE.replace("5万元", "6万元"),
            "第一段，共4场。\n第二段。\n第三段，投入6万元。",
        ),
        (BASE + "\n末段。", "首段。\n" + BASE, f"首段。\n{BASE}\n末段。"),
        (BASE.removesuffix("\n第三段，投入5万元。"), BASE.replace("3场", "4场"), "第一段，共4场。\n第二段。"),
        # A removed line beside a changed one touches it: better asked than guessed.
        (BASE.replace("第二段。\n", ""), BASE.replace("3场", "4场"), None),
        ("第一段，共4场。", "第一段，共3场，参加10人。", None),
        (BASE.replace("3场", "4场"), BASE.replace("3场", "5场"), None),
        (BASE.replace("第二段。\n", ""), BASE.replace("第二段", "第二段补充"), None),
    ],
)  # fmt: skip
def test_texts_are_merged_where_their_changes_do_not_touch(mine, theirs, merged):
    assert merge_text(BASE, mine, theirs) == merged
    assert merge_text(BASE, theirs, mine) == merged


def test_one_line_is_merged_within():
    base = "全年支出797.28万元，完成目标35个。"

    merged = merge_text(base, base.replace("797.28", "797.82"), base.replace("35", "36"))

    assert merged == "全年支出797.82万元，完成目标36个。"


@pytest.mark.parametrize(
    ("mine", "theirs", "merged"),
    [
        ("abc", "abc", "abc"),
        ("abxc", "abcy", "abxcy"),
        ("ac", "abcd", "acd"),
        ("cab", "abcd", "cabd"),
        ("xabc", "bc", "xbc"),
        ("", "abcd", "d"),
        ("bac", "cab", "cab"),
    ],
)
def test_orders_keep_what_both_added_and_lose_what_either_removed(mine, theirs, merged):
    assert "".join(merge_order(list("abc"), list(mine), list(theirs))) == merged


_NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(_NAMES, _NAMES, _NAMES)
def test_order_holds_each_name_once_and_none_that_either_removed(base, mine, theirs):
    merged = merge_order(base, mine, theirs)

    removed = {name for name in base if name not in mine or name not in theirs}
    assert sorted(merged) == sorted({*mine, *theirs} - removed)


@given(st.text("ab\n", max_size=12), st.text("ab\n", max_size=12))
def test_change_of_one_side_is_the_result(base, changed):
    assert merge_text(base, changed, base) == changed
    assert merge_text(base, base, changed) == changed
    assert merge_text(base, changed, changed) == changed
