"""What every page of the editor shares: the draft, its findings, the ways between the pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from perfeval.schemes.models import Scheme as SchemeRow
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.scheme.tree import Scheme
from perfeval.web.access import EDIT_SCHEMES, requires
from perfeval.web.filling.page import FieldError
from perfeval.web.schemes.editor.findings import DraftFinding, findings_of

#: The pages of the editor in the order of their links.
PAGES: tuple[tuple[str, Promise], ...] = (
    ("edit_scheme", _("Indicators and rules")),
    ("edit_head", _("Title and rounding")),
    ("edit_grades", _("Grades and limits")),
    ("edit_outline", _("Outline of the report")),
    ("edit_layout", _("Budget table and phrases")),
    ("issue_draft", _("Check and issue")),
)


@dataclass(frozen=True, slots=True)
class Link:
    """One way to another page of the editor."""

    href: str
    title: Promise
    is_current: bool


@dataclass(frozen=True, slots=True)
class EditorPage:
    """A draft with what all its pages show."""

    row: SchemeRow
    read: Scheme
    findings: tuple[DraftFinding, ...]
    links: tuple[Link, ...]

    @property
    def is_frozen(self) -> bool:
        """Return whether the scheme was issued meanwhile."""
        return self.row.is_frozen


def editor_page(row: SchemeRow, current: str, read: Scheme | None = None) -> EditorPage:
    """Return what the pages of the draft share; ``current`` names the address of this one."""
    draft = read or as_scoring_scheme(row)
    links = tuple(
        Link(reverse(f"web:{name}", args=[row.pk]), title, name == current) for name, title in PAGES
    )
    return EditorPage(row, draft, findings_of(row, draft), links)


def show(
    request: HttpRequest,
    template: str,
    page: EditorPage,
    *,
    errors: Sequence[FieldError] = (),
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Return the page rendered; ``errors`` fill the summary at its top."""
    told = {"page": page, "scheme": page.row, "read": page.read, "errors": errors, **context}
    return render(request, f"web/scheme_editor/{template}.html", told, status=status)


def edits_draft(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Return the view for scheme owners; it gets the row that the address names.

    Of a scheme that is issued the page says so: a form that was open while it was issued keeps what
    was typed. ``drafts.edit_draft`` holds the lock itself.
    """

    @requires(EDIT_SCHEMES)
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, scheme_id: int, **kwargs: Any) -> HttpResponseBase:
        row = get_object_or_404(SchemeRow, pk=scheme_id)
        if row.is_frozen and request.method != "POST":
            return render(request, "web/scheme_editor/frozen.html", {"scheme": row}, status=409)
        return view(request, row, *args, **kwargs)

    return opened
