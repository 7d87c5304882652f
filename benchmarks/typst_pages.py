"""The generated reports set by Typst (``report.typ``), for comparison only: no official paper is."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import typst

from benchmarks.plain_pages import plain
from perfeval.documents.document import ReportDocument
from perfeval.fonts import choice as font_setup
from perfeval.fonts.choice import PACK_FAMILIES, TypefaceRole

_TEMPLATE = Path(__file__).with_name("report.typ")
_AT = datetime(2023, 4, 6, tzinfo=UTC)


def typst_pdf(document: ReportDocument) -> bytes:
    """Return the PDF that Typst makes: tagged, PDF/A-3a, the standard that the other files are of."""
    data = plain(document) | {
        "fonts": {role.value: PACK_FAMILIES[role] for role in TypefaceRole},
        "created_at": {"year": _AT.year, "month": _AT.month, "day": _AT.day},
    }
    written = _compiler().compile(
        format="pdf",
        sys_inputs={"document": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-3a"],
        timestamp=_AT,
    )
    assert isinstance(written, bytes)  # noqa: S101 - a PDF is one file
    return written


@cache
def _compiler() -> typst.Compiler:
    folder = font_setup.activate().font_dir
    seen = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)]
    )
    return typst.Compiler(
        input=str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=seen,
        ignore_system_fonts=True,
    )
