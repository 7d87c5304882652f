"""The command that writes a report to a file."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from perfeval.reports.states import ReportState


def export(report, **changes):
    options = {
        "department": report.department.code,
        "year": report.scheme.year,
        "format": "json",
        "out": "-",
    } | changes
    call_command("export_report", **options)


def test_json_is_written(zengcheng_report, tmp_path):
    out = tmp_path / "report.json"
    export(zengcheng_report, out=str(out))
    data = json.loads(out.read_text(encoding="utf-8"))
    assert (data["format"], data["year"], data["result"]["total"]) == (
        "perfeval-report",
        2022,
        "96.45",
    )
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_pdf_goes_to_standard_output(zengcheng_report, capfdbinary):
    export(zengcheng_report, format="pdf")
    assert capfdbinary.readouterr().out.startswith(b"%PDF-1.7")


def test_published_report_is_written_as_it_was_published(in_state, tmp_path):
    report = in_state(ReportState.PUBLISHED)
    publication = report.publication
    pdf, data = tmp_path / "report.pdf", tmp_path / "report.json"

    export(report, format="pdf", out=str(pdf))
    export(report, out=str(data))

    assert pdf.read_bytes() == bytes(publication.pdf)
    assert data.read_text(encoding="utf-8") == publication.snapshot.content


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"department": "nowhere"}, "no department has the code 'nowhere'; there are: "),
        ({"year": 1999}, "has no such report of 1999; it has: 2022 (zengcheng_2022)"),
        ({"scheme": "other"}, "has no such report of 2022"),
        (
            {"out": "/nowhere/report.json"},
            "cannot write /nowhere/report.json: No such file or directory",
        ),
    ],
)
def test_what_cannot_be_done_is_said_with_exit_code_2(zengcheng_report, changes, message):
    with pytest.raises(CommandError) as caught:
        export(zengcheng_report, **changes)
    assert message in str(caught.value)
    assert caught.value.returncode == 2
