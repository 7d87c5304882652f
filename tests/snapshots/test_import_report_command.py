"""``manage.py import_report``: what it prints, its exit code, and the file named in every line."""

import json

import pytest
from django.core.management import call_command
from django.utils import translation

from perfeval.accounts.models import Department
from perfeval.publication.pdf import draft_pages
from perfeval.reports.filled import read_filled
from perfeval.reports.models import Report
from perfeval.reports.queries import current_score
from perfeval.reports.states import ReportState
from perfeval.review.models import Publication
from perfeval.snapshots.management.commands.import_report import Command
from perfeval.snapshots.snapshot import snapshot_text
from tests.conftest import snapshot_of
from tests.snapshots.database import rows


@pytest.fixture(autouse=True)
def english():
    """Read the sentences as they stand in the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def file(zengcheng_report, tmp_path):
    """Return the export of the complete report, for another department."""
    data = json.loads(snapshot_text(snapshot_of(zengcheng_report)))
    data["department_code"] = "shili-xiehui"
    file = tmp_path / "report.json"
    file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return file


def _run(capsys, *arguments: object):
    """Return exit code, lines of the output, lines of the errors."""
    code = 0
    try:
        call_command("import_report", *map(str, arguments))
    except SystemExit as end:
        code = end.code
    told = capsys.readouterr()
    return code, told.out.splitlines(), told.err.splitlines()


def test_import_makes_the_draft_and_prints_its_score(capsys, file, outsider):
    ended = _run(capsys, file, "--by", "outsider")

    report = Report.objects.get(department__code="shili-xiehui")
    assert ended == (0, ["示例协会 2022: 96.45 优"], [])
    assert (report.created_by, current_score(report).saved_by) == (outsider, outsider)


def test_import_reads_the_report_out_of_a_published_pdf(capsys, in_state, tmp_path):
    published = in_state(ReportState.PUBLISHED)
    answers = read_filled(published).figures.answers
    file = tmp_path / "report.pdf"
    file.write_bytes(bytes(Publication.objects.get().pdf))
    # The department that the file names has no report yet.
    Department.objects.filter(code="zengcheng-kexie").update(code="formerly")
    Department.objects.filter(code="shili-xiehui").update(code="zengcheng-kexie")

    assert _run(capsys, file, "--by", "outsider") == (0, ["示例协会 2022: 96.45 优"], [])
    draft = Report.objects.get(department__code="zengcheng-kexie")
    assert (draft.state, read_filled(draft).figures.answers) == (ReportState.DRAFT, answers)


def test_import_refuses_a_pdf_without_a_report(capsys, zengcheng_report, tmp_path):
    file = tmp_path / "draft.pdf"
    for data, told in (
        (draft_pages(read_filled(zengcheng_report)).rendered().data, "the PDF carries no report"),
        (b"%PDF-1.7 nothing", "the PDF is damaged or locked"),
    ):
        file.write_bytes(data)
        before = rows()
        code, _, errors = _run(capsys, file)
        assert (code, rows() == before) == (2, True)
        assert errors[0].startswith(f"{file}: {told}")


def test_import_without_a_person_names_nobody(capsys, file):
    assert _run(capsys, file)[0] == 0
    assert Report.objects.get(department__code="shili-xiehui").created_by is None


def test_import_refuses_an_unknown_account(capsys, file):
    before = rows()

    assert _run(capsys, file, "--by", "nobody") == (2, [], ["--by: there is no account “nobody”"])
    assert rows() == before


def test_import_refuses_with_the_file_in_every_line(capsys, file):
    data = json.loads(file.read_text(encoding="utf-8"))
    data["figures"]["amounts"]["no.such"] = "1"
    data["narratives"]["no_such"] = "文"
    file.write_text(json.dumps(data), encoding="utf-8")
    before = rows()

    code, out, errors = _run(capsys, file)

    assert (code, out, rows()) == (2, [], before)
    assert errors == [
        f"{file}: figures.amounts.no.such: “no.such” is no amount or input of the scheme",
        f"{file}: narratives.no_such: the scheme's outline has no such text section",
    ]


def test_import_refuses_the_second_time_until_told_to_replace(capsys, file):
    _run(capsys, file)
    before = rows()

    code, out, errors = _run(capsys, file)
    assert (code, out, rows()) == (2, [], before)
    assert errors == [
        (
            f"{file}: the department has this report already (draft); "
            "replace it knowingly with --replace"
        )
    ]

    assert _run(capsys, file, "--replace") == (0, ["示例协会 2022: 96.45 优"], [])
    assert Report.objects.count() == 2


def test_import_refuses_a_binary_file(capsys, world, tmp_path):
    file = tmp_path / "binary.json"
    file.write_bytes(b"\xff\xfe")

    code, out, errors = _run(capsys, file)

    assert (code, out, len(errors)) == (2, [], 1)
    assert errors[0].startswith(f"{file}: 'utf-8' codec can't decode")


def test_import_names_a_file_that_is_not_there(capsys, world, tmp_path):
    file = tmp_path / "missing.json"

    code, out, errors = _run(capsys, file)

    assert (code, out) == (2, [])
    assert errors == [f"{file}: [Errno 2] No such file or directory: '{file}'"]


def test_import_help_shows_the_example():
    text = Command().create_parser("manage.py", "import_report").format_help()

    assert (
        "Example:\n  .venv/bin/python manage.py import_report zengcheng-kexie-2022.json --by preparer\n"
    ) in text
