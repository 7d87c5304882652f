"""A report on every scheme of the library is started, filled in and ready to be handed in."""

import pytest

from perfeval.accounts.models import Department
from perfeval.demo.services import load_schemes
from perfeval.reports.filled import read_filled
from perfeval.reports.queries import stored_result
from perfeval.reports.services import start_report
from perfeval.schemes.models import Scheme
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.engine import score
from perfeval.scoring.result import Severity
from perfeval.snapshots.services import fill_report
from tests.conftest import AT, FIXTURES, problems_of
from tests.scoring.building import LIBRARY, library

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", sorted(file.name.split(".")[0] for file in LIBRARY.iterdir()))
def test_a_report_on_the_scheme_is_filled_in_and_ready(world, preparer, code):
    load_schemes(folder=FIXTURES / "schemes", at=AT, names=code)
    row = Scheme.objects.get(code=code)
    department = Department.objects.get(code="zengcheng-kexie")
    report = start_report(department=department, scheme=row, by=preparer, at=AT)
    scheme, figures = library(code)
    prose = {one.code: "情况良好。" for one in scheme.outline if one.takes_text}
    fill_report(report=report, figures=figures, narratives=prose, by=preparer, at=AT)

    assert as_scoring_scheme(row) == scheme
    assert read_filled(report).figures == figures
    assert stored_result(report) == score(scheme, figures)
    blocking = [one for one in problems_of(report) if one.severity is not Severity.WARNING]
    assert blocking == []
