"""How fast the official PDF is made, beside other ways to the same pages: ``python -m benchmarks.pdf [--rounds 7]``.

One interleaved run over the same generated reports with the same fonts: ours, WeasyPrint without anything of ours on our
page (plain) and on a usual page (naive), Chromium's print-to-PDF, LibreOffice from our Word file, and Typst. Processor
time counts (children included), for the machine may be shared; wall time stands beside it. Each file's text is read
again: a way that does not print the report's words is no comparison. Chromium and LibreOffice are left out where they are
not installed.
"""

import argparse
import itertools
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from multiprocessing import get_context

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perfeval.settings")
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
django.setup()

import pypdf  # noqa: E402

from benchmarks import documents, ways  # noqa: E402
from benchmarks.processes import MostMemory, processor_seconds  # noqa: E402
from benchmarks.words import missing_texts  # noqa: E402
from perfeval.documents.document import ReportDocument  # noqa: E402
from perfeval.fonts import choice as font_setup  # noqa: E402
from perfeval.typesetting.preview import preview  # noqa: E402

#: So many files are made by one LibreOffice to learn what each after the first takes.
_MANY = 5
_COLD_ROUNDS = 3


@dataclass
class Way:
    """A way to a PDF: what makes it of a document, and what it took each time.

    ``is_cold``: a new process each time. ``change``: makes of a turn's document the one that is set.
    """

    name: str
    make: ways.Make
    is_cold: bool = False
    change: Callable[[ReportDocument], ReportDocument] = lambda document: document
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    memory: float = 0.0
    pages: int = 0
    size: int = 0
    text: str = ""

    def run(self, document: ReportDocument, *, is_first: bool) -> None:
        """Make the document once and keep the times; of the first one, which fills what a warm process has, the words."""
        document = self.change(document)
        began, wall = processor_seconds(), time.perf_counter()
        data = self.make(document)
        cpu, wall = processor_seconds() - began, time.perf_counter() - wall
        self.size = len(data)
        if not is_first:
            self.cpu.append(cpu)
            self.wall.append(wall)
        elif data[:4] == b"%PDF":
            self.pages = len(pypdf.PdfReader(BytesIO(data)).pages)
            missing, count = missing_texts(data, document)
            self.text = f"{count - len(missing)} of {count}"

    def weigh(self, document: ReportDocument) -> None:
        """Make the document once more and keep the most memory that its processes took."""
        with MostMemory() as most:
            self.make(self.change(document))
        self.memory = most.megabytes

    def row(self, plain: float) -> str:
        """Return the way's line of the table; ``plain``: the processor seconds that are 1."""
        cpu, wall = statistics.median(self.cpu), statistics.median(self.wall)
        cells = [self.name, f"{cpu:.3f}", f"{cpu / plain:.2f}", f"{wall:.3f}"]
        cells += [f"{self.memory:.0f}" if self.memory else "", str(self.pages or "")]
        cells += [f"{self.size / 1024:.0f}" if self.size else "", self.text]
        return f"| {' | '.join(cells)} |\n"


def _ways(name: str, stack: ExitStack) -> Iterator[Way]:
    """Yield the ways that can be gone here; the first is what the others are compared with."""
    first = documents.report(*documents.SIZES[name])

    def changed(document: ReportDocument) -> ReportDocument:
        # One cell of the same document, another one in each turn.
        return documents.with_one_cell_changed(first, int(document.title[-2:]) * 2)

    def changed_again(document: ReportDocument) -> ReportDocument:
        return documents.with_one_cell_changed(first, int(document.title[-2:]) * 2 + 1)

    yield Way("plain WeasyPrint, warm", ways.plain)
    yield Way("naive WeasyPrint, warm", ways.naive)
    yield Way("ours, warm", ways.ours)
    yield Way("ours, one cell changed", ways.ours, change=changed)
    yield Way(
        "preview, one cell changed", lambda it: preview(it, page=-1).png, change=changed_again
    )
    if shutil.which("chromium"):
        yield Way("Chromium, warm", stack.enter_context(ways.chromium()))
    yield Way("Typst, warm", ways.typst)
    yield Way("plain WeasyPrint, new process", ways.cold("plain", name), is_cold=True)
    yield Way("naive WeasyPrint, new process", ways.cold("naive", name), is_cold=True)
    yield Way("ours, new process", ways.cold("ours", name), is_cold=True)
    if shutil.which("chromium"):
        yield Way("Chromium, new process", stack.enter_context(ways.chromium_cold()), is_cold=True)
    if shutil.which("soffice"):
        convert = stack.enter_context(ways.libreoffice())
        yield Way("LibreOffice, new process", lambda it: convert([it])[0], is_cold=True)
    yield Way("Typst, new process", ways.cold("typst", name), is_cold=True)


def compare(name: str, rounds: int) -> None:
    """Print a table for one size."""
    with ExitStack() as stack:
        every = list(_ways(name, stack))
        for turn in range(rounds + 1):
            document = documents.report(*documents.SIZES[name], turn)
            for way in every:
                if not way.is_cold or turn <= _COLD_ROUNDS:
                    way.run(document, is_first=turn == 0)
        for way in every:
            if way.is_cold:
                way.weigh(documents.report(*documents.SIZES[name], rounds + 1))
    plain = statistics.median(every[0].cpu)
    sys.stdout.write(
        f"\n### {name}\n\n| way | CPU s | ratio | wall s | most MB | pages | KB | texts found |\n"
        f"|{'---|' * 8}\n"
    )
    for way in every:
        sys.stdout.write(way.row(plain))
    if shutil.which("soffice"):
        sys.stdout.write(_libreoffice_further(name).row(plain))
    sys.stdout.flush()


def _libreoffice_further(name: str) -> Way:
    """Return what each file after the first takes of one LibreOffice: it can't be kept running by its command alone."""
    further = Way("LibreOffice, each further file", bytes)
    with ways.libreoffice() as convert:
        several = [documents.report(*documents.SIZES[name], turn) for turn in range(_MANY)]
        convert(several[:1])  # makes the profile
        taken = []
        for part in (several[:1], several):
            began, wall = processor_seconds(), time.perf_counter()
            convert(part)
            taken.append((processor_seconds() - began, time.perf_counter() - wall))
        (cpu_one, wall_one), (cpu_all, wall_all) = taken
        further.cpu = [(cpu_all - cpu_one) / (_MANY - 1)]
        further.wall = [(wall_all - wall_one) / (_MANY - 1)]
    return further


_numbers = itertools.count()
_kept_open = ExitStack()


def _make_many(way: str, count: int) -> int:
    """Make so many d10 reports, none of them twice in a process: a part kept would be no work."""
    make = _chromium() if way == "chromium" else ways.IN_PROCESS[way]
    for _ in range(count):
        make(documents.report(*documents.SIZES["d10"], os.getpid() + 100_000 * next(_numbers)))
    return count


@cache
def _chromium() -> ways.Make:
    """Return what prints with the Chromium of this process, which runs until the process ends."""
    return _kept_open.enter_context(ways.chromium())


def throughput(way: str, seconds: float = 8.0) -> float:
    """Return how many d10 reports two warm processes make in a second."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        # Each call keeps one process busy while the other begins.
        list(pool.map(_make_many, [way, way], [2, 2]))
        began, made = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            made += sum(pool.map(_make_many, [way, way], [10, 10]))
        return made / (time.perf_counter() - began)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--size", choices=documents.SIZES, help="this report only")
    options = parser.parse_args()
    font_setup.activate()
    for name in [options.size] if options.size else documents.SIZES:
        compare(name, options.rounds)
    sys.stdout.write("\nTwo workers, d10 reports a second:\n\n| way | reports |\n|---|---|\n")
    for way in [*ways.IN_PROCESS, *(["chromium"] if shutil.which("chromium") else [])]:
        sys.stdout.write(f"| {way} | {throughput(way):.1f} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
