"""Lay out the data of a document with Typst. The only module that knows it.

The text of a report is hostile until proven otherwise. To Typst it is data: it is shown, never run. Typst reads no file
outside ``templates/report`` and no network; the template loads nothing.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import typst

from perfeval.rendering.attachments import Attachment
from perfeval.rendering.fonts import BASE_DIR, PACK_FAMILIES, FontSetup, Role
from perfeval.rendering.pages import Cuts, Data

TEMPLATE = BASE_DIR / "templates" / "report" / "report.typ"
#: Both claims are checked while the file is written; a document that could not keep them is no file.
STANDARDS: "list[typst.PDFStandard]" = ["a-3a", "ua-1"]
#: A table is cut anew while a page break goes through it; a label with （续） may take a line more than without.
_MOST_ROUNDS = 5

_lock = threading.Lock()


class LayoutFailed(Exception):
    """Typst could not lay the document out; the message is Typst's."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A file, how many pages it has, and the number that is printed on the last one."""

    data: bytes
    page_count: int
    last_number: int


def typst_version() -> str:
    """Return the version of the typesetter."""
    return version("typst")


@cache
def layout_version() -> str:
    """Return what changes when the same document may look different: the typesetter or the template."""
    return f"{typst_version()} {hashlib.sha256(TEMPLATE.read_bytes()).hexdigest()}"


def as_pdf(
    data_with: Callable[[Cuts], Data],
    cuts: Cuts,
    *,
    fonts: FontSetup,
    created_at: datetime,
    attached: Sequence[Attachment] = (),
    is_archival: bool = True,
) -> Laid:
    """Return a document as PDF.

    ``data_with``: gives the document's data, its tables cut at certain places; ``cuts``: those to begin with;
    more are added until no page break goes through a table. ``attached``: files that the
    PDF carries. ``is_archival``: tagged, PDF/A-3a and PDF/UA-1; else plain, which is quicker.

    Raises: LayoutFailed.
    """
    carried = [
        {
            "name": one.name,
            "content": one.content.decode(),
            "media_type": one.media_type,
            "description": one.description,
            "relationship": one.relationship.lower(),
        }
        for one in sorted(attached, key=lambda one: one.name)
    ]
    with _lock:
        compiler, families = _compiler(fonts)
        for _ in range(_MOST_ROUNDS):
            data = data_with(cuts) | {
                "fonts": families,
                "latin_from_song": families["fangsong"][0] in PACK_FAMILIES[Role.FANGSONG],
                "attached": carried,
            }
            written: object = b""
            failure = None
            try:
                written = compiler.compile(
                    format="pdf",
                    sys_inputs={"document": json.dumps(data)},
                    pdf_standards=STANDARDS if is_archival else [],
                    pdf_tags=is_archival,
                    timestamp=created_at,
                )
            except typst.TypstError as error:
                # A merged cell that a page break goes through can't be tagged: the table is cut there, below.
                failure = error
            found = _rows_after_breaks(compiler, failure)
            if all(rows == cuts.get(table) for table, rows in found.items()):
                break
            cuts = cuts | found
        if failure or not isinstance(written, bytes):
            raise LayoutFailed(str(failure)) from failure
        ((pages, number),) = json.loads(compiler.query("<pages>", field="value"))
    return Laid(written, pages, number)


def _rows_after_breaks(compiler: typst.Compiler, failure: Exception | None) -> Cuts:
    """Return, for each table that goes over pages, the rows that begin a page."""
    try:
        rows = json.loads(compiler.query("<row>", field="value"))
    except RuntimeError as error:
        raise LayoutFailed(str(failure or error)) from error
    found: Cuts = {}
    for before, row in pairwise(rows):
        if before["table"] == row["table"] and before["page"] != row["page"]:
            found.setdefault(row["table"], []).append(row["row"])
    return found


@lru_cache(maxsize=2)
def _compiler(fonts: FontSetup) -> tuple[typst.Compiler, dict[str, list[str]]]:
    """Return a compiler that sees our fonts only, and the families of each role under the names it knows them by."""
    folders = [fonts.font_dir, *([fonts.licensed_dir] if fonts.licensed_dir else [])]
    seen = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders],
    )
    by_file = {Path(font.path or "").name: font.family for font in seen.fonts()}
    families = {}
    for chosen in fonts.chosen:
        licensed = [by_file[chosen.file]] if chosen.source == "licensed" else []
        families[chosen.role.value] = [*licensed, *PACK_FAMILIES[chosen.role]]
    compiler = typst.Compiler(
        input=str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=seen,
        ignore_system_fonts=True,
    )
    return compiler, families
