"""Numbers of headings."""

import pytest

from perfeval.text.numbering import Counter, chinese_number, heading_number, table_number


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九")],
)
def test_chinese_number(number, written):
    assert chinese_number(number) == written


def test_all_chinese_numbers_differ():
    assert len({chinese_number(number) for number in range(1, 100)}) == 99


@pytest.mark.parametrize("number", [0, -1, 100])
def test_chinese_number_outside_its_range_is_refused(number):
    with pytest.raises(ValueError, match="1 to 99"):
        chinese_number(number)


def test_heading_numbers_of_each_level():
    assert [heading_number(level, 3) for level in (1, 2, 3, 4)] == ["三、", "（三）", "3.", "（3）"]
    with pytest.raises(ValueError, match="1 to 4"):
        heading_number(5, 1)


def test_counter_starts_lower_levels_anew():
    counter = Counter()
    assert [counter.next(level) for level in (1, 2, 3, 3, 2, 3, 1, 2)] == [
        "一、", "（一）", "1.", "2.", "（二）", "1.", "二、", "（一）",
    ]  # fmt: skip


def test_table_number():
    assert table_number(2) == "表2"
