"""``export_scheme`` and ``load_scheme``: what goes out comes back, faults are told with their places."""

import io
from contextlib import suppress

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from perfeval.schemes.models import Scheme, SchemeState
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.scheme.reading import read_scheme
from perfeval.scoring.scheme.writing import write_scheme
from perfeval.words.sheets import ASSUMPTIONS, REASONS, REFUSALS, REMARKS
from tests.conftest import FIXTURES
from tests.sheets.books import saved, usual

FILE = FIXTURES / "schemes" / "zengcheng_2022.toml"
pytestmark = pytest.mark.django_db


def load(file, *options: str) -> tuple[str, str]:
    """Return what the command printed."""
    out, err = io.StringIO(), io.StringIO()
    with translation.override("en"), suppress(SystemExit):
        call_command("load_scheme", str(file), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.mark.parametrize("form", ["toml", "xlsx"])
def test_scheme_that_was_exported_is_loaded_and_issued_without_a_difference(tmp_path, form):
    load(FILE, "--issue")
    file = tmp_path / f"scheme.{form}"
    call_command("export_scheme", "zengcheng_2022:1", "--format", form, "-o", str(file))
    Scheme.objects.update(code="another")

    assert load(file, "--issue") == ("zengcheng_2022 1: issued\n", "")
    row = Scheme.objects.get(code="zengcheng_2022")
    scheme = read_scheme(FILE.read_text(encoding="utf-8"))
    assert (row.state, as_scoring_scheme(row)) == (SchemeState.ISSUED, scheme)


def test_toml_goes_to_standard_output(capfdbinary):
    load(FILE)

    call_command("export_scheme", "zengcheng_2022")

    text = capfdbinary.readouterr().out.decode()
    assert text == write_scheme(read_scheme(FILE.read_text(encoding="utf-8")))


def test_unknown_scheme_is_told_with_what_there_is():
    load(FILE)

    with pytest.raises(
        CommandError, match="no scheme 'zengcheng_2022:9'; there are: zengcheng_2022:1"
    ):
        call_command("export_scheme", "zengcheng_2022:9")


def test_draft_with_faults_is_stored_and_told_but_not_issued(tmp_path):
    file = tmp_path / "faulty.toml"
    file.write_text(
        FILE.read_text(encoding="utf-8").replace(
            'word = "差"\nminimum = 0', 'word = "差"\nminimum = 10'
        ),
        encoding="utf-8",
    )
    fault = f"{file}: grade_band[3].minimum: the last grade band starts at 10; it must start at 0\n"

    assert load(file, "--issue") == ("", fault)
    assert Scheme.objects.count() == 0
    assert load(file) == ("zengcheng_2022 1: draft\n", fault)
    assert load(file)[1] == f"{file}: scheme zengcheng_2022 version 1 is stored already\n"


def test_workbook_whose_main_sheet_was_changed_says_so(tmp_path):
    load(FILE)
    file = tmp_path / "scheme.xlsx"
    call_command("export_scheme", "zengcheng_2022", "--format", "xlsx", "-o", str(file))
    book = openpyxl.load_workbook(file)
    book["指标体系"]["C6"] = "预算执行率"
    book["基本信息"]["C4"] = 2
    book.save(file)

    out, err = load(file)

    assert out == "zengcheng_2022 2: draft\n"
    assert err == (
        f"{file}: C6: renamed in the main sheet: “部门预算资金支出率” is now “预算执行率”\n"
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (usual(), "this workbook carries no rules; import it in the browser (schemes/import/)"),
        (b"PK\x03\x04nothing", "This is no Excel workbook (.xlsx)."),
        (b"\xff\xfe", "can't decode"),
        (b"code = ", "this is not TOML"),
    ],
)
def test_file_that_is_not_taken_has_its_reason(tmp_path, data, told):
    file = tmp_path / "file"
    file.write_bytes(data)

    out, err = load(file)

    assert out == ""
    assert told in err


def test_rule_sheet_with_a_wrong_cell_is_refused_by_its_cell(tmp_path):
    load(FILE)
    file = tmp_path / "scheme.xlsx"
    call_command("export_scheme", "zengcheng_2022", "--format", "xlsx", "-o", str(file))
    book = openpyxl.load_workbook(file)
    book["等级"]["B2"] = "九十"
    file.write_bytes(saved(book))

    assert load(file)[1] == (
        f"{file}: 等级!B2: grade_band[0].minimum: a number is expected here, not 九十\n"
    )


def test_every_code_of_the_sheets_has_its_sentence():
    """Each code is a string in the sources of the room, and has exactly one sentence."""
    source = "".join(
        file.read_text(encoding="utf-8")
        for room in ("reading", "sheets")
        for file in (FIXTURES.parent / "perfeval" / room).rglob("*.py")
    )
    for table in (REFUSALS, REMARKS, ASSUMPTIONS, REASONS):
        assert [code for code in table if f'"{code}"' not in source] == []
