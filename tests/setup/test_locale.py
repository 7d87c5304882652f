"""Whatever the locale says, files and output are UTF-8."""

import os
import subprocess
import sys
from pathlib import Path

import django
import pytest

ROOT = Path(__file__).parents[2]
#: Python's ASCII, as in a locale that knows no Chinese; needs no locale of the system.
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run Python in a locale of ASCII."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **ASCII, **environment},
        capture_output=True,
        check=False,
    )


def test_locale_of_these_tests_is_not_utf8():
    """The tests below would pass by themselves otherwise."""
    assert run("-c", "print('更正')").returncode == 1


def test_command_prints_chinese_in_any_locale():
    done = run("manage.py", "correct_year", "--help")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "--reason 更正通知" in done.stdout.decode("utf-8")


def test_command_keeps_its_arguments_as_they_were(tmp_path):
    missing = tmp_path / "成绩 .toml"
    done = run("manage.py", "score", "--scheme", missing, "--figures", missing)
    assert done.returncode != 0
    assert str(missing) in done.stderr.decode("utf-8")


def test_command_goes_on_where_even_the_utf8_mode_is_forbidden():
    """It would start itself again for ever otherwise."""
    done = run("-X", "utf8=0", "manage.py", "--version")
    assert (done.returncode, done.stdout) == (0, f"{django.__version__}\n".encode("ascii"))


@pytest.mark.parametrize("script", ["script/_setup.sh", "script/serve"])
def test_scripts_set_the_utf8_mode(script):
    assert "export PYTHONUTF8=1" in (ROOT / script).read_text(encoding="utf-8")
