"""Lines become paragraphs again, numbers whole, places kept."""

import pytest

from perfeval.checking.numbers import Kind, quantities
from perfeval.checking.text import read


def test_lines_of_a_page_become_a_paragraph_and_the_page_number_goes():
    raw = "全年预算数为四项任务合并安排，由局机关会同各镇街分三批组\n\n—8—\n\n织实施，年底前已全部完成。\n一、下一节\n"

    assert (
        read(raw).text
        == "全年预算数为四项任务合并安排，由局机关会同各镇街分三批组织实施，年底前已全部完成。\n一、下一节\n"
    )


@pytest.mark.parametrize("mark", ["— 4 —", "—4—", "－ 4 －"])
def test_page_number_glued_to_a_line_goes(mark):
    raw = f"第一页的内容写到这里还没有完，因为句子一直延续到了下一页的\f{mark}开头部分才结束。\n第二段也在这里。\f"

    assert "的开头部分" in read(raw.replace("－", "—")).text


def test_places_lead_back_to_the_raw_text():
    raw = "预算　４２０ 万元，\n支出 1, 234 .50 万元"
    prose = read(raw)

    for quantity in quantities(prose.text):
        start, end = prose.raw_span(quantity.start, quantity.end)
        assert raw[start] in "４1"
        assert raw[end - 1] == "元"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("共7,000.50万元", [(Kind.AMOUNT, "70005000.00", False)]),
        ("约3.6万人次", [(Kind.COUNT, "36000.0", True)]),
        ("２０ 项", [(Kind.COUNT, "20", False)]),
        ("近5000名", [(Kind.COUNT, "5000", True)]),
        ("100余场次", [(Kind.COUNT, "100", True)]),
        ("达到95.1%以上", [(Kind.PERCENT, "95.1", True)]),
        ("提高2.5个百分点", [(Kind.PERCENT_POINT, "2.5", False)]),
        ("得9.95分", [(Kind.POINTS, "9.95", False)]),
        ("378分钟", [(Kind.COUNT, "378", False)]),
        ("2022年3月5日第38届〔2022〕7号", []),
        ("3-5个", []),
        ("1.2亿元", [(Kind.AMOUNT, "120000000.0", False)]),
    ],
)
def test_quantities_of_a_text(text, expected):
    found = quantities(read(text).text)

    assert [(q.kind, str(q.value), q.is_open) for q in found] == expected
