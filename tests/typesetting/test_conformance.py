"""The published files may bear both claims, PDF/A-3a and PDF/UA-1, signed as well as unsigned."""

import re

import pikepdf
import pytest

from perfeval.typesetting import signing
from tests.typesetting.conformance import our_violations, violations
from tests.typesetting.documents import AT, make_certificate, make_official
from tests.verification.tampering import pages_changed


@pytest.fixture(scope="module")
def official() -> bytes:
    return make_official("zengcheng_2022")


def test_published_files_break_no_clause(official):
    assert violations(official) == []
    assert violations(make_official("guangzhou_2021")) == []


def test_signed_file_breaks_no_clause(official, tmp_path):
    signer = signing.load_signer(make_certificate(tmp_path), "demo", at=AT)
    signed = signing.sign(official, signer, label="电子签名")
    assert signed.startswith(official)
    assert violations(signed) == []


def test_draft_breaks_no_clause(empty):
    assert violations(empty.file.data) == []


def _first(pdf: pikepdf.Pdf, kind: str) -> pikepdf.Object:
    return next(
        one
        for one in pdf.objects
        if isinstance(one, pikepdf.Dictionary) and str(one.get("/S", "")) == f"/{kind}"
    )


def _break_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Lang


def _break_claim(pdf: pikepdf.Pdf) -> None:
    text = pdf.Root.Metadata.read_bytes().replace(b"<pdfuaid:part>1", b"<pdfuaid:part>2")
    pdf.Root.Metadata = pdf.make_stream(text, Type=pikepdf.Name.Metadata)


def _break_heading(pdf: pikepdf.Pdf) -> None:
    _first(pdf, "H2").S = pikepdf.Name.H4


def _break_cell(pdf: pikepdf.Pdf) -> None:
    row = _first(pdf, "TR")
    row.K = pikepdf.Array(list(row.K)[1:])


def _break_scope(pdf: pikepdf.Pdf) -> None:
    _first(pdf, "TH").A = pikepdf.Dictionary(O=pikepdf.Name.Table)


def _break_width(pdf: pikepdf.Pdf) -> None:
    font = next(one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/W" in one)
    font.W = pikepdf.Array([0, 500, 777])


def _break_mark(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    page.Contents = pdf.make_stream(page.Contents.read_bytes() + b"\n0 0 9 9 re f\n")


def _break_state(pdf: pikepdf.Pdf) -> None:
    next(iter(pdf.pages[0].Resources.ExtGState.values())).TR = pikepdf.Name.Identity


def _break_glyph(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    content = re.sub(rb"<[0-9a-fA-F]{4}", b"<0000", page.Contents.read_bytes(), count=1)
    page.Contents = pdf.make_stream(content)


def _break_row(pdf: pikepdf.Pdf) -> None:
    _first(pdf, "P").S = pikepdf.Name.TR


def _break_schema(pdf: pikepdf.Pdf) -> None:
    text = pdf.Root.Metadata.read_bytes().replace(b">internal<", b">inner<")
    pdf.Root.Metadata = pdf.make_stream(text, Type=pikepdf.Name.Metadata)


def _break_version(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Version = pikepdf.Name("/2.0")


def _break_action(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="x")


def _break_attachment(pdf: pikepdf.Pdf) -> None:
    del pdf.attachments["trace.json"].obj.AFRelationship


@pytest.mark.parametrize(
    ("change", "clause"),
    [
        (_break_language, "UA 7.2"),
        (_break_claim, "UA 5"),
        (_break_heading, "UA 7.4.2"),
        (_break_cell, "UA 7.2"),
        (_break_scope, "UA 7.5"),
        (_break_width, "A 6.2.11.5"),
        (_break_mark, "UA 7.1"),
        (_break_attachment, "A 6.8"),
        (_break_state, "A 6.2.5"),
        (_break_glyph, "6.2.11.8 glyph 0000"),
        (_break_row, "UA 7.2 TR in"),
        (_break_schema, "A 6.6.2.3.3"),
        (_break_version, "A 6.1.2"),
        (_break_action, "A 6.5.1"),
    ],
)
def test_checks_see_what_they_are_for(official, change, clause):
    assert any(clause in breach for breach in our_violations(pages_changed(official, change)))
