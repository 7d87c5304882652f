"""What the database refuses about evidence files."""

import pytest
from django.db import IntegrityError, transaction

from perfeval.evidence.models import EvidenceFile
from tests.rows import (
    AT,
    Breaks,
    a_report,
    a_user,
    an_indicator,
    broken_constraint,
    constraint_names,
)

pytestmark = pytest.mark.django_db


def _file(times: int = 1, **fields: object) -> None:
    item = {
        "report": fields.get("report") or a_report(),
        "file": "evidence/1/0",
        "file_name": "proof.pdf",
        "kind": "pdf",
        "size": 1,
        "sha256": "0" * 64,
        "uploaded_at": AT,
        "uploaded_by": a_user("someone"),
    }
    for _time in range(times):
        EvidenceFile.objects.create(**(item | fields))


def _same_file_twice() -> None:
    indicator = an_indicator()
    _file(times=2, indicator=indicator, report=a_report(scheme=indicator.scheme))


BREAKS: Breaks = {
    "evidence_once_per_indicator": _same_file_twice,
    "evidence_once_per_own_indicator": lambda: _file(times=2, own_code="own_1"),
    "evidence_of_one_indicator": _file,
}


@pytest.mark.parametrize("name", BREAKS)
def test_database_refuses_what_the_constraint_forbids(name):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        BREAKS[name]()

    assert broken_constraint(caught.value) == name


def test_every_constraint_has_a_row_that_breaks_it():
    assert set(BREAKS) == constraint_names("evidence")
