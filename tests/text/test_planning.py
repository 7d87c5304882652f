"""Where the lines of a paragraph end: pure arithmetic, so many cases in no time."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from perfeval.text.planning import PlannedParagraph, plan, shrinks
from perfeval.text.ties import tie
from perfeval.typesetting.markup import shown

ROOM = 28
#: Marks that begin no line, and that end none.
NO_START, NO_END = "，。；：、）》”%", "（《“"


def width_of(character: str) -> float:
    return {"%": 0.833, ".": 0.278}.get(character, 0.5 if character.isascii() else 1.0)


def breaks_of(text: str) -> list[int]:
    """Return where a line may begin, by the rules that Pango has."""
    places = []
    for place in range(1, len(text)):
        before, after = text[place - 1], text[place]
        is_closed = before.isascii() and after.isascii()
        if (
            "\u2060" in before + after
            or after == "\u200b"
            or is_closed
            or after in NO_START
            or before in NO_END
        ):
            continue
        places.append(place)
    return places


def lines_of(text: str, *, indent: float = 2) -> list[str] | None:
    """Return the lines of a text, figures tied to their units as on a page."""
    tied = shown(tie(text))
    begins = plan(PlannedParagraph(tied, breaks_of(tied), width_of, ROOM - indent, ROOM))
    if begins is None:
        return None
    places = [0, *begins, len(tied)]
    return [prose_of(tied[start:end]) for start, end in pairwise(places)]


def prose_of(text: str) -> str:
    return text.replace("\u2060", "").replace("\u200b", "")


def test_lines_are_filled_where_that_does_well():
    text = "部门整体支出绩效自评工作按照预算绩效管理有关规定组织开展" * 2 + "完毕。"
    assert lines_of(text) is None


def test_last_line_never_holds_a_single_character():
    text = "部门整体支出绩效自评工作按照预算绩效管理有关规定组织开展" * 2
    assert lines_of(text[:55] + "。") == [text[:26], text[26:53], text[53:55] + "。"]
    marks = "3.梳理绩效指标。委托第三方机构对历年项目和部门整体绩效指标进行梳理，按要求编报项目绩效目标和部门整体绩效目标。"
    assert lines_of(marks) == [marks[:28], marks[28:]]


def test_gaps_give_at_marks_and_never_within_a_figure_or_a_dash():
    assert shrinks("甲，《乙》12。") == [0.02, 0.66, 0.02, 0.02, 0.33, 0.0, 0.02, 0.0]
    assert shrinks("甲——乙") == [0.02, 0.0, 0.02, 0.0]


def test_figure_is_taken_in_where_marks_have_room_to_give():
    """Not quite half a character is missing: the commas give it."""
    assert lines_of(
        "7.服务科技工作者分值10分，评价得分10分，得分率100%，各项指标均达到年度要求。"
    ) == [
        "7.服务科技工作者分值10分，评价得分10分，得分率100%，",
        "各项指标均达到年度要求。",
    ]


def test_character_goes_down_rather_than_one_line_apart():
    text = (
        "2022年，本部门年初预算797.28万元，调整后全年预算642.40万元，全年实际支出639.15万元，部门预算资金支出率"
        "99.49%。其中：基本支出全年预算552.69万元，实际支出549.92万元，支出率99.50%。"
    )
    assert lines_of(text) == [
        "2022年，本部门年初预算797.28万元，调整后全年预算",
        "642.40万元，全年实际支出639.15万元，部门预算资金支出",
        "率99.49%。其中：基本支出全年预算552.69万元，实际支出",
        "549.92万元，支出率99.50%。",
    ]


def test_figure_is_parted_from_its_unit_last_of_all():
    text = "全年科普活动累计直接服务群众达到1234567.89万人次以上"
    assert lines_of(text, indent=6) == ["全年科普活动累计直接服务群众达到1234567.89万", "人次以上"]
    money = "全年科普活动累计直接安排经费达到1234567.89万元以上"
    assert lines_of(money, indent=7) == ["全年科普活动累计直接安排经费达到1234567.89", "万元以上"]


def test_lines_of_characters_leave_the_grid_only_for_one_pulled_far_apart():
    words = "绩效管理工作按照预算编制要求组织开展并纳入年度考核范围内"
    text = (
        words * 2
        + "甲乙丙丁戊己庚辛壬癸子丑寅{}，实际支出合计31133.57万元，财政拨款预算完成率为98.62%。"
    )
    assert [len(line) for line in lines_of(text.format("卯辰巳"))] == [26, 28, 25, 28]
    assert [len(line) for line in lines_of(text.format("卯"))] == [26, 25, 26, 28]


def test_nothing_is_planned_for_a_word_longer_than_a_line():
    text = "网址" + "x" * 80
    assert plan(PlannedParagraph(text, [1, 2], width_of, ROOM, ROOM)) is None


PIECES = st.sampled_from(
    [
        "预算",
        "支出率",
        "，",
        "。",
        "552.69万元",
        "3.6万人次",
        "100%",
        "“",
        "”",
        "完成",
        "《",
        "》",
        "8",
    ]
)


@given(st.lists(PIECES, min_size=1, max_size=60).map("".join))
def test_every_line_fits_and_all_text_is_there(text):
    found = lines_of(text)
    if found is None:
        return
    assert "".join(found) == text
    for number, line in enumerate(found):
        room = ROOM if number else ROOM - 2
        assert sum(map(width_of, line)) - sum(shrinks(line)) <= room + 0.1
        assert not number or line[0] not in NO_START
