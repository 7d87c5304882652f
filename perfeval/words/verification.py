"""The sentences behind the outcomes and the findings of a verification. One line a code.

``verification`` stands above this room, so its codes are plain texts here; a test holds the tables complete.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from perfeval.scoring.codec import FormatProblem
from perfeval.words.scoring import describe_format_problem

OUTCOMES: Mapping[str, Promise] = {
    "genuine": _("Genuine: issued here, and unchanged to the last byte."),
    "signed": _(
        "Not issued here, but its signature holds, the signer is trusted, and all figures agree with its data."
    ),
    "resaved": _(
        "Not the file that was published: its data and figures are those issued here, but the file was "
        "saved anew or changed where no text stands. Ask for the published file."
    ),
    "unproven": _(
        "Nobody vouches for this file: its figures agree with its data, but it was not issued here and no "
        "signer that we know signed it."
    ),
    "changed": _("Changed: this is not what was issued. See below what does not fit."),
    "foreign": _(
        "No published report: the file carries no report data. Drafts and printed or scanned copies "
        "carry none; nothing can be proved of them."
    ),
    "unreadable": _("The file could not be read."),
}

UNREADABLE: Mapping[str, Promise] = {
    "not_pdf": _("This is no PDF. Choose the published PDF file."),
    "broken": _("The PDF is damaged. Get the file again from where it was published."),
    "encrypted": _(
        "The PDF is locked with a password. Published reports are not; get the published file."
    ),
    "too_large": _("The file is larger than 30 MB. A published report is not."),
    "too_many_pages": _("The PDF has more than 600 pages. A published report has not."),
    "too_much_work": _(
        "Reading the file took too long or too much memory, and was given up. A published report needs a second."
    ),
    "busy": _("Too many files are being verified at this moment. Try again in a minute."),
}

FINDINGS: Mapping[str, Promise] = {
    # The data inside.
    "no_data": _("The file carries no report data."),
    "data_broken": _("The embedded %(file)s was changed and can't be read: %(detail)s"),
    "scheme_missing": _(
        "The indicator system that belongs to the data is missing or can't be read."
    ),
    "scheme_differs": _("The embedded indicator system is not the one that the data name."),
    "trace_missing": _("The explanation of the scores is missing or can't be read."),
    "trace_differs": _(
        "The explanation of the scores differs from the report's data: %(name)s (%(path)s) says %(found)s, "
        "the data say %(expected)s."
    ),
    "score_differs": _(
        "Computed anew, the embedded result is wrong: %(name)s (%(path)s) says %(found)s, the figures give %(expected)s."
    ),
    "not_computable": _("The scores can't be computed from the embedded data: %(reason)s"),
    "data_not_issued": _(
        "The report of %(department)s was published here, but with other data than this file carries."
    ),
    "data_differs": _(
        "Embedded data differ from what was issued: %(name)s (%(path)s) says %(found)s, issued was %(expected)s."
    ),
    # The pages.
    "text_changed": _(
        "Page %(page)s, %(place)s: “%(found)s” is printed, the data say “%(expected)s”."
    ),
    "text_missing": _("Page %(page)s, %(place)s: “%(expected)s” is missing."),
    "text_added": _("Page %(page)s, %(place)s: “%(found)s” was added."),
    "page_number": _("Page %(page)s bears the number “%(found)s”, not %(expected)s."),
    "page_missing": _("Page %(expected)s is missing."),
    "page_moved": _("Page %(found)s stands in another place, as page %(page)s of the file."),
    "page_added": _("Page %(page)s of the file does not belong to the report."),
    "foreign_objects": _(
        "Page %(page)s has %(count)s pictures or notes lying on it; a published report has none."
    ),
    "hidden_text": _(
        "Page %(page)s: text is painted over or made invisible in %(count)s places; what is seen there is not what the "
        "file says."
    ),
    "looks_different": _(
        "Page %(page)s looks different from the page that was published, near “%(around)s”, though its text is the same."
    ),
    "name_differs": _("The file calls itself “%(found)s”; the report says “%(expected)s”."),
    "protected": _("The file was locked against changes; published reports are not."),
    "withdrawn": _("This report was public and has been taken back since."),
    # The signatures.
    "signature_unreadable": _("A signature can't be read: %(reason)s"),
    "signature_broken": _(
        "The signature of %(signer)s is broken: the file was changed after it was signed."
    ),
    "signature_outgrown": _("Something was added to the file after %(signer)s signed it."),
    "signature_missing": _(
        "The published file bears the signature of %(signer)s; this one has lost it."
    ),
    "signer_unknown": _(
        "The signature of %(signer)s is intact, but no authority known here vouches for this signer."
    ),
}


def describe_verification(code: str, parameters: Mapping[str, str]) -> str:
    """Return the sentence for a finding, in the reader's language."""
    values = dict.fromkeys(("page", "found", "expected", "name", "path"), "") | dict(parameters)
    if code == "data_broken":
        path, problem = values["path"], values.pop("problem")
        values["detail"] = describe_format_problem(FormatProblem(path, problem, values))
    values["name"] = values["name"] or values["path"]
    values["place"] = _place(values)
    values["page"] = "—" if values["page"] == "0" else values["page"]
    return str(FINDINGS[code]) % values


def _place(values: Mapping[str, str]) -> str:
    """Return where something stands in words: the heading or table, the row and column, the paragraph."""
    parts = [values.get("section", ""), values.get("row", ""), values.get("column", "")]
    if values.get("paragraph"):
        parts.append(gettext("paragraph %(number)s") % {"number": values["paragraph"]})
    return " · ".join(part for part in parts if part)
