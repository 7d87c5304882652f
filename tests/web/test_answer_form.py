"""The form of an answer asks in the order in which people decide, and says what is needed when."""

from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import translation

from perfeval.accounts.models import Department
from perfeval.reports.services import start_report
from perfeval.schemes.services import issue_scheme, load_scheme
from perfeval.scoring.scheme.reading import read_scheme
from perfeval.web.filling.answer_forms import AnswerForm
from tests.conftest import AT

KINDS = read_scheme(
    (Path(__file__).parents[1] / "scoring" / "every_kind.toml").read_text(encoding="utf-8")
)


def hints(code: str) -> dict[str, str]:
    with translation.override("en"):
        form = AnswerForm(indicator=KINDS.indicator(code), answer=None)
        return {name: str(field.help_text) for name, field in form.fields.items()}


def test_whether_it_applies_is_asked_first():
    assert list(hints("per_defect")) == ["applies", "cases", "deduction_reason"]


def test_replaced_points_and_measures_say_when_they_are_typed():
    assert hints("ratio_down")["own"] == (
        "Only to replace the computed points; leave it empty otherwise. It needs a reason."
    )
    assert [hints("one_of")[name] for name in ("metric", "balance", "change")] == [
        "",
        "Only when “好” is chosen.",
        "Only when “差” is chosen.",
    ]


@pytest.mark.django_db
def test_every_kind_stands_on_the_page_and_goals_ask_for_their_ratio(client_of, preparer):
    scheme = issue_scheme(scheme=load_scheme(scheme=KINDS, at=AT), by=None, at=AT)
    department = Department.objects.get(code="zengcheng-kexie")
    report = start_report(department=department, scheme=scheme, by=preparer, at=AT)
    client = client_of(preparer)

    page = client.get(reverse("web:group", args=[report.pk, "all"])).content.decode()
    goals = client.get(reverse("web:goal_category", args=[report.pk, "output"])).content.decode()

    for leaf in KINDS.indicator("all").leaves():
        assert f'id="leaf-{leaf.code}"' in page
        for spec in leaf.rule.inputs:
            assert f'name="{leaf.code}-{spec.name}"' in page
    assert goals.index("row-0-weight") < goals.index('<details class="more"')
