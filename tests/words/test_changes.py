"""Each change between two versions as a sentence, in both languages."""

import ast
from pathlib import Path

import pytest
from django.utils import translation

from perfeval.scoring.versions import changes, difference, difference_rule, difference_tree
from perfeval.scoring.versions.changes import Change, Effect
from perfeval.words.changes import CHANGES, describe_change, grouped
from tests.scoring.test_difference import EVERY_KIND, mutated


def codes_in_source() -> set[str]:
    """Return each code that a change is made with, the composed ones by their endings."""
    found = set()
    for module in (changes, difference, difference_rule, difference_tree):
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_every_code_that_comparing_gives_has_its_sentence_and_no_other_has():
    given = {change.code for _told, other in mutated(EVERY_KIND) for change in _changes(other)}
    texts = codes_in_source()
    made = {
        f"{what}_{end}"
        for what in (
            *("band", "level", "points", "figure", "column", "line", "breakdown", "category"),
            *("indicator", "group"),
        )
        for end in ("added", "removed", "changed")
    }

    assert given <= set(CHANGES)
    assert {code for code in CHANGES if code not in texts | made} == set()


def _changes(other):
    return difference.difference(EVERY_KIND, other)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_change_is_told_whole(language):
    with translation.override(language):
        told = {
            describe_change(change)
            for _told, other in mutated(EVERY_KIND)
            for change in _changes(other)
        }

    assert len(told) > 300
    assert [one for one in told if "%(" in one or not one.strip()] == []


def test_sentences_in_chinese():
    place = "indicator:leaf"
    with translation.override("zh-hans"):
        told = [
            describe_change(change)
            for change in (
                Change(
                    "number", Effect.COMPATIBLE, place, {"field": "weight", "old": "5", "new": "6"}
                ),
                Change("kind", Effect.INCOMPATIBLE, place, {"old": "manual", "new": "per_defect"}),
                Change(
                    "parameter",
                    Effect.COMPATIBLE,
                    place,
                    {"parameter": "points_each", "option": "结转率", "old": "1", "new": "0.5"},
                ),
                Change(
                    "rounding",
                    Effect.COMPATIBLE,
                    "scheme",
                    {
                        "old_mode": "half_up",
                        "old_digits": "2",
                        "new_mode": "truncate",
                        "new_digits": "1",
                    },
                ),
            )
        ]

    assert told == [
        "分值：由5改为6。",
        "评分方式改变：由“酌情评分”改为“按件扣分”。",
        "结转率：每项扣分：由1改为0.5。",
        "取舍规则：由四舍五入（2位小数）改为舍去（1位小数）。",
    ]


def test_changes_are_grouped_by_place_under_its_name():
    other = next(
        other for told, other in mutated(EVERY_KIND) if told.endswith("standard.another text")
    )

    groups = grouped(_changes(other), EVERY_KIND, other)

    assert [(one.title, one.effect, len(one.changes)) for one in groups] == [
        (other.indicator(groups[0].place.partition(":")[2]).name, Effect.NONE, 1)
    ]
