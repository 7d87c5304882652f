"""Whether every change of a published PDF is found: ``python -m benchmarks.verification``.

Publishes the two demonstration reports into a database of its own (in memory), changes the files in more than 300 ways
and verifies each through the same service as the page and the command. A change counts as found when the verdict is not
"genuine", and a changed digit as named when a finding shows the page, the old and the new figure, or the place in the
data. Writes a table; ends with 1 when a change was missed or an unchanged file did not pass.

Other tools that save a PDF anew (qpdf, mutool, Ghostscript, pdftocairo) are used where they are installed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from pathlib import Path

os.environ["DATABASE_URL"] = "sqlite://:memory:"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perfeval.settings")

import django

django.setup()

import pikepdf  # noqa: E402
import pypdf  # noqa: E402
import pypdfium2  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from perfeval.accounts.models import User  # noqa: E402
from perfeval.publication.services import publish  # noqa: E402
from perfeval.reports.models import Report  # noqa: E402
from perfeval.reports.states import ReportState  # noqa: E402
from perfeval.review.models import Publication  # noqa: E402
from perfeval.review.queries import latest_snapshot  # noqa: E402
from perfeval.review.services import approve, submit  # noqa: E402
from perfeval.verification.services import FileOutcome, Verdict, verify  # noqa: E402
from tests.typesetting.documents import make_certificate  # noqa: E402
from tests.verification import tampering  # noqa: E402

DIGITS_ON_PAGES, DIGITS_IN_DATA, SEEN_OTHERWISE = 60, 20, 15
TOOLS = {
    "qpdf": ("qpdf", "{old}", "{new}"),
    "qpdf --linearize": ("qpdf", "--linearize", "{old}", "{new}"),
    "mutool clean": ("mutool", "clean", "-gggg", "{old}", "{new}"),
    "Ghostscript": (
        "gs",
        "-q",
        "-dNOPAUSE",
        "-dBATCH",
        "-sDEVICE=pdfwrite",
        "-o",
        "{new}",
        "{old}",
    ),
    "pdftocairo": ("pdftocairo", "-pdf", "{old}", "{new}"),
}


@dataclass(frozen=True)
class Change:
    """One changed file: what kind of change it is, and the digit that has to be named."""

    kind: str
    data: bytes
    digit: tampering.Digit | None = None


@dataclass
class Count:
    """How many changes of a kind were made, found and named."""

    made: int = 0
    found: int = 0
    named: int = 0
    missed: list[str] = field(default_factory=list)


def published() -> list[bytes]:
    """Publish both reports, the second signed, and return their files."""
    folder = Path(tempfile.mkdtemp())
    call_command("migrate", verbosity=0)
    call_command("load_demo", verbosity=0, stdout=StringIO())
    people = {user.username: user for user in User.objects.all()}
    for report in Report.objects.exclude(state=ReportState.PUBLISHED).order_by("-id"):
        is_last = Publication.objects.count() == 1
        settings.SIGNING_FILE = str(make_certificate(folder)) if is_last else ""
        settings.SIGNING_PASSPHRASE = "demo"  # noqa: S105  of a certificate made here
        now = timezone.now()
        submit(report=report, by=people["preparer"], at=now)
        sha256 = latest_snapshot(report).sha256
        approve(report=report, snapshot_sha256=sha256, by=people["reviewer"], at=now)
        publish(report=report, by=people["approver"], at=now)
    return [bytes(one.pdf) for one in Publication.objects.order_by("id")]


def changes(data: bytes, other: bytes) -> Iterator[Change]:
    """Yield the changed files of one report."""
    digits = tampering.digits(data)
    for one in digits[:: max(1, len(digits) // DIGITS_ON_PAGES)][:DIGITS_ON_PAGES]:
        yield Change("digit on a page", tampering.with_digit(data, one), one)
    for name in ("report.json", "scheme.json", "trace.json"):
        text = tampering.attached(data, name)
        places = tampering.figures_in(text)
        for place in places[:: len(places) // DIGITS_IN_DATA][:DIGITS_IN_DATA]:
            changed = tampering.with_other_digit(text, place)
            yield Change(f"digit in {name}", tampering.with_attached(data, name, changed))
        foreign = tampering.attached(other, name)
        yield Change("attachment of another report", tampering.with_attached(data, name, foreign))
        yield Change("attachment removed", _removed(data, name))
    yield from _unseen(data, digits)
    yield from _pages(data, other)
    yield from _saved_anew(data)
    yield from _metadata(data)


def _unseen(data: bytes, digits: list[tampering.Digit]) -> Iterator[Change]:
    """Yield changes that leave the text of the pages as it was: what is seen is another thing."""
    for one in digits[:: max(1, len(digits) // SEEN_OTHERWISE)][:SEEN_OTHERWISE]:
        yield Change("digit seen but not copied", tampering.seen_otherwise(data, one))
    pages = len(tampering.opened(data).pages)
    for page in range(0, pages, 2):
        box = _line_on(data, page)
        for update in (False, True):
            kind = "painted over in an update" if update else "painted over"
            yield Change(kind, tampering.painted_over(data, page, box, update=update))
        pdf = tampering.opened(data)
        left, bottom, width, height = box
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Square,
            Rect=[left, bottom, left + width, bottom + height],
            IC=[1, 1, 1],
            Contents="改",
        )
        pdf.pages[page].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(note)]))
        yield Change("note over a line", tampering.saved(pdf))
        pdf = tampering.opened(data)
        image = pdf.make_stream(
            b"\xff" * 3,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=1,
            Height=1,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
        )
        resources = pdf.pages[page].Resources
        if "/XObject" not in resources:
            resources.XObject = pikepdf.Dictionary()
        resources.XObject["/Over"] = image
        pdf.pages[page].contents_add(
            f"q {width} 0 0 {height} {left} {bottom} cm /Over Do Q".encode()
        )
        yield Change("picture over a line", tampering.saved(pdf))


def _line_on(data: bytes, page: int) -> tuple[float, float, float, float]:
    """Return the left and bottom edge, width and height of some text on a page."""
    text = pypdfium2.PdfDocument(data)[page].get_textpage()
    left, bottom, right, top = text.get_charbox(min(40, text.count_chars() - 1))
    return left, bottom, max(12, right - left), max(8, top - bottom)


def _removed(data: bytes, name: str) -> bytes:
    pdf = tampering.opened(data)
    del pdf.attachments[name]
    return tampering.saved(pdf)


def _pages(data: bytes, other: bytes) -> Iterator[Change]:
    count = len(tampering.opened(data).pages)
    for number in range(count):
        pdf = tampering.opened(data)
        del pdf.pages[number]
        yield Change("page removed", tampering.saved(pdf))
    for number in range(0, count - 1, 2):
        pdf = tampering.opened(data)
        page = pdf.pages[number]
        del pdf.pages[number]
        pdf.pages.insert(number + 1, page)
        yield Change("pages in another order", tampering.saved(pdf))
    for number in range(0, count, 3):
        pdf = tampering.opened(data)
        pdf.pages.insert(number, pdf.pages[number])
        yield Change("page doubled", tampering.saved(pdf))
        pdf, foreign = tampering.opened(data), tampering.opened(other)
        pdf.pages.insert(number, foreign.pages[number])
        yield Change("page of another report added", tampering.saved(pdf))
        pdf, foreign = tampering.opened(data), tampering.opened(other)
        pdf.pages[number] = foreign.pages[number]
        yield Change("page of another report instead", tampering.saved(pdf))


def _saved_anew(data: bytes) -> Iterator[Change]:
    yield Change("saved by another tool", tampering.saved(tampering.opened(data)))
    for options in ({"linearize": True}, {"qdf": True}, {"compress_streams": False}):
        yield Change("saved by another tool", tampering.saved(tampering.opened(data), **options))
    written = BytesIO()
    pypdf.PdfWriter(clone_from=BytesIO(data)).write(written)
    yield Change("saved by another tool", written.getvalue())
    with tempfile.TemporaryDirectory() as folder:
        old, new = Path(folder) / "old.pdf", Path(folder) / "new.pdf"
        old.write_bytes(data)
        for name, command in TOOLS.items():
            if shutil.which(command[0]) is None:
                sys.stderr.write(f"(not installed: {name})" + "\n")
                continue
            subprocess.run(
                [part.format(old=old, new=new) for part in command], check=True, capture_output=True
            )
            yield Change("saved by another tool", new.read_bytes())
    yield Change("a byte added", data + b"\n")
    for place in range(1, 10):
        at = len(data) * place // 10
        flipped = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        yield Change("a bit changed", flipped)


def _metadata(data: bytes) -> Iterator[Change]:
    for name in ("/Title", "/Author", "/CreationDate"):
        pdf = tampering.opened(data)
        pdf.docinfo[name] = "D:20200101000000Z" if name.endswith("Date") else "别的"
        yield Change("metadata", tampering.saved(pdf))
    pdf = tampering.opened(data)
    del pdf.Root.Metadata
    yield Change("metadata", tampering.saved(pdf))
    pdf = tampering.opened(data)
    text = pdf.Root.Metadata.read_bytes().replace(b"<pdfaid:part>3", b"<pdfaid:part>2")
    pdf.Root.Metadata = pdf.make_stream(text, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
    yield Change("metadata", tampering.saved(pdf))
    if b"/ByteRange" in data:
        yield Change("signature cut off", data[: data.index(b"%%EOF") + 6])


def is_named(change: Change, verdict: Verdict) -> bool:
    """Return whether the verdict says what was changed; for a digit on a page: where, and into what.

    A file that was only saved anew, or changed where no text stands, is told as that by the outcome.
    """
    one = change.digit
    if one is None:
        return bool(verdict.findings) or verdict.outcome is FileOutcome.RESAVED
    for found in verdict.findings:
        told = found.parameters
        if found.code.startswith("page_"):
            return True  # the number of the page itself
        pairs = zip(told.get("expected", ""), told.get("found", ""), strict=False)
        if told.get("page") == str(one.page + 1) and (one.digit, one.other) in pairs:
            return True
    return False


def say(line: str) -> None:
    """Write a line of the table."""
    sys.stdout.write(f"{line}\n")


def main() -> int:
    """Run it."""
    started = time.monotonic()
    files = published()
    counts: dict[str, Count] = defaultdict(Count)
    passed = sum(verify(data).is_genuine for data in files)
    for position, data in enumerate(files):
        for change in changes(data, files[1 - position]):
            count = counts[change.kind]
            verdict = verify(change.data, names_issued=True)
            count.made += 1
            count.found += not verdict.is_genuine
            if is_named(change, verdict):
                count.named += 1
            else:
                count.missed.append(f"{verdict.outcome} {change.digit or ''}")
    say("| change | made | found | named |\n|---|---|---|---|")
    for kind, count in counts.items():
        say(f"| {kind} | {count.made} | {count.found} | {count.named or '—'} |")
    made = sum(count.made for count in counts.values())
    found = sum(count.found for count in counts.values())
    named = sum(count.named for count in counts.values())
    say(f"| **all** | {made} | {found} | {named} |")
    say(
        f"\nunchanged files that pass: {passed} of {len(files)}; {time.monotonic() - started:.0f} s"
    )
    for kind, count in counts.items():
        for missed in count.missed[:3]:
            sys.stderr.write(f"not named: {kind}: {missed}" + "\n")
    return 0 if found == made and passed == len(files) else 1


if __name__ == "__main__":
    sys.exit(main())
