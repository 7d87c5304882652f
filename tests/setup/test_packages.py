"""The image, the scripts and CI install the same things."""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from perfeval.fonts.pack import PACKAGES

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
SETUP = (ROOT / "script" / "_setup.sh").read_text(encoding="utf-8")
SCRIPTS = ("demo", "lint", "setup", "test")


def packages(group: str) -> list[str]:
    """Return the packages of a group as the scripts read them."""
    lines = (ROOT / "script" / "packages.txt").read_text(encoding="utf-8").splitlines()
    return [words[1] for line in lines if (words := line.split()) and words[0] == group]


def test_package_list_names_groups_and_reasons():
    lines = (ROOT / "script" / "packages.txt").read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if line and not line.startswith("#")]
    assert [
        line for line in entries if not re.fullmatch(r"(run|test) +[a-z0-9.+-]+ +# .+", line)
    ] == []
    assert len(set(packages("run") + packages("test"))) == len(entries)


def test_image_installs_the_list_of_the_scripts_and_nothing_else():
    assert "COPY script/packages.txt script/" in DOCKERFILE
    assert """awk '$1 == "run" { print $2 }' script/packages.txt""" in DOCKERFILE
    installs = re.findall(r"apt-get install[^&\n]*", DOCKERFILE)
    assert [line.rstrip(" \\") for line in installs] == [
        "apt-get install -y --no-install-recommends"
    ]
    assert [
        name for name in packages("test") if re.search(rf"\b{re.escape(name)}\b", DOCKERFILE)
    ] == []


def test_image_and_scripts_take_the_same_uv():
    assert re.findall(r"uv==([0-9.]+)", DOCKERFILE) == re.findall(r"UV_VERSION=([0-9.]+)", SETUP)


def test_scripts_know_the_packages_of_the_fonts():
    names = re.search(r'FONT_PACKAGES="([^"]+)"', SETUP)
    assert names is not None
    assert names[1].split() == [package.name for package in PACKAGES.values()]


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_explains_itself(script):
    done = subprocess.run(
        [ROOT / "script" / script, "--help"],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: script/{script}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "many"], '--port takes a number from 1 to 65535, not "many".'),
        (["--port", "70000"], '--port takes a number from 1 to 65535, not "70000".'),
        (
            ["--port", "99999999999999999999"],
            '--port takes a number from 1 to 65535, not "99999999999999999999".',
        ),
        (["--port", "000"], '--port takes a number from 1 to 65535, not "000".'),
        (["--port="], '--port takes a number from 1 to 65535, not "".'),
        (["--host="], "--host takes an address of this machine"),
        (["--host", "no.such.host.invalid"], "Nobody can listen at address no.such.host.invalid"),
        (["--host", "192.0.2.1"], "Nobody can listen at address 192.0.2.1, port 8000"),
        (["--port"], "--port needs a value."),
        (["--wrong"], "script/demo does not know --wrong."),
    ],
)
def test_demo_refuses_a_wrong_option(arguments, message):
    done = subprocess.run(
        [ROOT / "script" / "demo", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert message in done.stderr


def test_demo_says_that_a_port_is_taken(unused_port_taken):
    done = subprocess.run(
        [ROOT / "script" / "demo", "--port", str(unused_port_taken)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"Port {unused_port_taken} is taken" in done.stderr
    assert f"script/demo --port {unused_port_taken + 1}" in done.stderr


@pytest.fixture
def unused_port_taken():
    """A port of this machine on which this test listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_image_makes_its_fonts_of_what_it_copied_before(tmp_path):
    """What the font pack's builder imports is copied ahead of the rest; another import would stop the build."""
    before, _, _ = DOCKERFILE.partition("RUN apt-get update \\\n    && .venv/bin/python -m")
    for copied in re.findall("^COPY (perfeval.*)$", before.replace("\\\n", " "), re.MULTILINE):
        *sources, into = copied.split()
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, tmp_path / into)
            else:
                (tmp_path / into).mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, tmp_path / into)
    done = subprocess.run(
        [sys.executable, "-m", "perfeval.fonts.pack", "--help"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
