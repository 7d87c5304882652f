"""What a journey through the house costs, without a clock: ``python -m benchmarks.journeys [--files]``.

Loads the demonstration into a database of its own (SQLite, in a folder that is deleted), goes each journey once to warm
up and once more to count, from the same rows both times. Counted between the request and the whole answer:

- queries: statements sent to the database, those for session and user included, those that begin and end transactions
  not (they are named differently by each database);
- writes: of these, what changes a row, session excluded; ``+1`` says that a thread or a process was started as well;
- calls: Python functions called in the thread of the request, libraries and the test client included (generators each
  time they go on), and those of them that stand in ``perfeval/``; what another thread or process does is not in it;
- files: files of ``perfeval/`` in which one of those stands;
- parsed: how often the stored snapshot is read from its JSON.

The counts hang on nothing but the code: two runs print the same. Everything goes through addresses and commands, so that
nothing here has to know where a module lies. ``--files`` lists the files of each journey, ``--json`` writes the counts as
JSON.
"""

import argparse
import gc
import json
import os
import random
import selectors
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path
from types import FrameType
from typing import Any

import django

PACKAGE = str(Path(__file__).resolve().parent.parent / "perfeval") + os.sep
_JSON_DECODER = json.decoder.__file__
#: Not counted, for how often they call is chance: a number is drawn until it is small enough, a process waited for.
_CHANCE = frozenset({__file__, random.__file__, selectors.__file__, subprocess.__file__})
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
_FRAMES_TRANSACTIONS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
#: In each key task this makes a report too long to be laid out while its reader waits.
_LONG_TEXT = "按计划推进各项工作，完成全年任务，效果良好。" * 180


@dataclass(slots=True)
class Count:
    """What one journey took."""

    queries: int = 0
    writes: int = 0
    started: int = 0
    calls: int = 0
    own_calls: int = 0
    parsed: int = 0
    files: set[str] = field(default_factory=set)


class Counting:
    """Counts while it is entered: statements of the default connection, calls of this thread, what was started."""

    def __init__(self, snapshots: frozenset[str]) -> None:
        self.count = Count()
        self._snapshots = snapshots
        self._stack: list[Any] = []

    def __enter__(self) -> Count:
        from django.db import connection  # noqa: PLC0415 # after django.setup

        wrapper = connection.execute_wrapper(self._executed)
        wrapper.__enter__()
        started = threading.Thread.start, subprocess.Popen.__init__
        self._stack = [wrapper, started]
        threading.Thread.start = self._noting(started[0])  # type: ignore[method-assign]
        subprocess.Popen.__init__ = self._noting(started[1])  # type: ignore[method-assign]
        gc.collect()
        gc.disable()
        sys.setprofile(self._called)
        return self.count

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        gc.enable()
        wrapper, started = self._stack
        threading.Thread.start, subprocess.Popen.__init__ = started  # type: ignore[method-assign]
        wrapper.__exit__(None, None, None)

    def _noting(self, function: Callable[..., Any]) -> Callable[..., Any]:
        mine = threading.current_thread()

        def noted(*arguments: Any, **named: Any) -> Any:
            self.count.started += threading.current_thread() is mine
            return function(*arguments, **named)

        return noted

    def _executed(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        word = sql.lstrip().split(None, 1)[0].upper()
        if word not in _FRAMES_TRANSACTIONS:
            self.count.queries += 1
            is_session = '"django_session"' in sql
            self.count.writes += word in _WRITES and not is_session
        return execute(sql, *rest)

    def _called(self, frame: FrameType, event: str, _argument: object) -> None:
        if event != "call":
            return
        code = frame.f_code
        if code.co_filename in _CHANCE:
            return
        self.count.calls += 1
        if code.co_filename.startswith(PACKAGE):
            self.count.own_calls += 1
            self.count.files.add(code.co_filename.removeprefix(PACKAGE))
        elif code.co_filename == _JSON_DECODER and code.co_name == "decode":
            self.count.parsed += frame.f_locals.get("s") in self._snapshots


class _Fields(HTMLParser):
    """Reads the fields of a page's form for a part, as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._is_inside = False
        self._text: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = "part-form" in given.get("class", "").split()
        name = given.get("name", "")
        if not self._is_inside or not name or name == "csrfmiddlewaretoken":
            return
        if tag == "input" and given.get("type") not in {"submit", "button", "checkbox", "radio"}:
            self.values[name] = given.get("value", "")
        if tag == "textarea":
            self._text = name
            self.values[name] = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.values[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = None
        if tag == "form":
            self._is_inside = False


class House:
    """The demonstration in a database that can be set back to any earlier state."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._clients: dict[str, Any] = {}

    def model(self, label: str, name: str) -> Any:
        """Return a model's manager."""
        from django.apps import apps  # noqa: PLC0415

        return apps.get_model(label, name).objects

    def client(self, username: str) -> Any:
        """Return the client of somebody who is signed in; "" is nobody."""
        from django.test import Client  # noqa: PLC0415

        if username not in self._clients:
            client = self._clients[username] = Client(headers={"accept-language": "en"})
            if username:
                client.force_login(self.model("accounts", "User").get(username=username))
        return self._clients[username]

    def post(self, username: str, address: str, **data: object) -> None:
        """Send a form on the way to a state; it has to lead on."""
        answer = self.client(username).post(address, data)
        if answer.status_code != 302:
            told = f"{address}: {answer.status_code}\n{answer.getvalue().decode()[-3000:]}"
            raise RuntimeError(told)

    def fields(self, username: str, address: str) -> dict[str, str]:
        """Return what the form of a part would send unchanged."""
        return _Fields(self.client(username).get(address).content.decode()).values

    def keep(self, name: str) -> None:
        """Keep the rows as they are now under a name."""
        from django.db import connection  # noqa: PLC0415

        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copy(self.folder / "house.sqlite3", self.folder / name)

    def set_back(self, name: str) -> None:
        """Set all rows back to what was kept."""
        from django.db import connection  # noqa: PLC0415

        connection.close()
        for rest in self.folder.glob("house.sqlite3-*"):
            rest.unlink()
        shutil.copy(self.folder / name, self.folder / "house.sqlite3")
        connection.ensure_connection()

    def snapshots(self) -> frozenset[str]:
        """Return the stored snapshots as they are written."""
        found = self.model("review", "ReportSnapshot").values_list("content", flat=True)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Journey:
    """One request: from which state, by whom, and what is to come of it."""

    name: str
    state: str
    username: str
    address: str
    data: Callable[[], dict[str, Any] | None] = lambda: None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def states(house: House) -> list[Journey]:
    """Bring the demonstration to every state that a journey begins at; return the journeys."""
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("load_demo", stdout=StringIO())
    report = house.model("reports", "Report").get(department__code="zengcheng-kexie")
    scheme = house.model("schemes", "Scheme").get(pk=report.scheme_id)
    group = house.model("schemes", "Indicator").filter(scheme=scheme, is_scored_group=True).first()
    narratives = house.model("reports", "Narrative").filter(report=report).order_by("pk")
    sections = list(narratives.values_list("section", flat=True))
    root = f"/reports/{report.pk}/"
    for username in ("preparer", "reviewer", "approver"):
        house.client(username)
    house.keep("draft")
    cells = house.fields("preparer", f"{root}figures/")
    cell = next(name for name in cells if name.endswith("executed_amount"))

    def one_cell() -> dict[str, Any]:
        return cells | {cell: str(float(cells[cell] or 0) - 1)}

    house.post("preparer", f"{root}hand-in/", confirmed="yes")
    house.keep("submitted")
    sha256 = house.model("review", "ReportSnapshot").filter(report=report).latest("pk").sha256
    approval = {"snapshot": sha256, "comment": ""}
    house.post("reviewer", f"{root}review/approve/", **approval)
    house.keep("approved")
    house.post("approver", f"{root}publication/publish/")
    house.keep("published")
    pdf = bytes(house.model("review", "Publication").get(report=report).pdf)
    house.set_back("draft")
    tasks = house.fields("preparer", f"{root}key-tasks/")
    house.post("preparer", f"{root}key-tasks/", **_many(tasks))
    house.post("preparer", f"{root}hand-in/", confirmed="yes")
    long_sha256 = house.model("review", "ReportSnapshot").filter(report=report).latest("pk").sha256
    house.post("reviewer", f"{root}review/approve/", snapshot=long_sha256)
    house.keep("approved, long")

    def sent(name: str) -> Callable[[], dict[str, Any]]:
        def data() -> dict[str, Any]:
            file = BytesIO(pdf)
            file.name = "report.pdf"
            return {name: file}

        return data

    script = {"HX-Request": "true"}
    publish = f"{root}publication/publish/"
    return [
        Journey("home of a preparer", "draft", "preparer", "/"),
        Journey("home of a reviewer", "submitted", "reviewer", "/"),
        Journey("open a report", "draft", "preparer", root),
        Journey("open the budget table", "draft", "preparer", f"{root}figures/"),
        Journey(
            "open a group of indicators", "draft", "preparer", f"{root}indicators/{group.code}/"
        ),
        Journey("open a text", "draft", "preparer", f"{root}texts/{sections[0]}/"),
        Journey("save one cell", "draft", "preparer", f"{root}figures/", one_cell, headers=script),
        Journey("open handing in", "draft", "preparer", f"{root}hand-in/"),
        Journey(
            "submit", "draft", "preparer", f"{root}hand-in/", lambda: {"confirmed": "yes"}, 302
        ),
        Journey("open a review", "submitted", "reviewer", f"{root}review/"),
        Journey(
            "approve", "submitted", "reviewer", f"{root}review/approve/", lambda: approval, 302
        ),
        Journey("open publishing", "approved", "approver", publish),
        Journey("open publishing, long report", "approved, long", "approver", publish),
        Journey("publish", "approved", "approver", publish, dict, 302),
        Journey("open the publication", "published", "preparer", f"{root}publication/"),
        Journey("download the PDF", "published", "preparer", f"{root}publication/pdf/"),
        Journey("check a PDF", "published", "preparer", "/check/", sent("reports")),
        Journey("verify a PDF", "published", "", "/verify/", sent("file")),
    ]


def _many(tasks: dict[str, str]) -> dict[str, str]:
    """Return the form of the key tasks with five of them, each with much to tell."""
    first = {name: value for name, value in tasks.items() if name.startswith("row-0-")}
    rows = {
        name.replace("-0-", f"-{n}-"): _LONG_TEXT if name.endswith("progress") else value
        for n in range(5)
        for name, value in first.items()
    }
    return {"version": tasks["version"], "rows": "5"} | rows


def go(house: House, journey: Journey) -> Count:
    """Go a journey from its state and return what it took. Raises: RuntimeError when it ends elsewhere."""
    house.set_back(journey.state)
    client, data = house.client(journey.username), journey.data()
    extra: dict[str, Any] = {"headers": journey.headers}
    with Counting(house.snapshots()) as count:
        if data is None:
            answer = client.get(journey.address, **extra)
        else:
            answer = client.post(journey.address, data, **extra)
        answer.getvalue()
    if answer.status_code != journey.status:
        told = f"{journey.name}: {answer.status_code} instead of {journey.status}"
        raise RuntimeError(f"{told}\n{answer.getvalue().decode()[-3000:]}")
    wait_for_others()
    return count


def wait_for_others() -> None:
    """Let a thread that a page has begun end, before its database is set back below it."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.name.startswith("asyncio"):
            thread.join(timeout=60)


@contextmanager
def opened() -> Iterator[House]:
    """Set Django up on a database in a new folder, and delete it afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["DATABASE_URL"] = f"sqlite:///{folder / 'house.sqlite3'}"
        os.environ["PERFEVAL_MEDIA_DIR"] = str(folder / "media")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perfeval.settings")
        django.setup()
        from django.conf import settings  # noqa: PLC0415

        settings.ALLOWED_HOSTS = ["testserver"]
        # The demonstration's passwords are not what is measured, and no static files are collected here.
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        settings.STORAGES = {
            **settings.STORAGES,
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        }
        yield House(folder)
        from django.db import connection  # noqa: PLC0415

        connection.close()


def _tell(*words: str, sep: str = " ") -> None:
    """Write one line."""
    sys.stdout.write(sep.join(words) + "\n")


def main() -> None:
    """Go every journey twice and print the second one's counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", action="store_true", help="list the files of each journey")
    parser.add_argument("--json", action="store_true", help="write the counts as JSON")
    wanted = parser.parse_args()
    found: dict[str, Count] = {}
    with opened() as house:
        for journey in states(house):
            go(house, journey)
            found[journey.name] = go(house, journey)
    if wanted.json:
        as_json = {
            name: {
                "queries": one.queries,
                "writes": one.writes,
                "started": one.started,
                "calls": one.calls,
                "own_calls": one.own_calls,
                "files": sorted(one.files),
                "parsed": one.parsed,
            }
            for name, one in found.items()
        }
        _tell(json.dumps(as_json, ensure_ascii=False, indent=2))
        return
    _tell("| journey | queries | writes | calls | in perfeval | files | parsed |")
    _tell("|---|---|---|---|---|---|---|")
    for name, one in found.items():
        begun = f" +{one.started}" if one.started else ""
        _tell(
            f"| {name} | {one.queries} | {one.writes}{begun} | {one.calls} | {one.own_calls} "
            f"| {len(one.files)} | {one.parsed} |"
        )
    if wanted.files:
        for name, one in found.items():
            _tell(f"\n{name}:", *sorted(one.files), sep="\n  ")


if __name__ == "__main__":
    main()
