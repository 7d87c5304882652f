"""The steps of set-up: what is half made is never used, one Ctrl-C ends the script, failures name their cause."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.signals import HEARS_SIGNALS

ROOT = Path(__file__).parents[2]
UV_VERSION = re.findall(
    r"UV_VERSION=([0-9.]+)", (ROOT / "script" / "_setup.sh").read_text(encoding="utf-8")
)[0]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
ENOUGH_SECONDS = 120
"""Only so that a test that fails comes to an end."""

UV = f"""#!/bin/sh
[ "$1" = --version ] && echo "uv {UV_VERSION}" && exit
echo "$@" >>"$ASKED"
mkdir -p .venv/bin
ln -sf "{sys.executable}" .venv/bin/python
touch ".venv/half-a-package"
[ -z "${{UV_FAILS:-}}" ] || exit 130
mv .venv/half-a-package .venv/package
"""


class Checkout:
    """A folder with the scripts of this one, whose uv, msgfmt and df are not the real ones."""

    def __init__(self, folder: Path) -> None:
        """Make it, as it is after cloning."""
        self.folder = folder
        self.log = folder / "uv.log"
        self.tools = folder / "tools"
        self.tools.mkdir()
        shutil.copytree(ROOT / "script", folder / "script")
        for name in ("pyproject.toml", "uv.lock"):
            (folder / name).write_text(name, encoding="utf-8")
        self.tool(".cache/uv/bin/uv", UV)
        self.tool(".cache/uv/bin/python", "#!/bin/sh\n")

    def tool(self, name: str, text: str) -> None:
        """Write a program that can be run."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def start(self, commands: str, **environment: str) -> subprocess.Popen[str]:
        """Begin commands with the functions of the scripts, in a process group of their own."""
        return subprocess.Popen(
            [*HEARS_SIGNALS, "bash", "-c", f". script/_setup.sh\n{commands}"],
            cwd=self.folder,
            env={
                "PATH": f"{self.tools}:{os.environ['PATH']}",
                "ASKED": str(self.log),
                "PERFEVAL_PYTHON": sys.executable,
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def run(self, commands: str, **environment: str) -> tuple[int, str]:
        """Run commands to their end; return the exit code and all output."""
        process = self.start(commands, **environment)
        output, _ = process.communicate(timeout=ENOUGH_SECONDS)
        return process.returncode, output

    def install(self, group: str = "", **environment: str) -> tuple[int, str]:
        """Run the step that makes .venv."""
        return self.run(f'STEPS=1; step Python "the hint" python_packages {group}', **environment)

    def installs(self) -> int:
        """Return how often uv was asked."""
        return len(self.log.read_text(encoding="utf-8").splitlines())


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    return Checkout(tmp_path)


# --- .venv --------------------------------------------------------------------------------------------------------


def test_complete_venv_is_left_alone(checkout):
    assert checkout.install()[0] == 0
    code, output = checkout.install()
    assert (code, "(all there)" in output, checkout.installs()) == (0, True, 1)


def test_interrupted_venv_is_made_anew(checkout):
    assert checkout.install(UV_FAILS="yes")[0] == 130
    assert (checkout.folder / ".venv" / "half-a-package").exists()

    code, output = checkout.install()

    assert (code, "(all there)" in output) == (0, False)
    assert sorted(path.name for path in (checkout.folder / ".venv").iterdir()) == [
        ".complete",
        "bin",
        "package",
    ]


def test_venv_interrupted_at_an_update_is_made_anew(checkout):
    checkout.install()
    (checkout.folder / "uv.lock").write_text("another", encoding="utf-8")
    assert checkout.install(UV_FAILS="yes")[0] == 130
    (checkout.folder / "uv.lock").write_text("uv.lock", encoding="utf-8")

    code, output = checkout.install()

    assert (code, "(all there)" in output, checkout.installs()) == (0, False, 3)
    assert not (checkout.folder / ".venv" / "half-a-package").exists()


def test_venv_interrupted_while_the_tests_packages_come_is_made_anew(checkout):
    """What the application runs on was complete; now half a package may lie beside it."""
    checkout.install()
    assert checkout.install("dev", UV_FAILS="yes")[0] == 130
    code, output = checkout.install()
    assert (code, "(all there)" in output, checkout.installs()) == (0, False, 3)


def test_venv_of_an_older_set_up_whose_end_nobody_knows_is_made_anew(checkout):
    checkout.tool(".venv/bin/python", "#!/bin/sh\n")
    (checkout.folder / ".venv" / ".synced-run").touch()
    (checkout.folder / ".venv" / "half-a-file").touch()
    assert checkout.install()[0] == 0
    assert not (checkout.folder / ".venv" / "half-a-file").exists()


def test_complete_venv_is_updated_in_place(checkout):
    checkout.install()
    (checkout.folder / ".venv" / "of-the-developer").touch()
    (checkout.folder / "uv.lock").write_text("another", encoding="utf-8")
    assert checkout.install()[0] == 0
    assert (checkout.folder / ".venv" / "of-the-developer").exists()
    assert checkout.installs() == 2


def test_venv_with_the_tests_packages_serves_the_application_too(checkout):
    checkout.install("dev")
    code, output = checkout.install()
    assert (code, "(all there)" in output) == (0, True)
    checkout.log.unlink()
    (checkout.folder / "uv.lock").write_text("another", encoding="utf-8")
    checkout.install()
    assert checkout.install("dev")[0] == 0
    assert checkout.log.read_text(encoding="utf-8").splitlines() == [
        "sync --frozen --inexact",
        "sync --frozen --inexact --group dev",
    ]


# --- Translations -------------------------------------------------------------------------------------------------


def test_half_a_translation_is_not_used(checkout):
    source = checkout.folder / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.touch()
    checkout.tool(
        "tools/msgfmt", '#!/bin/sh\necho half >"${1#--output-file=}"\nexit "${FAILS:-0}"\n'
    )
    step = 'STEPS=1; step Translations "the hint" translations'
    assert checkout.run(step, FAILS="1")[0] == 1
    assert not source.with_suffix(".mo").exists()
    assert checkout.run(step)[0] == 0
    assert [path.name for path in source.parent.glob("*.mo")] == ["django.mo"]


# --- Ctrl-C -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_ends_the_step_and_the_script(checkout, number):
    process = checkout.start(
        'STEPS=2; lock_setup; step Long "the hint" sh -c ": >begun; exec sleep 3600"; step Next "" touch next'
    )
    while not (checkout.folder / "begun").exists():
        assert process.poll() is None
    os.killpg(process.pid, number)
    output, _ = process.communicate(timeout=ENOUGH_SECONDS)
    assert process.returncode == -number
    assert 'Stopped in the step "Long".' in output
    assert "FAILED" not in output
    assert not (checkout.folder / "next").exists()


def test_one_signal_ends_a_step_whose_program_does_not_end_of_it(checkout):
    """A program may take Ctrl-C for a matter of its own and end well."""
    process = checkout.start(
        'STEPS=1; polite() { sh -c "trap : INT; touch begun; while [ ! -e go ]; do sleep 0.1; done"; touch next; }\n'
        'lock_setup; step Long "the hint" polite'
    )
    while not (checkout.folder / "begun").exists():
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    (checkout.folder / "go").touch()
    output, _ = process.communicate(timeout=ENOUGH_SECONDS)
    assert process.returncode == -signal.SIGINT
    assert 'Stopped in the step "Long".' in output
    assert not (checkout.folder / "next").exists()


# --- Hints --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        ("error: failed to write: No space left on device (os error 28)", "the disk is full"),
        ("E: Could not get lock /var/lib/dpkg/lock-frontend.", "another program installs packages"),
        (
            "E: dpkg was interrupted, you must manually run 'dpkg --configure -a'",
            "packages of this system are half installed",
        ),
        ("E: Unable to locate package libpango-1.0-0", "apt does not know a package"),
        ("W: Temporary failure resolving 'deb.debian.org'", "the network did not answer"),
        ("perfeval is not set up rightly: the key file /x/var/secret_key is", "what its last line"),
        ("something that nobody thought of", "the hint of the step"),
    ],
)
def test_failure_names_its_cause(checkout, message, hint):
    code, output = checkout.run(
        f'STEPS=1; fail() {{ echo "{message}"; return 7; }}; step Some "the hint of the step" fail'
    )
    assert code == 7
    assert f"    {message}" in output
    assert f"What to do: {hint}" in output


# --- Disk ---------------------------------------------------------------------------------------------------------


def test_full_disk_is_told_before_anything_is_begun(checkout):
    checkout.tool(
        "tools/df",
        "#!/bin/sh\necho Filesystem 1024-blocks Used Available Capacity Mounted on\n"
        "echo /dev/sda1 9000000 1 102400 99% /mnt/a disk\n",
    )
    checkout.tool("tools/dpkg-query", "#!/bin/sh\necho installed\n")
    code, output = checkout.run("require_space run")
    assert (code, output.splitlines()) == (
        1,
        [
            "",
            "The disk is too full:",
            "    /mnt/a disk has 100 MB free, and what is missing takes 1150 MB while it is made",
            "What to do: make room, or move this folder to a larger disk; then run this again.",
        ],
    )


def test_disk_needs_no_room_for_what_is_there(checkout):
    checkout.tool(
        "tools/df",
        "#!/bin/sh\necho Filesystem 1024-blocks Used Available Capacity Mounted on\n"
        "echo /dev/sda1 9000000 1 102400 99% /\n",
    )
    checkout.tool("tools/dpkg-query", "#!/bin/sh\necho installed\n")
    checkout.install()
    (checkout.folder / "var" / "fonts").mkdir()
    (checkout.folder / "var" / "fonts" / "manifest.json").touch()
    assert checkout.run("require_space run") == (0, "")


@pytest.mark.parametrize("script", ["demo", "setup", "test"])
def test_script_and_readme_say_how_much_disk(script):
    done = subprocess.run(
        [ROOT / "script" / script, "--help"], capture_output=True, text=True, check=True
    )
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = re.findall(
        r"downloads about (\d+ MB) and needs ([\d.]+ GB) .*?; ([\d.]+ GB)", done.stdout
    )
    assert told != []
    for sizes in told:
        assert any(all(size in line for size in sizes) for line in readme.splitlines()), sizes


# --- Checkouts that only their owner may read ----------------------------------------------------------------------


def test_image_opens_what_it_copied_to_everybody(tmp_path):
    command = re.search(r"^RUN (find /app .*?) \\$", DOCKERFILE, re.MULTILINE)
    assert command is not None
    app = tmp_path / "app"
    script = app / "script" / "serve"
    script.parent.mkdir(parents=True)
    script.touch()
    (app / "manage.py").touch()
    made_here = app / ".venv" / "kept"
    made_here.parent.mkdir()
    made_here.touch()
    for path, mode in ((script, 0o700), (app / "manage.py", 0o600), (made_here, 0o600)):
        path.chmod(mode)
    script.parent.chmod(0o700)
    app.chmod(0o700)

    subprocess.run(["sh", "-c", command[1].replace("/app", str(app))], check=True)

    modes = [
        path.stat().st_mode & 0o777 for path in (app, script.parent, script, app / "manage.py")
    ]
    assert modes == [0o755, 0o755, 0o755, 0o644]
    assert made_here.stat().st_mode & 0o777 == 0o600
