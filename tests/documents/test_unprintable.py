"""A character that cannot be printed is told before the report is handed in."""

import pytest

from perfeval.documents.unprintable import unprintable
from perfeval.reports.models import Narrative
from perfeval.scoring.figures import Figures, KeyTask
from perfeval.scoring.result import Problem, Severity
from tests.conftest import problems_of


def told(character, place, around):
    parameters = {"found": character, "code": f"U+{ord(character):04X}", "around": around}
    return Problem("character_unprintable", Severity.ERROR, place, parameters)


def test_each_place_is_named():
    figures = Figures(key_tasks=(KeyTask(name="任务𪚥"),))
    found = list(
        unprintable(figures, {"duties": "好。\n前面的文字𠀀后面", "aims": "㙍堃喆镕瑢䶮𬭎𫖯"})
    )
    assert found == [
        told("𠀀", "section:duties", "前面的文字𠀀后面"),
        told("𪚥", "key_task:0", "任务𪚥"),
    ]


@pytest.mark.django_db
def test_report_with_one_is_not_ready(zengcheng_report):
    assert [one for one in problems_of(zengcheng_report) if one.severity is Severity.ERROR] == []
    narrative = Narrative.objects.filter(report=zengcheng_report).exclude(text="").first()
    Narrative.objects.filter(pk=narrative.pk).update(text="写了𠀀")
    (problem,) = [one for one in problems_of(zengcheng_report) if one.severity is Severity.ERROR]
    assert (problem.code, problem.parameters["found"]) == ("character_unprintable", "𠀀")
