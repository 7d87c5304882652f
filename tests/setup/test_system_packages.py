"""Installing Debian's packages leaves a whole system behind, wherever it is stopped."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.signals import HEARS_SIGNALS

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "script" / "_packages.sh"
ENOUGH_SECONDS = 120
"""Only so that a test that fails comes to an end."""

APT_GET = r"""#!/bin/sh
case " $* " in
*" update "*) act=update ;;
*" --download-only "*) act=download ;;
*" --fix-broken "*) act=fix-broken ;;
*) act=install ;;
esac
echo "$act begins, umask $(umask), policy $(cat "$PERFEVAL_POLICY" 2>/dev/null | head -n 1)" >>"$LOG"
if [ "$act" = "$WAITS" ]; then
    # What this process was sent decides: a trapped signal would be seen after the wait.
    while [ ! -e "$GO" ]; do sleep 0.05; done
fi
echo "$act ends" >>"$LOG"
"""

DPKG = r"""#!/bin/sh
case " $* " in
*" --audit "*) exit 0 ;;
*" --configure -a "*) echo "configure" >>"$LOG"; rm -f "$PERFEVAL_DPKG_UPDATES"/*; exit "${CONFIGURE_EXIT:-0}" ;;
esac
"""

MARK = (
    "# Put here by perfeval while it installs packages. If no set-up of it runs, delete this file."
)


class System:
    """A system whose apt-get and dpkg only write down what they are asked."""

    def __init__(self, folder: Path) -> None:
        """Make it, with nothing installed and nothing broken."""
        self.log, self.policy, self.go = folder / "log", folder / "policy-rc.d", folder / "go"
        self.updates = folder / "updates"
        self.updates.mkdir()
        tools = folder / "tools"
        tools.mkdir()
        for name, text in (("apt-get", APT_GET), ("dpkg", DPKG)):
            (tools / name).write_text(text, encoding="utf-8")
            (tools / name).chmod(0o755)
        self.environment = {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "LOG": str(self.log),
            "GO": str(self.go),
            "WAITS": "",
            "PERFEVAL_POLICY": str(self.policy),
            "PERFEVAL_DPKG_UPDATES": str(self.updates),
        }

    def start(self, *packages: str, **environment: str) -> subprocess.Popen[str]:
        """Begin an installation in a process group of its own, as a terminal does."""
        return subprocess.Popen(
            [*HEARS_SIGNALS, "sh", SCRIPT, *packages],
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
            umask=0o077,
        )

    def done(self) -> list[str]:
        """Return what apt-get and dpkg were asked, in order."""
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []

    def wait_for(self, line: str) -> None:
        """Wait until a line of the log begins so."""
        until = time.monotonic() + ENOUGH_SECONDS
        while not any(entry.startswith(line) for entry in self.done()):
            assert time.monotonic() < until, self.done()
            time.sleep(0.02)

    def acts(self) -> list[str]:
        """Return the acts alone."""
        return [line.partition(",")[0] for line in self.done()]


@pytest.fixture
def system(tmp_path) -> System:
    return System(tmp_path)


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Return the exit code and the output of a script that ends by itself."""
    output, _ = process.communicate(timeout=ENOUGH_SECONDS)
    return process.returncode, output


def test_services_are_kept_from_starting_only_while_packages_are_installed(system):
    assert finish(system.start("pango")) == (0, "")
    told = "umask 0022, policy #!/bin/sh"
    assert system.done() == [
        f"update begins, {told}",
        "update ends",
        f"download begins, {told}",
        "download ends",
        f"install begins, {told}",
        "install ends",
    ]
    assert not system.policy.exists()


def test_without_packages_only_the_lists_are_read(system):
    assert finish(system.start())[0] == 0
    assert system.acts() == ["update begins", "update ends"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("act", ["update", "download"])
def test_download_stops_at_once(system, act, number):
    process = system.start("pango", WAITS=act)
    system.wait_for(f"{act} begins")
    os.killpg(process.pid, number)
    assert finish(process)[0] == 128 + number
    assert f"{act} ends" not in system.acts()
    assert "install begins" not in system.acts()
    assert not system.policy.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_dpkg_is_let_to_its_end_and_then_the_script_stops(system, number):
    process = system.start("pango", WAITS="install")
    system.wait_for("install begins")
    for _ in range(3):
        os.killpg(process.pid, number)
        time.sleep(0.1)
    assert process.poll() is None
    assert system.policy.exists()
    system.go.touch()
    assert finish(process)[0] == 128 + number
    assert system.acts()[-1] == "install ends"
    assert not system.policy.exists()


def test_policy_of_a_killed_set_up_is_taken_away_at_the_next_start(system):
    process = system.start("pango", WAITS="download")
    system.wait_for("download begins")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert MARK in system.policy.read_text(encoding="utf-8")

    code, output = finish(system.start())

    assert code == 0
    assert f"An earlier set-up was killed and left {system.policy}; taken away." in output
    assert not system.policy.exists()


def test_next_start_waits_for_an_apt_get_that_outlived_its_set_up(system):
    killed = system.start("pango", WAITS="install")
    system.wait_for("install begins")
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    after = system.start()
    time.sleep(0.3)
    assert system.acts().count("update begins") == 1
    assert system.policy.exists()
    system.go.touch()
    assert finish(after)[0] == 0
    assert system.acts()[-3:] == ["install ends", "update begins", "update ends"]
    assert not system.policy.exists()


def test_policy_of_the_machine_itself_stays(system):
    system.policy.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    assert finish(system.start("pango"))[0] == 0
    assert system.policy.read_text(encoding="utf-8") == "#!/bin/sh\nexit 101\n"


@pytest.mark.parametrize(
    ("configure_exit", "acts"),
    [
        ("0", ["configure"]),
        ("1", ["configure", "fix-broken begins", "fix-broken ends"]),
    ],
)
def test_interrupted_dpkg_is_mended_before_anything_is_installed(system, configure_exit, acts):
    (system.updates / "0001").touch()
    code, output = finish(system.start("pango", CONFIGURE_EXIT=configure_exit))
    assert code == 0
    assert "dpkg was interrupted here before; putting that right." in output
    assert system.acts() == [
        *acts,
        "update begins",
        "update ends",
        "download begins",
        "download ends",
        "install begins",
        "install ends",
    ]


def test_failure_of_apt_get_is_the_failure_of_the_script(system):
    apt_get = Path(system.environment["PATH"].split(":")[0]) / "apt-get"
    apt_get.write_text(
        '#!/bin/sh\ncase " $* " in *" update "*) exit 100 ;; esac\n', encoding="utf-8"
    )
    assert finish(system.start("pango")) == (100, "")
    assert not system.policy.exists()
