"""The ways to a PDF that are measured beside each other, each a function from a report to the file.

``python -m benchmarks.ways WAY SIZE TURN FILE`` makes one report in a new process.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import documents
from perfeval.documents.document import ReportDocument

AT = datetime(2023, 4, 6, tzinfo=UTC)
_CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Make = Callable[[ReportDocument], bytes]


def ours(document: ReportDocument) -> bytes:
    """Return our PDF."""
    from perfeval.typesetting import pdf  # noqa: PLC0415  a new process loads its own way only

    return pdf.render(document, created_at=AT).data


def plain(document: ReportDocument) -> bytes:
    """Return what WeasyPrint, as it comes, makes of our own page."""
    from benchmarks.html_pages import weasyprint_pdf  # noqa: PLC0415  as above

    return weasyprint_pdf(document)


def naive(document: ReportDocument) -> bytes:
    """Return what WeasyPrint, as it comes, makes of a usual page."""
    from benchmarks.html_pages import naive_pdf  # noqa: PLC0415  as above

    return naive_pdf(document)


def typst(document: ReportDocument) -> bytes:
    """Return Typst's PDF."""
    from benchmarks.typst_pages import typst_pdf  # noqa: PLC0415  as above

    return typst_pdf(document)


#: The ways that are functions of a Python process, by the name that a command knows them by.
IN_PROCESS: dict[str, Make] = {"ours": ours, "plain": plain, "naive": naive, "typst": typst}


def cold(name: str, size: str) -> Make:
    """Return what makes a report in a new process; the report is known by its size and turn."""

    def make(document: ReportDocument) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "a.pdf"
            turn = document.title[-2:]
            command = [sys.executable, "-m", "benchmarks.ways", name, size, turn, str(target)]
            subprocess.run(command, check=True, capture_output=True)
            return target.read_bytes()

    return make


@contextmanager
def chromium() -> Iterator[Make]:
    """Give what prints a document with a Chromium that runs already."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only where Chromium is

    from benchmarks.html_pages import as_html  # noqa: PLC0415  as above

    program = shutil.which("chromium") or ""
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "a.html"
        browser = play.chromium.launch(executable_path=program, args=_CHROMIUM_ARGUMENTS)
        page = browser.new_page()

        def make(document: ReportDocument) -> bytes:
            source.write_text(as_html(document, with_font_files=True))
            page.goto(source.as_uri())
            page.evaluate("document.fonts.ready.then(() => true)")
            data: bytes = page.pdf(prefer_css_page_size=True, tagged=True, outline=True)
            return data

        yield make
        browser.close()


@contextmanager
def chromium_cold() -> Iterator[Make]:
    """Give what prints a document with a Chromium started for it, its profile kept from before."""
    from benchmarks.html_pages import as_html  # noqa: PLC0415  as above

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source, target = Path(folder) / "a.html", Path(folder) / "a.pdf"
        command = [shutil.which("chromium") or "", *_CHROMIUM_ARGUMENTS, "--no-pdf-header-footer"]
        command += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}", str(source)]

        def make(document: ReportDocument) -> bytes:
            source.write_text(as_html(document, with_font_files=True))
            subprocess.run(command, check=True, capture_output=True)
            return target.read_bytes()

        yield make


@contextmanager
def libreoffice() -> Iterator[Callable[[Sequence[ReportDocument]], list[bytes]]]:
    """Give what makes PDFs of Word files of ours in one new LibreOffice, its profile kept from before."""
    from perfeval.office.word.writing import as_word  # noqa: PLC0415  as above

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        environment = os.environ | {"FONTCONFIG_FILE": str(_fonts_by_official_name(Path(folder)))}
        command = [shutil.which("soffice") or "", f"-env:UserInstallation=file://{folder}/profile"]
        command += ["--headless", "--convert-to", "pdf", "--outdir", folder]

        def make(several: Sequence[ReportDocument]) -> list[bytes]:
            sources = [Path(folder) / f"{number}.docx" for number in range(len(several))]
            for source, document in zip(sources, several, strict=True):
                source.write_bytes(as_word(document, created_at=AT))
            subprocess.run(
                [*command, *map(str, sources)], check=True, capture_output=True, env=environment
            )
            return [source.with_suffix(".pdf").read_bytes() for source in sources]

        yield make


def _fonts_by_official_name(folder: Path) -> Path:
    """Write a fontconfig file that gives the pack's fonts under the official names, which the Word file asks for."""
    from perfeval.fonts import choice as fonts  # noqa: PLC0415  as above

    names = "".join(
        f'<match target="pattern"><test name="family"><string>{name}</string></test><edit name="family" mode="assign" '
        f'binding="same"><string>{fonts.PACK_FAMILIES[role][0]}</string></edit></match>\n'
        for role, official in fonts.LICENSED_FAMILIES.items()
        for name in official
    )
    file = folder / "fonts.conf"
    config = fonts.activate().config_file.read_text(encoding="utf-8")
    file.write_text(config.replace("</fontconfig>", f"{names}</fontconfig>"), encoding="utf-8")
    return file


def main(name: str, size: str, turn: str, target: str) -> None:
    """Make one report and write it."""
    from perfeval.fonts import choice as fonts  # noqa: PLC0415  as above
    from perfeval.typesetting import worker  # noqa: PLC0415  as above

    fonts.activate()
    data = IN_PROCESS[name](documents.report(*documents.SIZES[size], int(turn)))
    Path(target).write_bytes(data)
    # Ended and waited for, the worker's time counts as that of a child.
    worker.POOL.close()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perfeval.settings")
    main(*sys.argv[1:])
