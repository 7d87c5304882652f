"""Starting a draft from nothing, and issuing one: what is frozen is shown before it is."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from perfeval.schemes.drafts import new_draft
from perfeval.schemes.models import Scheme as SchemeRow
from perfeval.schemes.rows import SchemeNotStorable
from perfeval.schemes.services import (
    SchemeExists,
    SchemeFrozen,
    SchemeNotClean,
    SchemeOutdated,
    issue_scheme,
)
from perfeval.schemes.versions import discard_draft
from perfeval.scoring.canonical import content_hash
from perfeval.web.access import EDIT_SCHEMES, person, requires
from perfeval.web.fields import LineField, describe
from perfeval.web.filling.page import field_errors
from perfeval.web.filling.saving import COLLIDED, UNREADABLE
from perfeval.web.schemes.editor.page import editor_page, edits_draft, show
from perfeval.web.schemes.editor.rule_form import check_box


class NewDraftForm(forms.Form):
    """What a scheme needs before anything can stand in it."""

    name = LineField(
        label=gettext_lazy("Name"),
        required=True,
        max_length=200,
        help_text=gettext_lazy("As the document calls it, with its year."),
    )
    authority = LineField(label=gettext_lazy("Issued by"), required=True, max_length=120)
    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        min_value=2000,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=gettext_lazy("The budget year that the reports are about."),
    )
    report_title = LineField(
        label=gettext_lazy("Title of the report"),
        required=True,
        max_length=200,
        help_text=gettext_lazy("{year} and {department} stand for the year and the department."),
    )
    code = forms.RegexField(
        regex=r"^[a-z][a-z0-9_]{0,63}$",
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Names it in files and addresses: small letters, digits and _."),
        error_messages={
            "invalid": gettext_lazy("Use small letters, digits and _, beginning with a letter.")
        },
    )


@requires(EDIT_SCHEMES)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask what a new scheme is called, and open its draft in the editor."""
    form = NewDraftForm(request.POST or None)
    describe(form)
    if request.method == "POST" and form.is_valid():
        try:
            row = new_draft(**form.cleaned_data, at=timezone.now())
        except SchemeExists:
            form.add_error("code", _("A scheme has this code already; take another one."))
        except SchemeNotStorable as error:
            form.add_error(None, str(error))
        else:
            return redirect("web:edit_scheme", row.pk)
    errors = field_errors(form) if form.is_bound else ()
    status = UNREADABLE if errors else 200
    told = {"form": form, "errors": errors}
    return render(request, "web/scheme_editor/new.html", told, status=status)


class IssueForm(forms.Form):
    """That the person has read what is frozen; ``seen`` is the hash of what they read."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    is_sure = forms.BooleanField(
        label=gettext_lazy("I have checked the scheme against its document. It shall be issued."),
        error_messages={"required": gettext_lazy("Tick the box to issue the scheme.")},
        widget=check_box(),
    )


@edits_draft
@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest, row: SchemeRow) -> HttpResponse:
    """Show what stands in the way, or what becomes frozen; issue it when the person is sure."""
    page = editor_page(row, "issue_draft")
    now = content_hash(page.read)
    if request.method != "POST":
        return _page(request, row, IssueForm(initial={"seen": now}))
    form = IssueForm(request.POST)
    describe(form)
    if not form.is_valid():
        return _page(request, row, form, status=UNREADABLE)
    if row.is_frozen:
        messages.info(request, _("This version is issued already."))
        return redirect("web:scheme", row.code, row.version)
    if form.cleaned_data["seen"] != now:
        return _page(request, row, IssueForm(initial={"seen": now}), status=COLLIDED, is_stale=True)
    try:
        issued = issue_scheme(scheme=row, by=person(request), at=timezone.now())
    except SchemeFrozen:
        messages.info(request, _("This version is issued already."))
        return redirect("web:scheme", row.code, row.version)
    except SchemeNotClean:
        return _page(request, row, IssueForm(initial={"seen": now}), status=COLLIDED)
    except SchemeOutdated:
        form.add_error(
            None,
            _("A later version is issued already. Start a new version from that one instead."),
        )
        return _page(request, row, form, status=COLLIDED)
    messages.success(
        request, _("Issued. Departments can start their reports on it; it can no longer change.")
    )
    return redirect("web:scheme", issued.code, issued.version)


@edits_draft
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, row: SchemeRow) -> HttpResponse:
    """Ask before a draft goes with everything in it, then delete it."""
    if request.method != "POST":
        return show(request, "discard", editor_page(row, ""))
    name = row.name
    try:
        discard_draft(scheme=row)
    except SchemeFrozen:
        messages.error(request, _("Not deleted: the scheme was issued meanwhile."))
        return redirect("web:scheme", row.code, row.version)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": name})
    return redirect("web:schemes")


def _page(
    request: HttpRequest, row: SchemeRow, form: IssueForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    page = editor_page(row, "issue_draft")
    leaves = list(page.read.leaves())
    told = {
        "form": form,
        "hash": content_hash(page.read),
        "leaves": len(leaves),
        "nodes": sum(1 for _node in page.read.walk()),
        "unverified": sum(bool(node.unverified) for node in page.read.walk()),
        "issued_before": SchemeRow.objects.filter(code=row.code).exclude(pk=row.pk).first(),
        "now": timezone.now(),
        **context,
    }
    return show(
        request,
        "issue",
        page,
        errors=field_errors(form) if form.is_bound else (),
        status=status,
        **told,
    )
