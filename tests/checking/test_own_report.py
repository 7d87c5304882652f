"""Our own report, set as PDF and read back, holds in every figure that the checker can compare."""

import pytest

from perfeval.checking.services import check_text
from perfeval.publication.pdf import draft_pages
from perfeval.reading.limited.report_files import read_report
from perfeval.reports.filled import read_filled

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["zengcheng_report", "guangzhou_report"])
def test_our_own_pdf_gives_no_finding(request, name):
    report = request.getfixturevalue(name)

    found = check_text(read_report("report.pdf", draft_pages(read_filled(report)).rendered().data))

    assert found.findings == ()
    assert found.claims > 100
