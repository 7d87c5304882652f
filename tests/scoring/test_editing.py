"""The tree of a draft is changed as asked: codes in order with their levels before and after."""

from pathlib import Path

import pytest

from perfeval.scoring.scheme import editing
from perfeval.scoring.scheme.editing import TreeMoveRefused
from perfeval.scoring.scheme.reading import read_scheme
from perfeval.scoring.scheme.tree import Scheme

SMALL = read_scheme((Path(__file__).parent / "small.toml").read_text(encoding="utf-8"))


def _tree(scheme: Scheme) -> str:
    return " ".join(f"{node.level}{node.code}" for node in scheme.walk())


def test_tree_before() -> None:
    assert _tree(SMALL) == "1duty 2goals 1management 2spending 2rules 1extra"


@pytest.mark.parametrize(
    ("changed", "tree"),
    [
        (editing.added(SMALL, "", "新")[0], "1duty 2goals 1management 2spending 2rules 1extra 1part_1"),
        (editing.added(SMALL, "duty", "新")[0], "1duty 2goals 2duty_1 1management 2spending 2rules 1extra"),
        (editing.removed(SMALL, "management"), "1duty 2goals 1extra"),
        (editing.shifted(SMALL, "rules", -1), "1duty 2goals 1management 2rules 2spending 1extra"),
        (editing.shifted(SMALL, "rules", 1), "1duty 2goals 1management 2spending 2rules 1extra"),
        (editing.shifted(SMALL, "duty", 1), "1management 2spending 2rules 1duty 2goals 1extra"),
        (editing.shifted(SMALL, "duty", 2), "1management 2spending 2rules 1extra 1duty 2goals"),
        (editing.indented(SMALL, "management"), "1duty 2goals 2management 3spending 3rules 1extra"),
        (editing.outdented(SMALL, "spending"), "1duty 2goals 1management 2rules 1spending 1extra"),
        (editing.moved(SMALL, "rules", "duty", "goals"), "1duty 2rules 2goals 1management 2spending 1extra"),
        (editing.moved(SMALL, "goals", "spending", ""), "1duty 1management 2spending 3goals 2rules 1extra"),
        (editing.moved(SMALL, "rules", "management", "rules"), "1duty 2goals 1management 2spending 2rules 1extra"),
    ],
)  # fmt: skip
def test_tree_after(changed: Scheme, tree: str) -> None:
    assert _tree(changed) == tree


@pytest.mark.parametrize(
    ("code", "parent"),
    [("management", "management"), ("management", "rules"), ("management", "goals")],
)
def test_move_that_no_tree_can_hold_is_refused(code: str, parent: str) -> None:
    with pytest.raises(TreeMoveRefused):
        editing.moved(SMALL, code, parent, "")


def test_first_has_nothing_to_stand_below_and_first_level_nothing_to_leave() -> None:
    with pytest.raises(TreeMoveRefused):
        editing.indented(SMALL, "duty")
    with pytest.raises(TreeMoveRefused):
        editing.outdented(SMALL, "duty")
