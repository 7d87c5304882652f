"""The findings of a page as PDF, and as the page carries them: signed, so that nothing is kept."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from perfeval.checking.findings import FindingSeverity
from perfeval.office.finding_list import FileFindings, FindingRow
from perfeval.typesetting.listings import set_listing
from perfeval.web.checking.files import Checked
from perfeval.web.checking.page import rows_of
from perfeval.words.checking import SEVERITY_NAMES
from perfeval.words.reading import REPORT_REFUSALS

_SALT = "perfeval.web.checking.upload.findings"
_DAY = 24 * 3600
_TEMPLATE = settings.BASE_DIR / "templates" / "web" / "checking" / "findings.typ"
#: A PDF lists so many findings; who has more reads them in Excel.
MOST_IN_PDF = 1_000


def file_findings(checked: Checked, rows: Sequence[FindingRow] | None = None) -> FileFindings:
    """Return what was found in a file in the active language."""
    return FileFindings(
        name=checked.name,
        claims=checked.found.claims if checked.found else 0,
        fault=str(REPORT_REFUSALS[checked.fault.reason]) if checked.fault else "",
        rows=tuple(rows_of(checked) if rows is None else rows),
    )


def as_token(files: Iterable[FileFindings]) -> str:
    """Return what a download needs, signed, so that the server keeps nothing."""
    payload = [
        {
            "file": file.name,
            "claims": file.claims,
            "fault": file.fault,
            "rows": [
                [
                    row.line,
                    row.severity,
                    row.code,
                    row.message,
                    row.stated,
                    row.computed,
                    row.excerpt,
                ]
                for row in file.rows
            ],
        }
        for file in files
    ]
    return signing.dumps(payload, salt=_SALT, compress=True)


def read_token(token: str) -> list[FileFindings]:
    """Return the findings that a page carries.

    Raises: signing.BadSignature when the token is not ours or older than a day.
    """
    payload = signing.loads(token, salt=_SALT, max_age=_DAY)
    return [
        FileFindings(
            file["file"],
            file["claims"],
            file["fault"],
            tuple(
                FindingRow(
                    number=number,
                    file=file["file"],
                    line=line,
                    severity=severity,
                    severity_name=str(SEVERITY_NAMES[FindingSeverity(severity)]),
                    code=code,
                    message=message,
                    excerpt=excerpt,
                    stated=stated,
                    computed=computed,
                )
                for number, (line, severity, code, message, stated, computed, excerpt) in enumerate(
                    file["rows"], 1
                )
            ),
        )
        for file in payload
    ]


def pdf_of(files: Sequence[FileFindings], *, at: datetime) -> bytes:
    """Return the findings as PDF: an overview of the files where there are several, then each file.

    Raises: rendering's ListingFailed, FontPackMissing.
    """
    listed = list(_up_to(files, MOST_IN_PDF))
    left_out = sum(len(file.rows) for file in files) - sum(len(file.rows) for file in listed)
    is_batch = len(files) > 1
    shown_at = formats.date_format(timezone.localtime(at), "Y-m-d H:i")
    name = files[0].name or _("Pasted text")
    data = {
        "title": _("Findings of the check"),
        "language": (get_language() or "zh")[:2],
        "facts": [
            [_("Files"), len(files)] if is_batch else [_("File"), name],
            [_("Date of the check"), shown_at],
            [_("Claims read"), sum(file.claims for file in files)],
        ],
        "counts": [
            {"severity": "error", "number": sum(one.errors for one in files), "name": _("Errors")},
            {
                "severity": "warning",
                "number": sum(one.warnings for one in files),
                "name": _("Warnings"),
            },
            {"severity": "note", "number": sum(one.notes for one in files), "name": _("Notes")},
        ],
        "legend": _(
            "An error cannot be true. A warning is probably wrong, or true only in a reading that the text does not give. A note is worth a look."
        ),
        "overview": _overview_of(files) if is_batch else None,
        "heads": [
            _("No."),
            _("Line"),
            _("Severity"),
            _("What is wrong"),
            _("Stated"),
            _("Follows"),
        ],
        "files": [
            {
                "title": file.name if is_batch else _("Findings"),
                "rows": [asdict(row) for row in file.rows],
            }
            for file in listed
        ],
        "left_out": ngettext(
            "%(counter)s further finding is not listed here; the Excel file has it.",
            "%(counter)s further findings are not listed here; the Excel file has all of them.",
            left_out,
        )
        % {"counter": left_out}
        if left_out
        else "",
        "nothing": ""
        if listed
        else _("Nothing was found.")
        + " "
        + _(
            "Every figure that could be held against another holds. What stands only once cannot be checked."
        ),
    }
    return set_listing(_TEMPLATE, data, created_at=at)


def _overview_of(files: Sequence[FileFindings]) -> dict[str, object]:
    """Return the table of the files: what was read and found in each, or why nothing was read."""
    return {
        "title": _("Overview of the checked reports"),
        "heads": [
            _("No."),
            _("File"),
            _("Claims read"),
            _("Errors"),
            _("Warnings"),
            _("Notes"),
        ],
        "rows": [
            {
                "name": file.name,
                "fault": f"{_('Not read')}: {file.fault}" if file.fault else "",
                "counts": [file.claims, file.errors, file.warnings, file.notes],
            }
            for file in files
        ],
    }


def _up_to(files: Sequence[FileFindings], most: int) -> Iterator[FileFindings]:
    """Yield the files that have findings, as long as there is room for them."""
    room = most
    for file in files:
        if file.rows and room > 0:
            yield FileFindings(file.name, file.claims, file.fault, file.rows[:room])
            room -= len(file.rows)
