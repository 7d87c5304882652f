"""The tree of a draft: names and weights with their sums; adding, moving and deleting indicators."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import reswap

from perfeval.schemes.drafts import TREE, DraftChanged, draft_version, edit_draft
from perfeval.schemes.models import Scheme as SchemeRow
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.schemes.services import SchemeFrozen
from perfeval.scoring.scheme import editing
from perfeval.scoring.scheme.checks import MAX_LEVEL
from perfeval.scoring.scheme.tree import Indicator, Scheme
from perfeval.web.fields import ExactNumberField, LineField, describe, note_stored
from perfeval.web.filling.page import field_errors
from perfeval.web.filling.saving import COLLIDED, UNREADABLE
from perfeval.web.schemes.editor.findings import DraftFinding, by_field
from perfeval.web.schemes.editor.page import EditorPage, editor_page, edits_draft, show

#: A weight is kept with four decimals.
WEIGHT_PLACES, WEIGHT_MAXIMUM = 4, Decimal("9999.9999")

#: The buttons of a row and what they do to the tree.
MOVES: Mapping[str, Callable[[Scheme, str], Scheme]] = {
    "up": lambda scheme, code: editing.shifted(scheme, code, -1),
    "down": lambda scheme, code: editing.shifted(scheme, code, 1),
    "in": editing.indented,
    "out": editing.outdented,
}


class TreeForm(forms.Form):
    """The name and the weight of every indicator."""

    def __init__(self, scheme: Scheme, data: Any = None) -> None:
        """Build two fields for each indicator, in the order of the tree."""
        super().__init__(data)
        for node in scheme.walk():
            self.fields[f"name-{node.code}"] = LineField(
                label=_("Name of “%(name)s”") % {"name": node.name},
                required=True,
                max_length=200,
                initial=node.name,
                error_messages={"required": _("The indicator needs a name.")},
            )
            label = _("Weight of “%(name)s”") % {"name": node.name}
            self.fields[f"weight-{node.code}"] = weight_field(label, node.weight)
        describe(self)

    def typed(self, scheme: Scheme) -> dict[str, tuple[str, Decimal]]:
        """Return names and weights by code; an empty weight is 0."""
        return {
            node.code: (
                self.cleaned_data[f"name-{node.code}"],
                self.cleaned_data[f"weight-{node.code}"] or Decimal(0),
            )
            for node in scheme.walk()
        }


def weight_field(label: str, weight: Decimal | None = None) -> ExactNumberField:
    """Return the field for a weight in points."""
    return ExactNumberField(
        label=label,
        places=WEIGHT_PLACES,
        maximum=WEIGHT_MAXIMUM,
        initial=weight,
    )


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One line of the tree. ``total``: what the weights below it add up to, None for a leaf."""

    indicator: Indicator
    name: forms.BoundField
    weight: forms.BoundField
    total: Decimal | None
    is_off: bool
    findings: tuple[DraftFinding, ...]
    parent: str
    number: str
    can_go_in: bool


@dataclass(frozen=True, slots=True)
class TreeTotal:
    """The weights of the first level against the full score."""

    total: Decimal
    full: Decimal
    is_off: bool


@edits_draft
@require_http_methods(["GET", "POST"])
def tree(request: HttpRequest, row: SchemeRow) -> HttpResponse:
    """Show the tree; save its names and weights, then move, add or open what a button names."""
    read = as_scoring_scheme(row)
    if request.method != "POST":
        return _page(request, row, TreeForm(read))
    form = TreeForm(read, request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=UNREADABLE)
    done = _Change(request.POST.dict(), form.typed(read))
    try:
        changed = edit_draft(
            scheme=row, part=TREE, version=request.POST.get("version", ""), change=done.apply
        )
    except SchemeFrozen:
        return _page(request, row, form, status=COLLIDED, is_locked=True)
    except DraftChanged as stale:
        theirs = TreeForm(stale.stored, {**request.POST.dict()})
        stored = TreeForm(stale.stored)
        for name in set(theirs.fields) - set(request.POST):
            theirs.data[name] = stored[name].value()  # type: ignore[index]
        note_stored(theirs, stored)
        return _page(request, row, theirs, status=COLLIDED, is_stale=True)
    except editing.TreeMoveRefused:
        return _page(request, row, form, status=COLLIDED, is_refused=True)
    if request.htmx and not done.is_structural:  # type: ignore[attr-defined]
        page = editor_page(row, "edit_scheme", changed)
        return show(request, "tree_saved", page, **_context(page, TreeForm(changed)))
    if request.htmx:  # type: ignore[attr-defined]
        page = editor_page(row, "edit_scheme", changed)
        return show(request, "tree_rows", page, is_alone=True, **_context(page, TreeForm(changed)))
    return redirect(reverse("web:edit_scheme", args=[row.pk]) + done.anchor)


@edits_draft
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, row: SchemeRow, indicator: str) -> HttpResponse:
    """Ask before an indicator goes with all below it, then delete it."""
    read = as_scoring_scheme(row)
    node = next((one for one in read.walk() if one.code == indicator), None)
    if node is None:
        messages.info(request, _("This indicator was deleted already."))
        return redirect("web:edit_scheme", row.pk)
    if request.method == "POST":
        try:
            edit_draft(
                scheme=row,
                part=TREE,
                version=None,
                change=lambda scheme: editing.removed(scheme, indicator),
            )
        except SchemeFrozen:
            messages.error(request, _("Not deleted: the scheme was issued meanwhile."))
            return redirect("web:scheme", row.code, row.version)
        messages.success(request, _("“%(name)s” is deleted.") % {"name": node.name})
        return redirect("web:edit_scheme", row.pk)
    page = editor_page(row, "edit_scheme", read)
    return show(request, "delete", page, node=node, count=sum(1 for _one in node.walk()) - 1)


class _Change:
    """What one request asks of the tree: names and weights first, then what its button says."""

    def __init__(self, data: Mapping[str, str], typed: dict[str, tuple[str, Decimal]]) -> None:
        self.data, self.typed = data, typed
        self.move, _colon, self.code = data.get("move", "").partition(":")
        self.added = ""

    @property
    def is_structural(self) -> bool:
        """Return whether rows come, go or move, so that the page needs them anew."""
        return bool(self.move) or "add" in self.data or bool(self.data.get("dragged"))

    @property
    def anchor(self) -> str:
        """Return where the page shows what was changed."""
        code = self.added or self.code
        return f"#node-{code}" if code else ""

    def apply(self, scheme: Scheme) -> Scheme:
        """Return the changed scheme; unknown codes change nothing. Raises: MoveRefused."""
        scheme = editing.with_weights_and_names(scheme, self.typed)
        known = {node.code for node in scheme.walk()}
        if self.move in MOVES and self.code in known:
            return MOVES[self.move](scheme, self.code)
        dragged, below = self.data.get("dragged", ""), self.data.get("below", "")
        if dragged in known and below in known | {""}:
            return editing.moved(scheme, dragged, below, self.data.get("before", ""))
        if "add" in self.data and self.data["add"] in known | {""}:
            scheme, self.added = editing.added(scheme, self.data["add"], _("New indicator"))
        return scheme


def _page(
    request: HttpRequest, row: SchemeRow, form: TreeForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    row.refresh_from_db()
    page = editor_page(row, "edit_scheme")
    template = "tree_refused" if request.htmx and status != 200 else "tree"  # type: ignore[attr-defined]
    errors = field_errors(form) if form.is_bound else ()
    answer = show(
        request, template, page, errors=errors, status=status, **_context(page, form), **context
    )
    # A button would put the answer in the place of the rows; what was typed there stays.
    return reswap(answer, "none") if template == "tree_refused" else answer


def _context(page: EditorPage, form: TreeForm) -> dict[str, Any]:
    """Return the rows with their sums and findings, the total, the version of the form."""
    rows = [] if not form.fields else _rows(page, form)
    base = [node.weight for node in page.read.indicators if not node.is_adjustment]
    total = sum(base, Decimal(0))
    return {
        "rows": rows,
        "form": form,
        "total": TreeTotal(total, page.read.full_score, total != page.read.full_score),
        "version": draft_version(page.read, TREE),
        "most": MAX_LEVEL,
    }


def _rows(page: EditorPage, form: TreeForm) -> list[TreeRow]:
    rows: list[TreeRow] = []

    def walk(nodes: tuple[Indicator, ...], parent: str, number: str) -> None:
        for position, node in enumerate(nodes, start=1):
            here = f"{number}{position}"
            total = sum((child.weight for child in node.children), Decimal(0))
            found = tuple(
                one for group in by_field(page.findings, node.code).values() for one in group
            )
            if f"name-{node.code}" in form.fields:
                rows.append(
                    TreeRow(
                        indicator=node,
                        name=form[f"name-{node.code}"],
                        weight=form[f"weight-{node.code}"],
                        total=total if node.children else None,
                        is_off=bool(node.children) and total != node.weight,
                        findings=found,
                        parent=parent,
                        number=here,
                        can_go_in=position > 1 and _depth(node) + node.level <= MAX_LEVEL,
                    )
                )
            walk(node.children, node.code, f"{here}.")

    walk(page.read.indicators, "", "")
    return rows


def _depth(node: Indicator) -> int:
    """Return how many levels the node and what lies below it take."""
    return 1 + max((_depth(child) for child in node.children), default=0)
