"""The command: its exit codes, its JSON, its sentences."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from perfeval.schemes.services import issue_scheme, load_scheme
from perfeval.scoring.scheme.reading import read_scheme
from tests.conftest import AT

WRONG = "某局绩效自评报告\n全年预算数420万元，实际支出399万元，预算执行率为96%。\n"
RIGHT = "某局绩效自评报告\n全年预算数420万元，实际支出399万元，预算执行率为95%。\n"


def run(capsys, *arguments):
    """Run the command and return its exit code and what it printed."""
    try:
        call_command("check_report", *map(str, arguments))
    except SystemExit as ended:
        code = ended.code
    else:
        code = 0
    return code, *capsys.readouterr()


@pytest.fixture
def wrong(tmp_path):
    path = tmp_path / "wrong.txt"
    path.write_text(WRONG, encoding="utf-8")
    return path


@pytest.fixture
def right(tmp_path):
    path = tmp_path / "right.txt"
    path.write_text(RIGHT, encoding="utf-8")
    return path


def test_report_without_findings_ends_with_0(capsys, right):
    code, out, err = run(capsys, right)

    assert (code, out, err) == (0, f"{right}  [3]  错误 0  警告 0  提示 0\n", "")


def test_report_with_findings_ends_with_1_and_shows_the_arithmetic(capsys, wrong):
    code, out, _ = run(capsys, wrong)

    assert code == 1
    assert "2  错误  rate-wrong" in out
    assert "比率与金额不符：文中为96%，399万元 ÷ 420万元 = 95%。" in out


def test_json_has_the_promised_form(capsys, wrong):
    code, out, _ = run(capsys, wrong, "--json")

    assert code == 1
    assert json.loads(out) == {
        "file": str(wrong),
        "findings": [
            {
                "code": "rate-wrong",
                "severity": "error",
                "message": "比率与金额不符：文中为96%，399万元 ÷ 420万元 = 95%。",
                "line": 2,
                "excerpt": "实际支出399万元，预算执行率为96%。",
                "stated": "96%",
                "computed": "95%",
            }
        ],
        "claims": 3,
    }


def test_unreadable_file_ends_with_2_and_the_others_are_checked(capsys, tmp_path, wrong):
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.7\n")

    code, out, err = run(capsys, scan, wrong)

    assert code == 2
    assert "rate-wrong" in out
    assert err == f"{scan}: 文件已损坏或不是它的扩展名所说的格式，打不开。\n"


def test_missing_file_ends_with_2(capsys, tmp_path):
    code, out, err = run(capsys, tmp_path / "none.pdf", "--json")

    assert code == 2
    assert json.loads(out)["unreadable"] == "没有这个文件，或没有读取它的权限。"
    assert err != ""


def test_folder_stands_for_its_reports(capsys, tmp_path, right, wrong):
    code, out, _ = run(capsys, tmp_path, "--json")

    assert code == 1
    assert [json.loads(line)["file"] for line in out.splitlines()] == [str(right), str(wrong)]


def grade_codes(capsys, tmp_path, scheme):
    """Return the codes that a total of 86 called 优 gives with a scheme."""
    path = tmp_path / "grade.txt"
    path.write_text("部门整体支出绩效自评得分为86分，等级为优。", encoding="utf-8")
    _, out, _ = run(capsys, path, "--scheme", scheme, "--json")
    return [finding["code"] for finding in json.loads(out)["findings"]]


@pytest.mark.django_db
@pytest.mark.parametrize("scheme", ["zengcheng_2022", "fixtures/schemes/zengcheng_2022.toml"])
def test_scheme_of_a_file_decides_the_grade(capsys, tmp_path, scheme):
    assert grade_codes(capsys, tmp_path, scheme) == ["grade-wrong"]


def test_scheme_of_the_database_comes_first_and_by_version(capsys, tmp_path, world):
    """Version 2 calls 85 points 优, so that the sentence is right by it and wrong by version 1."""
    source = Path("fixtures/schemes/zengcheng_2022.toml").read_text(encoding="utf-8")
    second = source.replace("version = 1", "version = 2", 1).replace(
        "minimum = 90", "minimum = 85", 1
    )
    issue_scheme(scheme=load_scheme(scheme=read_scheme(second), at=AT), by=None, at=AT)

    assert grade_codes(capsys, tmp_path, "zengcheng_2022") == []
    assert grade_codes(capsys, tmp_path, "zengcheng_2022:2") == []
    assert grade_codes(capsys, tmp_path, "zengcheng_2022:1") == ["grade-wrong"]


@pytest.mark.parametrize("name", ["none_2000", "zengcheng_2022:9", "zengcheng_2022:x"])
def test_unknown_scheme_ends_with_2_and_names_those_there_are(wrong, world, name):
    with pytest.raises(CommandError) as refused:
        call_command("check_report", str(wrong), "--scheme", name)

    assert refused.value.returncode == 2
    assert "guangzhou_2021:1" in str(refused.value)
