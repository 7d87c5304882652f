"""How fast the official PDF is made, beside other ways to the same pages: ``python -m benchmarks.pdf [--rounds 7]``.

One interleaved run over the same generated reports with the same fonts: ours, plain WeasyPrint, Chromium's print-to-PDF
and LibreOffice from our Word file. Processor time counts (children included), for the machine may be shared; wall time
stands beside it. Chromium and LibreOffice are left out where they are not installed.
"""

import argparse
import itertools
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perfeval.settings")
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
django.setup()

import pypdf  # noqa: E402

from benchmarks import documents, html_pages  # noqa: E402
from perfeval.rendering import fonts as font_setup  # noqa: E402
from perfeval.rendering import pdf, worker  # noqa: E402
from perfeval.rendering.document import ReportDocument  # noqa: E402
from perfeval.rendering.preview import preview  # noqa: E402
from perfeval.rendering.word.writing import as_word  # noqa: E402

AT = datetime(2023, 4, 6, tzinfo=UTC)
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Way:
    """A way to a PDF: what makes it of a document, and what it took each time."""

    name: str
    make: Callable[[ReportDocument], bytes]
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    pages: int = 0
    size: int = 0

    def run(self, document: ReportDocument) -> None:
        """Make the document once and keep the times."""
        began, wall = _processor_seconds(), time.perf_counter()
        data = self.make(document)
        self.cpu.append(_processor_seconds() - began)
        self.wall.append(time.perf_counter() - wall)
        self.size = len(data)
        self.pages = len(pypdf.PdfReader(BytesIO(data)).pages) if data[:4] == b"%PDF" else 0


def _processor_seconds() -> float:
    """Return the processor time of this process, of its ended children and of those that still run."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime
    return total + sum(_of_process(pid) for pid in _descendants(os.getpid()))


def _of_process(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    # utime, stime and those of its ended children.
    return sum(int(value) for value in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def _descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in map(int, children):
            yield child
            yield from _descendants(child)


def ours(document: ReportDocument) -> bytes:
    """Return our PDF."""
    return pdf.render(document, created_at=AT).data


@contextmanager
def chromium() -> Iterator[Callable[[ReportDocument], bytes]]:
    """Give what prints a document with a Chromium that runs already."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only where Chromium is

    program = shutil.which("chromium") or ""
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "a.html"
        browser = play.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        page = browser.new_page()

        def make(document: ReportDocument) -> bytes:
            source.write_text(html_pages.as_html(document, with_font_files=True))
            page.goto(source.as_uri())
            page.evaluate("document.fonts.ready.then(() => true)")
            data: bytes = page.pdf(prefer_css_page_size=True, tagged=True, outline=True)
            return data

        yield make
        browser.close()


def chromium_cold(document: ReportDocument) -> bytes:
    """Return what a Chromium that is started for it prints."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "a.html", Path(folder) / "a.pdf"
        source.write_text(html_pages.as_html(document, with_font_files=True))
        command = [shutil.which("chromium") or "", *CHROMIUM_ARGUMENTS, "--no-pdf-header-footer"]
        command += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}", str(source)]
        subprocess.run(command, check=True, capture_output=True)
        return target.read_bytes()


def libreoffice_cold(document: ReportDocument) -> bytes:
    """Return what LibreOffice makes of our Word file."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "a.docx"
        source.write_bytes(as_word(document, created_at=AT))
        program = shutil.which("soffice") or ""
        command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        command += ["--convert-to", "pdf", "--outdir", folder, str(source)]
        subprocess.run(command, check=True, capture_output=True)
        return (Path(folder) / "a.pdf").read_bytes()


def cold(way: str, name: str) -> tuple[float, float, float]:
    """Return processor time, wall time and most memory in MB of a new process that makes one report."""
    wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.pdf", "--once", way, name],
        check=True,
        capture_output=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return taken, time.perf_counter() - wall, json.loads(told.stdout)["memory_mb"]


def once(way: str, name: str) -> None:
    """Make one report and tell the most memory it took, in MB."""
    {"ours": ours, "weasyprint": html_pages.weasyprint_pdf}[way](
        documents.report(*documents.SIZES[name])
    )
    # Not ru_maxrss: that begins with what the starting process held.
    memory = _most_memory(os.getpid()) + sum(map(_most_memory, _descendants(os.getpid())))
    # Ended and waited for, the worker's time counts as that of a child.
    for running in worker._idle:  # noqa: SLF001
        running.end()
    sys.stdout.write(json.dumps({"memory_mb": memory}))


def _most_memory(pid: int) -> float:
    """Return the most memory that a process held, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


_numbers = itertools.count()


def _make_many(count: int) -> int:
    """Make so many reports, none of them twice in a process: a part kept would be no work."""
    for _ in range(count):
        ours(documents.report(*documents.SIZES["d10"], os.getpid() + 100_000 * next(_numbers)))
    return count


def throughput(seconds: float = 8.0) -> float:
    """Return how many d10 reports two warm processes make in a second."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(_make_many, [2, 2]))
        began, made = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            made += sum(pool.map(_make_many, [10, 10]))
        return made / (time.perf_counter() - began)


def _changed(document: ReportDocument, turn: ReportDocument, more: int = 0) -> ReportDocument:
    """Return the document of the first turn with one cell that is another one in each turn."""
    return documents.with_one_cell_changed(document, int(turn.title[-2:]) * 2 + more)


def compare(name: str, rounds: int) -> None:
    """Print a table for one size."""
    document = documents.report(*documents.SIZES[name])
    with ExitStack() as stack:
        ways = [
            Way("plain WeasyPrint, warm", html_pages.weasyprint_pdf),
            Way("ours, warm", ours),
            Way("ours, one cell changed", lambda it: ours(_changed(document, it))),
            Way(
                "preview, one cell changed",
                lambda it: preview(_changed(document, it, 1), page=-1).png,
            ),
        ]
        if shutil.which("chromium"):
            ways.append(Way("Chromium, warm", stack.enter_context(chromium())))
            ways.append(Way("Chromium, cold", chromium_cold))
        if shutil.which("soffice"):
            ways.append(Way("LibreOffice, cold", libreoffice_cold))
        for turn in range(rounds + 1):
            for way in ways:
                if way.name.endswith("cold") and turn > max(2, rounds // 3):
                    continue
                way.run(documents.report(*documents.SIZES[name], turn))
                if turn == 0:  # the first one fills what a warm process has
                    way.cpu.clear()
                    way.wall.clear()
    plain = statistics.median(ways[0].cpu)
    sys.stdout.write(
        f"\n### {name}\n\n| way | CPU s | ratio | wall s | pages | KB |\n|---|---|---|---|---|---|\n"
    )
    for way in ways:
        cpu, wall = statistics.median(way.cpu), statistics.median(way.wall)
        sys.stdout.write(
            f"| {way.name} | {cpu:.3f} | {cpu / plain:.2f} | {wall:.3f} | {way.pages or ''} | {way.size // 1024} |\n"
        )
    for way_name in ("ours", "weasyprint"):
        cpu, wall, memory = cold(way_name, name)
        sys.stdout.write(
            f"| {way_name}, new process | {cpu:.3f} | {cpu / plain:.2f} | {wall:.3f} | most memory | {memory:.0f} MB |\n"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--once", nargs=2, metavar=("WAY", "SIZE"), help="make one report, for the cold figures"
    )
    options = parser.parse_args()
    if options.once:
        once(*options.once)
        return
    font_setup.activate()
    for name in documents.SIZES:
        compare(name, options.rounds)
    sys.stdout.write(f"\nTwo workers: {throughput():.1f} d10 reports a second.\n")


if __name__ == "__main__":
    main()
