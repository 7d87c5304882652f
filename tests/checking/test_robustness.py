"""Nothing that can be put in makes the checker fall over or wait."""

import random
import time

import pytest
from generator import generate

from perfeval.checking.services import check_text
from perfeval.reading.report_files import ReportUnreadable, read_report
from perfeval.words.checking import describe_finding
from perfeval.words.reading import REPORT_REFUSALS

_PIECES = (
    "其中：", "（", "）", "，", "。", "；", "\n", "\t", "|", " ", "  ", "\f", "—8—", "分值", "得分", "得分率", "%", "万元", "亿元", "元",
    "年初预算", "支出", "执行率", "占", "增长", "合计", "总分", "一、", "（一）", "1.", "三是", "个", "人次", "分别为", "等级为优", "=", "+",
    "×", "÷", "0", "00", "9" * 15, "1,234", "1.", ".5", "1,23", "０", "-", "~", "2022年", "13月", "32日", "20XX年", "一级指标", "\x00",
    "\u200b", "𬭎", "㙍", "①", "扣", "原因", "x", "《", "“",
)  # fmt: skip


def test_fuzzed_texts_never_fall_over_or_wait():
    _fuzz(range(800))


@pytest.mark.slow
def test_five_thousand_fuzzed_inputs_never_fall_over_or_wait():
    _fuzz(range(5200))


def _fuzz(seeds):
    slowest = 0.0
    for seed in seeds:
        draw = random.Random(seed)
        text = _fuzzed(draw)
        began = time.process_time()
        found = check_text(text)
        for finding in found.findings:
            assert 0 <= finding.start <= finding.end <= len(text)
            assert finding.line >= 1
            assert describe_finding(finding)
        _read_bytes(draw, text)
        slowest = max(slowest, time.process_time() - began)
    assert slowest < 5


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


@pytest.mark.parametrize(
    "text",
    [
        "9" * 200_000,
        "其中：" * 40_000,
        "（" * 100_000,
        "支出10万元，" * 20_000,
        "预算10万元，支出9万元，执行率91%，" * 6_000,
        "分值10分，得9分。" * 12_000,
        "1+" * 60_000 + "1=3",
        "\t".join(["1"] * 60_000),
        "|" * 200_000,
        "A1" * 100_000,
        "三是" * 60_000,
        "培训、" * 60_000,
        "设三个一级指标，分别为" + "甲、" * 80_000,
        "2022年13月" * 30_000,
        "分值\n得分\n" + "10\n9\n项目\n" * 40_000,
        "（请填写" * 50_000,
        " " * 300_000,
        "\n" * 300_000,
    ],
    ids=range(18),
)
def test_hostile_text_is_checked_within_five_seconds(text):
    began = time.process_time()

    check_text(text)

    assert time.process_time() - began < 5
