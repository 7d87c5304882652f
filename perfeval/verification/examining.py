"""Examine a PDF: read its data, compute every score anew, hold every figure on its pages against the data.

Knows no database and no Django. What is compared comes from the file itself; whether the file was issued here is asked
afterwards (``services``).
"""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from perfeval.documents.archive import SCHEME_FILE, TRACE_FILE
from perfeval.documents.building import build
from perfeval.documents.document import ReportDocument
from perfeval.documents.printed import Printed, front, printed
from perfeval.reading.contents import REPORT_FILE, Contents, Signature
from perfeval.reading.limited.pdf_report import contents_of
from perfeval.scoring.canonical import result_as_json, scheme_from_json
from perfeval.scoring.codec import FormatError
from perfeval.scoring.engine import score
from perfeval.scoring.quantity import Rounding, exact, plain
from perfeval.scoring.scheme.tree import Scheme
from perfeval.snapshots.snapshot import Snapshot, read_snapshot
from perfeval.verification.differing import differences
from perfeval.verification.examination import Examination, Identity, Mismatch
from perfeval.verification.pages import Difference, compare

_FIGURE = re.compile(r"\d[\d,.]*")
#: What a scheme or figures that nobody checked may raise when they are computed with.
_COMPUTING_ERRORS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def examine(data: bytes, trust_file: str = "") -> Examination:
    """Return what is in the PDF and what does not fit. ``trust_file``: see ``reading.contents_of``."""
    contents = contents_of(data, trust_file)
    if contents.unreadable:
        return Examination(contents.unreadable)
    findings = [*_in_file(contents), *_in_signatures(contents.signatures)]
    text, scheme_text = (
        contents.attached.get(REPORT_FILE, ""),
        contents.attached.get(SCHEME_FILE, ""),
    )
    told: dict[str, Any] = {
        "page_count": len(contents.pages),
        "signatures": contents.signatures,
        "report_text": text,
        "report_sha256": _sha256(text),
        "scheme_sha256": _sha256(scheme_text),
    }
    try:
        snapshot = read_snapshot(text) if text else None
    except FormatError as error:
        findings.append(_broken(REPORT_FILE, error))
        return Examination(**told, findings=tuple(findings))
    if snapshot is None:
        return Examination(**told, findings=(*findings, Mismatch("no_data")))
    told["identity"] = _identity(snapshot)
    try:
        scheme = scheme_from_json(json.loads(scheme_text))
    except FormatError as error:
        findings.append(_broken(SCHEME_FILE, error))
        return Examination(**told, findings=tuple(findings))
    except (ValueError, RecursionError):
        findings.append(Mismatch("scheme_missing"))
        return Examination(**told, findings=tuple(findings))
    if told["scheme_sha256"] != snapshot.scheme_hash:
        findings.append(Mismatch("scheme_differs"))
    findings += _in_trace(contents, snapshot)
    try:
        findings += _in_scores(snapshot, scheme)
        findings += _in_year_before(snapshot)
        document = build(snapshot, scheme)
        pieces, ahead = list(printed(document)), front(document)
    except _COMPUTING_ERRORS as error:
        findings.append(Mismatch("not_computable", {"reason": str(error)[:200]}))
        return Examination(**told, findings=tuple(findings))
    findings += _in_name(contents, document)
    findings += _on_pages(contents, pieces, ahead)
    figures = sum(len(_FIGURE.findall(piece.text)) for piece in pieces)
    return Examination(**told, figures=figures, findings=tuple(findings))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def _identity(snapshot: Snapshot) -> Identity:
    return Identity(
        title=snapshot.title,
        department_code=snapshot.department_code,
        department_name=snapshot.department_name,
        year=snapshot.year,
        scheme_code=snapshot.scheme_code,
        scheme_version=snapshot.scheme_version,
        revision=snapshot.revision,
        total=plain(snapshot.result.total),
        grade=snapshot.result.grade,
    )


def _broken(name: str, error: FormatError) -> Mismatch:
    problem = error.problems[0]
    return Mismatch(
        "data_broken",
        {"file": name, "path": problem.path, "problem": problem.code, **problem.parameters},
    )


def _in_file(contents: Contents) -> Iterator[Mismatch]:
    if contents.is_protected:
        yield Mismatch("protected")
    for page, count in contents.foreign_objects.items():
        yield Mismatch("foreign_objects", {"page": str(page), "count": str(count)})
    for page, count in contents.hidden_texts.items():
        yield Mismatch("hidden_text", {"page": str(page), "count": str(count)})


def _in_signatures(signatures: tuple[Signature, ...]) -> Iterator[Mismatch]:
    for one in signatures:
        if one.problem:
            yield Mismatch("signature_unreadable", {"reason": one.problem})
        elif not (one.is_intact and one.is_valid):
            yield Mismatch("signature_broken", {"signer": one.signer})
        elif not one.covers_file:
            yield Mismatch("signature_outgrown", {"signer": one.signer})


def _in_trace(contents: Contents, snapshot: Snapshot) -> Iterator[Mismatch]:
    """Yield what the explanation says otherwise than the report's own Result."""
    try:
        trace = json.loads(contents.attached[TRACE_FILE])
    except (LookupError, ValueError, RecursionError):
        yield Mismatch("trace_missing")
        return
    for one in differences(result_as_json(snapshot.result), trace):
        told = {"name": one.name, "path": one.path, "expected": one.expected, "found": one.found}
        yield Mismatch("trace_differs", told)


def _in_scores(snapshot: Snapshot, scheme: Scheme) -> Iterator[Mismatch]:
    """Yield what the engine computes otherwise from the report's figures."""
    computed = _in_any_order(
        result_as_json(
            score(scheme, snapshot.figures, engine_version=snapshot.result.engine_version)
        )
    )
    for one in differences(computed, _in_any_order(result_as_json(snapshot.result))):
        told = {"name": one.name, "path": one.path, "expected": one.expected, "found": one.found}
        yield Mismatch("score_differs", told)


def _in_year_before(snapshot: Snapshot) -> Iterator[Mismatch]:
    """Yield the rates of the year before that are not those of its points; its figures are not in the file."""
    for number, group in enumerate(snapshot.before.groups if snapshot.before else ()):
        rate = Rounding(digits=4).apply(exact(group.points) / exact(group.weight))
        if rate != group.score_rate:
            path = f"before.groups[{number}].score_rate"
            told = {"name": group.name, "path": path, "expected": plain(rate)}
            yield Mismatch("score_differs", told | {"found": plain(group.score_rate)})


def _in_any_order(value: object) -> object:
    """Return a Result's data with the terms of its arithmetic sorted.

    The order of a sum follows that of a scheme's tables, which a database may change; a changed digit stays one.
    """
    match value:
        case dict():
            return {
                key: " ".join(sorted(str(inner).split(" ")))
                if key == "expression"
                else _in_any_order(inner)
                for key, inner in value.items()
            }
        case list():
            return [_in_any_order(inner) for inner in value]
    return value


def _in_name(contents: Contents, document: ReportDocument) -> Iterator[Mismatch]:
    """Yield where the file calls itself, or who wrote it, otherwise than the report; some tools drop the names."""
    for expected, found in (
        (document.title, contents.title),
        (document.author, contents.author),
    ):
        if found and found != expected:
            yield Mismatch("name_differs", {"expected": expected, "found": found})


def _on_pages(
    contents: Contents, pieces: list[Printed], ahead: tuple[Printed, ...]
) -> Iterator[Mismatch]:
    for one in compare(contents.pages, pieces, ahead):
        yield Mismatch(_code(one), _told(one))


def _code(one: Difference) -> str:
    return one.kind.value if one.kind.value.startswith("page_") else f"text_{one.kind}"


def _told(one: Difference) -> dict[str, str]:
    told = {
        "page": str(one.page),
        "expected": one.expected,
        "found": one.found,
        "around": one.around,
        "section": one.place.section,
        "paragraph": str(one.place.paragraph) if one.place.paragraph else "",
        "row": one.place.row,
        "column": one.place.column,
    }
    return {name: text for name, text in told.items() if text}
