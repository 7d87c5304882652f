"""``manage.py score`` needs two files and no database; no test here may touch one."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandParser, call_command
from django.utils import translation

from perfeval.schemes.management.commands.score import Command
from perfeval.scoring.canonical import result_from_json
from perfeval.scoring.engine import score
from perfeval.scoring.scheme.reading import read_figures, read_scheme
from tests.conftest import FIXTURES

SCHEME = FIXTURES / "schemes" / "zengcheng_2022.toml"
#: The line of an indicator: its name, its points, its weight.
HEAD = re.compile(r" *(\S+) (?:[\d.]+|—)/[\d.]+(?: |$)")
SCORED_BY_IT = "this indicator is scored by it."
FIGURES = FIXTURES / "demo" / "zengcheng_2022.figures.toml"


@pytest.fixture(autouse=True)
def english():
    """Read the sentences as they stand in the source."""
    with translation.override("en"):
        yield


def _run(capsys, scheme: object = SCHEME, figures: object = FIGURES, *more: str):
    """Return exit code, lines of the output, lines of the errors."""
    code = 0
    try:
        call_command("score", "--scheme", str(scheme), "--figures", str(figures), *more)
    except SystemExit as end:
        code = end.code
    told = capsys.readouterr()
    return code, told.out.splitlines(), told.err.splitlines()


def _changed(tmp_path: Path, source: Path, old: str, new: str) -> Path:
    text = source.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / source.name
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("zengcheng_2022", ["96.45 = 48.95 + 47.50 (96.45 + 0.00)", "96.45 优"]),
        ("guangzhou_2021", ["93.89 = 43.89 + 50.00 + 0.00 (93.89 + 0.00)", "93.89"]),
    ],
)
def test_score_prints_total_and_grade_of_the_published_reports(capsys, name, last):
    scheme = FIXTURES / "schemes" / f"{name}.toml"
    figures = FIXTURES / "demo" / f"{name}.figures.toml"

    code, out, errors = _run(capsys, scheme, figures)

    assert (code, out[-2:], errors) == (0, last, [])


def test_score_prints_each_indicator_once_with_points_and_explanation(capsys):
    _code, out, _errors = _run(capsys)

    scheme = read_scheme(SCHEME.read_text(encoding="utf-8"))
    names = [found[1] for line in out if (found := HEAD.match(line))]
    first = out.index("    部门预算资金支出率 9.95/10 99.50%")
    assert names == [node.name for node in scheme.walk()]
    assert out[first : first + 4] == [
        "    部门预算资金支出率 9.95/10 99.50%",
        "        10 × 639.15 ÷ 642.40 = 9.949408468244  Weight × rate: 639.15 ÷ 642.40 = 99.49%.",
        "        9.949408468244 ≈ 9.95 = 9.95  Rounded to 2 decimals by the scheme's rule.",
        "        部门预算资金支出率为99.49%",
    ]


@pytest.mark.parametrize("name", ["zengcheng_2022", "guangzhou_2021"])
def test_score_json_is_the_whole_result(capsys, name):
    scheme_file = FIXTURES / "schemes" / f"{name}.toml"
    figures_file = FIXTURES / "demo" / f"{name}.figures.toml"

    code, out, errors = _run(capsys, scheme_file, figures_file, "--json")

    scheme = read_scheme(scheme_file.read_text(encoding="utf-8"))
    figures = read_figures(figures_file.read_text(encoding="utf-8"), scheme)
    result = result_from_json(json.loads("\n".join(out)))
    assert (code, result, errors) == (0, score(scheme, figures), [])


def test_score_refuses_weights_of_99_with_file_place_and_both_numbers(capsys, tmp_path):
    file = _changed(tmp_path, SCHEME, "full_score = 100", "full_score = 99")

    code, out, errors = _run(capsys, file)

    assert (code, out, errors) == (
        2,
        [],
        [f"{file}: full_score: the weights add up to 100, but 99 is expected"],
    )


def test_score_lists_every_fault_of_a_scheme(capsys, tmp_path):
    file = _changed(tmp_path, SCHEME, "digits = 2", "digits = 9")
    file = _changed(tmp_path, file, "minimum = 0", "minimum = 1")

    code, _out, errors = _run(capsys, file)

    assert (code, errors) == (
        2,
        [
            f"{file}: rounding.digits: 9 decimals; at most 6 are possible",
            f"{file}: grade_band[3].minimum: the last grade band starts at 1; it must start at 0",
        ],
    )


@pytest.mark.parametrize("which", ["scheme", "figures"])
def test_score_names_a_file_that_is_not_there(capsys, tmp_path, which):
    missing = tmp_path / "missing.toml"

    code, out, errors = _run(capsys, **{which: missing})

    assert (code, out) == (2, [])
    assert errors == [f"{missing}: [Errno 2] No such file or directory: '{missing}'"]


@pytest.mark.parametrize("which", ["scheme", "figures"])
@pytest.mark.parametrize("data", [b"\xff\xfe\x00", bytes(range(256)), b"\x89PNG\r\n"])
def test_score_refuses_a_binary_file(capsys, tmp_path, which, data):
    file = tmp_path / "binary.toml"
    file.write_bytes(data)

    code, out, errors = _run(capsys, **{which: file})

    assert (code, out, len(errors)) == (2, [], 1)
    assert errors[0].startswith(f"{file}: 'utf-8' codec can't decode")


def test_score_refuses_a_folder(capsys, tmp_path):
    code, out, errors = _run(capsys, tmp_path)

    assert (code, out) == (2, [])
    assert errors == [f"{tmp_path}: [Errno 21] Is a directory: '{tmp_path}'"]


def test_score_refuses_unknown_figures_with_their_place(capsys, tmp_path):
    file = _changed(tmp_path, FIGURES, "[amounts.total]", "[amounts.sum]")

    code, out, errors = _run(capsys, figures=file)

    assert (code, out) == (2, [])
    assert errors == [
        f"{file}: amounts.sum.{column}: “sum.{column}” is no amount or input of the scheme"
        for column in ("initial_budget", "adjusted_budget", "executed_amount")
    ]


def test_score_lists_what_is_missing_after_what_is_scored(capsys, tmp_path):
    file = _changed(tmp_path, FIGURES, "adjusted_budget = 642.40\n", "")

    code, out, errors = _run(capsys, figures=file)

    assert (code, out[-1]) == (2, "86.50")
    cell = "部门整体支出调整预算数（年度预算数）"
    assert errors == [
        f"{file}: amount:total.adjusted_budget: {cell[:6]}, {cell[6:]}: enter the amount.",
        f"{file}: indicator:budget_execution_rate: Enter “{cell}” in the budget table; {SCORED_BY_IT}",
    ]


def test_score_of_an_empty_figures_file_scores_nothing_and_exits_2(capsys, tmp_path):
    file = tmp_path / "empty.toml"
    file.write_text("", encoding="utf-8")

    code, out, errors = _run(capsys, figures=file)

    assert (code, out[-1]) == (2, "0.00")
    assert errors != []


def test_score_json_of_an_incomplete_report_still_says_what_is_missing(capsys, tmp_path):
    file = tmp_path / "empty.toml"
    file.write_text("", encoding="utf-8")

    code, out, errors = _run(capsys, SCHEME, file, "--json")

    assert (code, json.loads("\n".join(out))["is_complete"]) == (2, False)
    assert errors[0].startswith(f"{file}: amount:total.initial_budget: ")


def test_score_help_shows_the_example():
    parser: CommandParser = Command().create_parser("manage.py", "score")

    assert (
        "Example:\n"
        "  .venv/bin/python manage.py score --scheme fixtures/schemes/zengcheng_2022.toml \\\n"
        "      --figures fixtures/demo/zengcheng_2022.figures.toml\n"
    ) in parser.format_help()


def test_score_example_runs_from_a_shell_without_a_database(tmp_path):
    root = FIXTURES.parent
    ended = subprocess.run(
        [sys.executable, "manage.py", "score", "--scheme", SCHEME, "--figures", FIGURES],
        cwd=root,
        env={"DATABASE_URL": f"sqlite:///{tmp_path}/no/such/folder", "PERFEVAL_SECRET_KEY": "x"},
        capture_output=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout.decode().splitlines()[-1], ended.stderr) == (
        0,
        "96.45 优",
        b"",
    )
