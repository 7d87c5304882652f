"""Whether many threads read strangers' files right: ``python -m benchmarks.reading [--files 2000] [--threads 16]``.

Reads PDFs (the two published demonstration reports, and small ones with tables) through the door of ``reading`` in many
threads, hostile files among them, and holds every text against that which one thread reads alone. Then the price of the
door: a report of 100 pages checked with and without it. Ends with 1 when a text differs, a good file was refused, or a
hostile file was not.
"""

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perfeval.settings")

import django

django.setup()

from benchmarks.checking import as_pdf  # noqa: E402
from perfeval.reading import services  # noqa: E402
from perfeval.reading.limited import report_files  # noqa: E402
from perfeval.reading.refusals import ReportUnreadable  # noqa: E402
from tests.reading import hostile  # noqa: E402
from tests.typesetting.documents import make_official  # noqa: E402

_DEMONSTRATION = ("zengcheng_2022", "guangzhou_2021")
_HOSTILE = {
    "unpacks to 60 MB": hostile.unpacking_pdf,
    "draws without end": hostile.endless_pdf,
    "a million lists": hostile.nested_pdf,
    "frames in frames": hostile.nested_word,
    "text in texts": hostile.expanding_word,
}


def read(data: bytes) -> str:
    """Return the text that the door gives, or why it gives none."""
    try:
        return services.read_report("报告.pdf", data)
    except ReportUnreadable as refused:
        return f"refused: {refused.reason}"


def mixed(count: int, threads: int) -> bool:
    """Read so many files in so many threads with hostile ones among them; return whether all is right."""
    files = [*map(make_official, _DEMONSTRATION), *(as_pdf(pages) for pages in range(2, 10))]
    alone = [report_files.read_report("报告.pdf", data) for data in files]
    bad = {name: make() for name, make in _HOSTILE.items()}
    order = [(None, place % len(files)) for place in range(count)]
    for place, name in enumerate(bad):
        order.insert((place + 1) * count // (len(bad) + 1), (name, 0))
    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        texts = pool.map(lambda one: read(bad[one[0]] if one[0] else files[one[1]]), order)
        found = list(zip(order, texts, strict=True))
    taken = time.perf_counter() - began
    told = Counter(
        "refused" if text.startswith("refused: ") else "equal" if text == alone[place] else "wrong"
        for (name, place), text in found
        if name is None
    )
    out = sys.stdout.write
    out(f"{count} files in {threads} threads: {taken:.1f} s; texts: {dict(told)}\n")
    for (name, _), text in found:
        if name:
            out(f"hostile, {name} ({len(bad[name]) // 1024:,} KB): {text[:60]!r}\n")
    refused = all(text.startswith("refused: ") for (name, _), text in found if name)
    return told == {"equal": count} and refused


def price(pages: int, times: int = 7) -> None:
    """Print the least time that a report takes with and without the door, in turns."""
    data = as_pdf(pages)
    services.check_report("a.pdf", data)
    taken: dict[str, list[float]] = {"without": [], "through the door": []}
    for _ in range(times):
        for name, check in (
            ("without", report_files.checked),
            ("through the door", services.check_report),
        ):
            began = time.perf_counter()
            check("a.pdf", data, None)
            taken[name].append(time.perf_counter() - began)
    least = {name: min(seconds) for name, seconds in taken.items()}
    told = ", ".join(f"{name} {seconds:.3f} s" for name, seconds in least.items())
    ratio = least["through the door"] / least["without"]
    sys.stdout.write(f"a PDF of {pages} pages checked: {told}, {ratio:.2f} times\n")


def main() -> None:
    """Measure, print, and end with 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--threads", type=int, default=16)
    wanted = parser.parse_args()
    is_right = mixed(wanted.files, wanted.threads)
    price(100)
    sys.exit(not is_right)


if __name__ == "__main__":
    main()
