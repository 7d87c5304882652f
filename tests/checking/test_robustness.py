"""Nothing that can be put in makes the checker fall over, or wait longer than its length explains."""

import random

import pytest
from generator import generate

from perfeval.checking.catalogue import CATALOGUE
from perfeval.checking.services import check_text
from perfeval.reading.limited.report_files import ReportUnreadable, read_report
from perfeval.words.checking import describe_finding
from perfeval.words.reading import REPORT_REFUSALS
from tests.growth import assert_linear, assert_linear_in_c

_PIECES = (
    "其中：", "（", "）", "，", "。", "；", "\n", "\t", "|", " ", "  ", "\f", "—8—", "分值", "得分", "得分率", "%", "万元", "亿元", "元",
    "年初预算", "支出", "执行率", "占", "增长", "合计", "总分", "一、", "（一）", "1.", "三是", "个", "人次", "分别为", "等级为优", "=", "+",
    "×", "÷", "0", "00", "9" * 15, "1,234", "1.", ".5", "1,23", "０", "-", "~", "2022年", "13月", "32日", "20XX年", "一级指标", "\x00",
    "\u200b", "𬭎", "㙍", "①", "扣", "原因", "x", "《", "“",
)  # fmt: skip


def test_fuzzed_texts_never_make_it_fall_over():
    _fuzz(range(800))


@pytest.mark.slow
def test_five_thousand_fuzzed_inputs_never_make_it_fall_over():
    _fuzz(range(5200))


def _fuzz(seeds):
    for seed in seeds:
        draw = random.Random(seed)
        text = _fuzzed(draw)
        for finding in check_text(text).findings:
            assert 0 <= finding.start <= finding.end <= len(text)
            assert finding.line >= 1
            assert describe_finding(finding)
        _read_bytes(draw, text)


def _fuzzed(draw):
    """Return pieces at random, or a report with pieces put in, cut out and turned round."""
    if draw.random() < 0.5:
        return "".join(draw.choice(_PIECES) for _ in range(draw.randint(0, 400)))
    text = generate(draw.randrange(5000)).text
    for _ in range(draw.randint(1, 12)):
        start = draw.randrange(len(text))
        end = start + draw.randint(0, 40)
        kind = draw.randrange(4)
        piece = draw.choice(_PIECES)
        if kind == 0:
            text = text[:start] + piece + text[start:]
        elif kind == 1:
            text = text[:start] + text[end:]
        elif kind == 2:
            text = text[:start] + text[start:end][::-1] + text[end:]
        else:
            text = text[:end] + text[start:end] * draw.randint(1, 30) + text[end:]
        text = text or "0"
    return text


def _read_bytes(draw, text):
    """Read damaged bytes of every kind: they are read, or refused with a reason that has words."""
    head = draw.choice(
        (b"", b"%PDF-1.7\n", b"PK\x03\x04", b"\xff\xfe", b"\xd0\xcf\x11\xe0", b"\xef\xbb\xbf")
    )
    data = bytearray(head + text.encode("utf-8", "replace"))
    for _ in range(draw.randint(0, 6)):
        if data:
            data[draw.randrange(len(data))] = draw.randrange(256)
    try:
        read_report(draw.choice(("a.pdf", "a.docx", "a.txt", "a")), bytes(data))
    except ReportUnreadable as fault:
        return str(REPORT_REFUSALS[fault.reason])
    return None


_SHEET = "指标\t分值\t得分\n甲\t10\t9\n乙\t10\t9\n合计\t100\t18\n文\n"
_BUDGET_ROW = "预算数\t支出数\t执行率\t分值\t得分\n10\t9\t90%\t10\t9\n文\n"
#: Claims of every kind, to be put together at random.
_PASSAGES = (
    *_PIECES, _SHEET, _BUDGET_ROW, "支出10万元，", "预算10万元，", "执行率91%，", "分值10分，得9分。", "（10分）得9分", "1+", "三是", "培训、",
    "设三个一级指标，分别为", "（请填写", "总得分96分，", "等级为优，", "以下三个方面：", "123 ", "2022年整体绩效自评得分96分", "得分率90%",
    "年度资金总额 10 10 9 10 90% 9\n", "本部门年初预算10万元，", "资产管理得9分", "共计5分", "一、甲乙\n", "（一）甲乙。", "1.1甲乙", "xx",
    "____", "分别占50%和60%", "合计90万元", "编制35名（行政22名、事业13名）", "（28-30）/30×100%=-6.67%", "97%（24/25）", "按性质分：",
    "调整后预算5万元，", "扣1分", "甲1元，", "占90%，", "“", "其中",
)  # fmt: skip
_KNOWN = next(check.known for check in CATALOGUE if check.known)


def _repeated(passage):
    """Return what checks a passage repeated to a length, as a text of a report of our own."""
    return lambda length: check_text(passage * (length // len(passage)), None, _KNOWN)


@pytest.mark.parametrize(
    "passage",
    [
        pytest.param("分值10分，得9分。总得分96分，", id="totals among items"),
        pytest.param("总得分96分，等级为优，", id="grades behind totals"),
        pytest.param("以下三个方面：一是", id="points behind their number"),
        pytest.param(_BUDGET_ROW + _SHEET, id="sheets beside budget rows"),
        pytest.param("资产管理（10分），得9分。资产管理得8分，", id="scores that are known"),
    ],
)
def test_what_looks_back_takes_steps_as_the_length(passage):
    assert_linear(_repeated(passage), 8000)


def test_random_passages_over_and_over_take_steps_as_their_length():
    _grow(range(12))


@pytest.mark.slow
def test_two_hundred_random_passages_over_and_over_take_steps_as_their_length():
    _grow(range(200))


def _grow(seeds):
    for seed in seeds:
        draw = random.Random(seed)
        passage = "".join(draw.choice(_PASSAGES) for _ in range(draw.randint(1, 5)))
        assert_linear(_repeated(passage), 4000)


@pytest.mark.parametrize(
    "passage",
    [
        *("9", "其中：", "（", "支出10万元，", "预算10万元，支出9万元，执行率91%，", "1+", "1\t", "|", "A1", "三是", "培训、", "2022年13月"),
        *("10\n9\n项目\n", "（请填写", " ", "\n", "xx", "____", "○", "123 ", "123，", "共计5分", "以下三个方面：", "总得分96分，等级为优，"),
    ],
)  # fmt: skip
def test_hostile_text_takes_time_as_its_length(passage):
    assert_linear_in_c(_repeated(passage), 2000)


def test_many_items_in_one_paragraph_take_time_as_their_number():
    assert_linear_in_c(_repeated("分值10分，得9分。"), 8000)


def test_figures_of_any_length_are_checked():
    figure = "9" * 5000
    for text in (
        f"1+{figure}=3",
        f"1+1={figure}",
        f"（{figure}/{figure}）×100%={figure}%",
        f"97%（{figure}/25）",
    ):
        assert check_text(text).findings == ()
