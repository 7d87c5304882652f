"""What people typed becomes paragraphs fit for print."""

import pytest

from perfeval.text.prose import LONGEST_PARAGRAPH, clean, paragraphs


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("　　2022 年部门年初预算 797.28 万元", "2022年部门年初预算797.28万元"),
        ("(1)贯彻执行", "（1）贯彻执行"),
        ("(三)个别项目", "（三）个别项目"),
        ("1．部门主要职责", "1.部门主要职责"),
        ("2、部门机构", "2.部门机构"),
        ("1.5万元不是编号", "1.5万元不是编号"),
        ("1．5万元不是编号", "1．5万元不是编号"),
        ("5、6月份集中开展培训12场", "5、6月份集中开展培训12场"),
        ("3、4季度各5个", "3、4季度各5个"),
        ("10、 20日各一次", "10、20日各一次"),
        ("1、２号楼维修", "1、２号楼维修"),
        ("见 Annual Report 一文", "见Annual Report一文"),
        ("零\u200b宽\u202e字\x07符\ufeff", "零宽字符"),
        ("e\u0301", "é"),
        ("\t 　", ""),
    ],
)
def test_line_is_cleaned(typed, printed):
    assert clean(typed) == printed


def test_each_line_is_a_paragraph_and_blank_lines_are_none():
    assert list(paragraphs("甲\n\n  \r\n乙\n(1)丙")) == ["甲", "乙", "（1）丙"]


def test_long_paragraph_is_cut_at_a_sentence():
    text = ("一" * 99 + "。") * 50
    cut = list(paragraphs(text))
    assert "".join(cut) == text
    assert [len(part) for part in cut] == [2000, 2000, 1000]


def test_endless_word_is_cut_anyway():
    cut = list(paragraphs("字" * 5001))
    assert [len(part) for part in cut] == [LONGEST_PARAGRAPH, LONGEST_PARAGRAPH, 1001]
