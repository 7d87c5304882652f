"""Our own report, set as PDF and read back, holds in every figure that the checker can compare."""

import pytest

from perfeval.checking.services import check_text
from perfeval.publication.pdf import draft_pdf
from perfeval.reading.limited.report_files import read_report

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["zengcheng_report", "guangzhou_report"])
def test_our_own_pdf_gives_no_finding(request, name):
    report = request.getfixturevalue(name)

    found = check_text(read_report("report.pdf", draft_pdf(report).data))

    assert found.findings == ()
    assert found.claims > 100
