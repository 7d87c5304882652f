"""Why a report file cannot be checked. One line a reason of ``reading.refusals``."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REPORT_REFUSALS: Mapping[str, Promise] = {
    "scan": _(
        "The file is a scan or a picture without text; use a recognised copy or the Word original."
    ),
    "encrypted": _("The file asks for a password; remove it first."),
    "broken": _("The file is broken or not what its name says; it can't be opened."),
    "kind": _(
        "This kind of file can't be read; use PDF, OFD, Word (.docx), Excel (.xlsx, .xls) or text."
    ),
    "old-format": _(
        "Old Word and WPS files (.doc, .wps, .et) can't be read; save the file as .docx, .xlsx or PDF."
    ),
    "empty": _("The file has no text."),
    "not-a-report": _(
        "This does not look like an evaluation report: nothing in it speaks of performance, budget, spending or scores."
    ),
    "missing": _("There is no such file, or it may not be read."),
    "too-large": _("The file is larger than can be checked."),
    "too-much-work": _("The file takes more time or memory to read than it may."),
    "busy": _("Too many files are being read at this moment. Try again in a minute."),
}
