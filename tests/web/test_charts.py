"""Charts on pages: in the reader's words, with the same figures as a table."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from perfeval.reports.filled import tree_of
from perfeval.reports.queries import stored_result
from perfeval.reports.states import ReportState

pytestmark = pytest.mark.django_db

FIGURE = re.compile(r'<figure class="chart">.*?</figure>', re.DOTALL)
HAN = re.compile("[\u4e00-\u9fff]+")


@pytest.fixture
def charts_in(client_of, reviewer, in_state):
    """Return a function that gives the charts of the review page in a language, one text each."""
    report = in_state(ReportState.SUBMITTED)

    def read(language: str) -> list[str]:
        client = client_of(reviewer)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        page = client.get(reverse("web:review", args=[report.pk]))
        return FIGURE.findall(page.content.decode())

    read.report = report
    return read


def test_words_of_charts_are_the_readers_and_names_are_data(charts_in):
    english = charts_in("en")
    scheme, result = tree_of(charts_in.report), stored_result(charts_in.report)
    names = {node.name for node in result.walk()} | {line.name for line in scheme.figure_lines}

    assert len(english) == 3
    assert (
        set(HAN.findall("".join(english))) - {part for name in names for part in HAN.findall(name)}
        == set()
    )
    assert "整体效能: 48.95 of 50 points, score rate 97.90%; " in english[0]
    assert "<figcaption>Budget and spending, in 10,000 yuan</figcaption>" in english[2]
    assert "部门整体支出: budget 642.40, spent 639.15, 99.49%" in english[2]
    chinese = charts_in("zh-hans")
    assert "整体效能48.95/50分，得分率97.90%；" in chinese[0]
    assert "部门整体支出：预算数642.40万元，支出数639.15万元，99.49%" in chinese[2]


def test_chart_has_its_figures_as_a_table(charts_in):
    first = charts_in("en")[0]

    heads = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', first)
    row = re.search(r"<tbody><tr>(.*?)</tr>", first, re.DOTALL).group(1)
    assert heads == ["Indicator", "Points", "Weight", "Score rate"]
    assert re.findall(r">([^<]+)</t[hd]>", row) == ["整体效能", "48.95", "50", "97.90%"]
