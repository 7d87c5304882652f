"""What the checker finds is told whole in both languages, with the figures as the report writes them."""

import re

import pytest
from django.utils import translation

from perfeval.checking.catalogue import CATALOGUE
from perfeval.checking.findings import SEVERITIES, Finding, FindingSeverity
from perfeval.checking.services import check_text
from perfeval.reading.refusals import REASONS
from perfeval.words.checking import SENTENCES, SEVERITY_NAMES, describe_finding
from perfeval.words.reading import REPORT_REFUSALS

CHINESE = re.compile("[\u4e00-\u9fff]")


def test_every_code_severity_and_reason_has_its_words_and_no_other_has():
    assert set(SENTENCES) == set(SEVERITIES)
    assert set(SEVERITY_NAMES) == set(FindingSeverity)
    assert set(REPORT_REFUSALS) == set(REASONS)


@pytest.mark.parametrize("check", CATALOGUE, ids=lambda check: check.run.__name__)
def test_what_an_example_gives_is_told_without_gaps_in_both_languages(check):
    findings = check_text(check.example, known=check.known).findings
    with translation.override("en"):
        english = [describe_finding(finding) for finding in findings]
    with translation.override("zh-hans"):
        chinese = [describe_finding(finding) for finding in findings]

    assert len(english) == len(chinese) > 0
    assert [sentence for sentence in (*english, *chinese) if "%(" in sentence] == []
    assert [told for told, other in zip(english, chinese, strict=True) if told == other] == []


def test_english_words_of_a_sentence_are_not_left_chinese():
    with translation.override("en"):
        assert [code for code, told in SENTENCES.items() if CHINESE.search(str(told))] == []
    with translation.override("zh-hans"):
        assert [code for code, told in SENTENCES.items() if not CHINESE.search(str(told))] == []


@pytest.mark.parametrize(
    ("section", "chinese", "english"),
    [
        (
            "",
            "总分前后不一：此处为91分，第12行为92分。",
            "The total has two values: 91 here, 92 in line 12.",
        ),
        (
            "主要成效",
            "总分前后不一：此处为91分，“主要成效”第12行为92分。",
            "The total has two values: 91 here, 92 in line 12 of “主要成效”.",
        ),
    ],
)
def test_other_place_is_named_by_its_line_and_where_it_has_one_its_section(
    section, chinese, english
):
    words = {"line": "12"} | ({"section": section} if section else {})
    finding = Finding("total-restated", FindingSeverity.WARNING, 0, 3, 4, "", "91", "92", words)

    with translation.override("zh-hans"):
        assert describe_finding(finding) == chinese
    with translation.override("en"):
        assert describe_finding(finding) == english


def test_percent_signs_of_a_report_stay_as_they_are():
    words = {"arithmetic": "1% + 2%(x)s = 3%"}
    finding = Finding("shares-not-whole", FindingSeverity.WARNING, 0, 1, 1, "", "", "", words)

    with translation.override("en"):
        assert describe_finding(finding) == (
            "The shares of the parts do not add to 100%: 1% + 2%(x)s = 3%."
        )
