"""Importing a scheme from Excel: upload, look at every row, confirm; only then a draft is stored.

Between the steps the form itself carries the sheets, signed: nothing is lost and nothing kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from perfeval.schemes.rows import SchemeNotStorable
from perfeval.schemes.services import SchemeExists, load_scheme
from perfeval.scoring.scheme.reading import SchemeProblems
from perfeval.scoring.scheme.tree import Scheme
from perfeval.sheets.grid import Grid
from perfeval.sheets.importing import (
    Head,
    Import,
    NotUnderstood,
    RowsRefused,
    draft_of,
    read_import,
)
from perfeval.web.access import EDIT_SCHEMES, requires
from perfeval.web.filling.page import FieldError, field_errors
from perfeval.web.schemes.importing_forms import (
    ImportHeadForm,
    ReadingForm,
    UploadForm,
    column_choices,
    first_head,
    from_token,
)
from perfeval.web.schemes.importing_page import BY_HAND, TAKE, likely_codes, preview_of
from perfeval.words.scoring import describe_format_problem


@requires(EDIT_SCHEMES)
@require_http_methods(["GET", "HEAD", "POST"])
def import_scheme(request: HttpRequest) -> HttpResponse:
    """Show the upload; the preview of what was uploaded; store the draft that was confirmed."""
    if request.method != "POST":
        return _upload_page(request, UploadForm())
    if "token" not in request.POST:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return _upload_page(request, form)
        return _preview(request, form.grids, form.token, ReadingForm({}), is_first=True)
    token = request.POST["token"]
    try:
        grids = from_token(token)
    except signing.BadSignature:
        return _upload_page(request, UploadForm(), is_expired=True)
    is_first = request.POST.get("step") != "confirm"
    return _preview(request, grids, token, ReadingForm(request.POST), is_first=is_first)


def _upload_page(
    request: HttpRequest, form: UploadForm, *, is_expired: bool = False, refused: Any = ()
) -> HttpResponse:
    """Show the form for the file, with what is wrong with the last one."""
    told = {"form": form, "is_expired": is_expired, "refused": refused}
    is_bad = is_expired or bool(form.errors) or bool(refused)
    return render(request, "web/schemes/import.html", told, status=422 if is_bad else 200)


def _preview(
    request: HttpRequest,
    grids: tuple[Grid, ...],
    token: str,
    reading: ReadingForm,
    *,
    is_first: bool,
) -> HttpResponse:
    """Read the sheets as the form says, and show them or store the draft."""
    reading.is_valid()
    base = reading.base_scheme()
    sheet = reading.cleaned_data.get("sheet", "")
    is_other_sheet = sheet != request.POST.get("sheet_shown", sheet)
    roles = None if is_other_sheet else reading.roles()
    try:
        found = read_import(grids, base, sheet=sheet, roles=roles)
    except NotUnderstood as error:
        names = "、".join(error.sheets)
        told = _(
            "No row in %(sheets)s was understood as the header of a table of indicators. A header names "
            "indicators (一级指标, 指标名称 …) and beside them weights (分值, 权重) or standards "
            "(评分标准)."
        ) % {"sheets": names}
        return _upload_page(request, UploadForm(), refused=[told])
    except RowsRefused as error:
        refused = [f"{place}: {describe_format_problem(one)}" for place, one in error.problems]
        return _upload_page(request, UploadForm(), refused=refused)
    proposed = first_head(found, timezone.localdate().year)
    head = ImportHeadForm(initial=proposed) if is_first else ImportHeadForm(request.POST)
    chosen = {
        line.code: request.POST[f"rule-{line.code}"]
        for line in found.guesses
        if request.POST.get(f"rule-{line.code}") in (TAKE, BY_HAND)
    }
    page = _Page(grids, token, reading, head, found, base, chosen)
    return _shown(request, page) if is_first else _confirmed(request, page)


@dataclass(frozen=True, slots=True)
class _Page:
    """What both outcomes of a form need; ``chosen``: what a person said of a guess, by code."""

    grids: tuple[Grid, ...]
    token: str
    reading: ReadingForm
    head: ImportHeadForm
    found: Import
    base: Scheme
    chosen: Mapping[str, str]

    @property
    def unanswered(self) -> list[str]:
        """Return the codes of guesses that rest on an assumption and were not decided yet."""
        return [code for code in likely_codes(self.found) if code not in self.chosen]


def _confirmed(request: HttpRequest, page: _Page) -> HttpResponse:
    """Store the draft and open it in the editor, or show the preview with what is missing."""
    if not page.head.is_valid() or page.unanswered or not page.found.lines:
        return _shown(request, page, errors=_errors(page))
    by_hand = {code for code, choice in page.chosen.items() if choice == BY_HAND}
    try:
        draft = draft_of(page.found, page.head.head(), page.base, by_hand)
        row = load_scheme(scheme=draft, at=timezone.now())
    except SchemeExists:
        page.head.add_error("version", _("This version of the scheme exists already."))
    except SchemeNotStorable as error:
        page.head.add_error("name", str(error))
    except SchemeProblems as error:
        page.head.add_error("name", [describe_format_problem(one) for one in error.problems])
    else:
        return redirect("web:edit_scheme", row.pk)
    return _shown(request, page, errors=_errors(page))


def _errors(page: _Page) -> list[FieldError]:
    """Return every error with a link to its field."""
    errors = list(field_errors(page.head))
    if not page.found.lines:
        told = _(
            "Nothing was read yet. Say what the columns of the sheet mean, then read it again."
        )
        errors.append(FieldError("#columns", told))
    names = {line.code: line.node.name for line in page.found.lines}
    for code in page.unanswered:
        told = _("“%(name)s”: take the proposed rule or score by hand?") % {"name": names[code]}
        errors.append(FieldError(f"#row-{code}", told))
    return errors


def _shown(request: HttpRequest, page: _Page, errors: Any = ()) -> HttpResponse:
    """Show the preview."""
    proposed = first_head(page.found, timezone.localdate().year)
    names = ("code", "version", "name", "authority", "year", "source")
    try:
        draft = draft_of(page.found, Head(**{name: proposed[name] for name in names}), page.base)
    except SchemeProblems as error:
        refused = [describe_format_problem(one) for one in error.problems]
        return _upload_page(request, UploadForm(), refused=refused)
    preview = preview_of(page.found, draft, page.chosen, page.unanswered if errors else ())
    told = {
        "preview": preview,
        "token": page.token,
        "head": page.head,
        "reading": page.reading,
        "columns": column_choices(page.found, page.grids),
        "errors": errors,
    }
    status = 422 if errors else 200
    return render(request, "web/schemes/import_preview.html", told, status=status)


urlpatterns = [path("import/", import_scheme, name="import_scheme")]
