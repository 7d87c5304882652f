"""The key that is kept in var/: made, mended when empty, refused with one sentence when damaged."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from perfeval.settings import kept_secret_key

ROOT = Path(__file__).parents[2]


def test_key_is_made_once_and_for_its_owner_alone(tmp_path):
    kept = tmp_path / "var" / "secret_key"
    key = kept_secret_key(kept)
    assert len(key) == 67
    assert (kept.read_text(encoding="ascii"), kept_secret_key(kept)) == (key, key)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"\n", b"  \n"])
def test_empty_key_is_mended(tmp_path, content):
    kept = tmp_path / "secret_key"
    kept.write_bytes(content)
    key = kept_secret_key(kept)
    assert len(key) == 67
    assert kept.read_bytes() == key.encode("ascii")


def test_key_of_the_operator_is_taken_as_it_is(tmp_path):
    kept = tmp_path / "secret_key"
    kept.write_text("0123456789abcdef\n", encoding="ascii")
    assert kept_secret_key(kept) == "0123456789abcdef"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xd6\xd0\xce\xc4" * 10, "is damaged"),
        (b"\x00" * 60, "is damaged or too short"),
        (b"0123456789abcde", "is damaged or too short"),
        (b"0123456789abcdef\n0123456789abcdef\n", "is damaged or too short"),
    ],
)
def test_damaged_key_is_refused_and_kept(tmp_path, content, problem):
    kept = tmp_path / "secret_key"
    kept.write_bytes(content)
    with pytest.raises(ImproperlyConfigured) as refused:
        kept_secret_key(kept)
    assert str(refused.value) == (
        f"the key file {kept} {problem}: delete it, and a new one is made (everybody signs in again), "
        "or set PERFEVAL_SECRET_KEY."
    )
    assert kept.read_bytes() == content


def test_key_that_is_a_folder_is_refused(tmp_path):
    with pytest.raises(ImproperlyConfigured, match=r"cannot be read or made \(Is a directory\)"):
        kept_secret_key(tmp_path)


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A copy of the program with a var/ of its own."""
    shutil.copy(ROOT / "manage.py", tmp_path)
    shutil.copytree(
        ROOT / "perfeval", tmp_path / "perfeval", ignore=shutil.ignore_patterns("__pycache__")
    )
    (tmp_path / "var").mkdir()
    return tmp_path


def test_command_says_it_in_one_sentence(checkout):
    (checkout / "var" / "secret_key").write_text("short", encoding="ascii")
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=checkout,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"perfeval is not set up rightly: the key file {checkout}/var/secret_key is damaged or too short: "
        "delete it, and a new one is made (everybody signs in again), or set PERFEVAL_SECRET_KEY.\n"
    )
