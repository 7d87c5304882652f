"""A department's own indicators go with the slot that they stand in, and come back with it."""

from decimal import Decimal

import pytest

from benchmarks import correction_data as data
from benchmarks.correction import dump
from perfeval.accounts.models import Department
from perfeval.corrections.services import apply, approve, compute, propose, revert
from perfeval.reports.filled import read_filled
from perfeval.reports.queries import stored_result
from perfeval.reports.services import save_answers, save_own_part, start_report
from perfeval.reports.trial import scored
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.schemes.services import issue_scheme, load_scheme
from perfeval.schemes.versions import save_mapping
from perfeval.scoring.canonical import scheme_from_json
from perfeval.scoring.figures import Answer, OwnIndicator

pytestmark = pytest.mark.django_db


def scheme(version: int, slot: str):
    """Return a scheme of ten leaves and one open indicator, which is closed where it has no name."""
    made = data.scheme_data(leaves=20)
    open_node = made["indicators"].pop()
    if slot:
        own = {"code": slot, "name": "履职效能", "is_scored_group": True, "is_own": True}
        made["indicators"].append({**own, "level": 1, "weight": open_node["weight"]})
        made["slots"] = [
            {"indicator": slot, "kinds": ["yes_no"], "standards": {"yes_no": "按时完成得满分。"}}
        ]
    else:
        made["indicators"].append(open_node)
    return scheme_from_json({**made, "version": version})


@pytest.fixture
def moved(db):
    """Return a function that moves one report with an own indicator to a version with ``slot``."""

    def move(slot: str):
        people = data.load_people()
        rows = [load_scheme(scheme=one, at=data.AT) for one in (scheme(1, "open"), scheme(2, slot))]
        issue_scheme(scheme=rows[0], by=None, at=data.AT)
        rows[0].refresh_from_db()
        unit = Department.objects.create(
            code="unit", name="单位", supervisor=Department.objects.get(code="bureau")
        )
        report = start_report(department=unit, scheme=rows[0], by=None, at=data.AT)
        given = {"report": report, "version": None, "by": None, "at": data.AT}
        own = OwnIndicator("", "open", "按时完成培训", Decimal(50), "yes_no")
        save_own_part(own_part=(own,), **given)
        save_answers(group="open", answers={"own_1": Answer({"met": True})}, **given)
        issue_scheme(scheme=rows[1], by=None, at=data.AT)
        for row in rows:
            row.refresh_from_db()
        if slot:
            save_mapping(scheme=rows[1], mapping={"open": slot}, by=None, at=data.AT)
        before = dump()
        owner = {"by": people["owner"], "at": data.AT}
        made = propose(old=rows[0], new=rows[1], reason="更正", sends_back=False, **owner)
        made = compute(correction=made)
        made = approve(correction=made, by=people["approver"], at=data.AT)
        made = apply(correction=made, **owner)
        report.refresh_from_db()
        return report, made, lambda: revert(correction=made, **owner), before

    return move


def test_own_indicator_and_its_answer_follow_the_renamed_slot(moved):
    report, made, take_back, before = moved("duty")

    figures = read_filled(report).figures
    assert [(one.code, one.slot) for one in figures.own_part] == [("own_1", "duty")]
    assert figures.answers["own_1"] == Answer({"met": True})
    assert stored_result(report) == scored(as_scoring_scheme(made.new_scheme), figures)
    assert stored_result(report).indicator("own_1").points == 50
    assert made.reports.get().losses == []
    take_back()
    assert dump() == before


def test_own_indicator_of_a_closed_slot_is_named_and_comes_back(moved):
    report, made, take_back, before = moved("")

    assert not report.own_indicators.exists()
    told = {"name": "按时完成培训"}
    assert made.reports.get().losses == [
        {"code": "own_gone", "place": "indicator:open", "parameters": told}
    ]
    take_back()
    assert dump() == before
    assert report.own_indicators.get().inputs == {"met": True}
