"""One indicator of a draft: its words, its rule by kind, and a bench on which the rule is tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from perfeval.schemes.drafts import DraftChanged, draft_version, edit_draft, indicator_part
from perfeval.schemes.models import Scheme as SchemeRow
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.schemes.rows import SchemeNotStorable
from perfeval.schemes.services import SchemeFrozen
from perfeval.scoring.scheme import editing
from perfeval.scoring.scheme.lint import parameter_problems
from perfeval.scoring.scheme.tree import Indicator, Rule, Scheme
from perfeval.web.fields import LineField, LongTextField, describe, freeze, note_stored
from perfeval.web.filling.page import field_errors
from perfeval.web.filling.saving import COLLIDED, UNREADABLE
from perfeval.web.schemes.editor.bench import Bench
from perfeval.web.schemes.editor.findings import DraftFinding, by_field
from perfeval.web.schemes.editor.page import editor_page, edits_draft, show
from perfeval.web.schemes.editor.rule_flat import flat_data, flat_rule, refitted
from perfeval.web.schemes.editor.rule_form import ParameterBlock, RuleForm, check_box, typed_form
from perfeval.web.schemes.editor.rule_reading import read_rule_form
from perfeval.web.schemes.editor.tree import weight_field
from perfeval.words.rules import describe_rule

#: The longest standard, evidence or source that is taken.
TEXT_LENGTH = 4000


def _flag(label: Any, hint: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=hint, required=False, widget=check_box())


class IndicatorForm(forms.Form):
    """What an indicator says beside its rule. ``fields_of_group``: what one with children has."""

    name = LineField(
        label=gettext_lazy("Name"),
        required=True,
        max_length=200,
        error_messages={"required": gettext_lazy("The indicator needs a name.")},
    )
    weight = weight_field(gettext_lazy("Weight"))  # type: ignore[arg-type]
    standard = LongTextField(
        label=gettext_lazy("Scoring standard"),
        help_text=gettext_lazy(
            "As the official table words it; it is printed in the report's annex."
        ),
        max_length=TEXT_LENGTH,
    )
    evidence = LongTextField(
        label=gettext_lazy("Evidence asked for"),
        help_text=gettext_lazy("Leave it empty when none has to be attached."),
        max_length=TEXT_LENGTH,
        rows=2,
    )
    source = LongTextField(
        label=gettext_lazy("Source"),
        help_text=gettext_lazy("The document and the place that this is taken from."),
        max_length=TEXT_LENGTH,
        rows=1,
    )
    unverified = LongTextField(
        label=gettext_lazy("What is not from a public document"),
        help_text=gettext_lazy("Leave it empty when all of it is."),
        max_length=TEXT_LENGTH,
        rows=1,
    )
    code = forms.RegexField(
        regex=r"^[a-z][a-z0-9_]{0,63}$",
        label=gettext_lazy("Code"),
        help_text=gettext_lazy(
            "Names it in files: small letters, digits and _, for instance spending_rate."
        ),
        error_messages={
            "invalid": gettext_lazy("Use small letters, digits and _, beginning with a letter.")
        },
    )
    is_scored_group = _flag(
        gettext_lazy("A page of its own in the report's forms, and a paragraph in the report"),
        gettext_lazy("One indicator above or at each scored one has this."),
    )
    lists_all_items = _flag(
        gettext_lazy("Its paragraph names every indicator, not only those that lost points")
    )
    is_own = _flag(gettext_lazy("Defined by the department itself"))
    is_adjustment = _flag(
        gettext_lazy("Bonus or penalty, outside the full score"),
        gettext_lazy("Only at the first level; its weight is the largest bonus."),
    )

    def __init__(self, node: Indicator, scheme: Scheme, data: Any = None) -> None:
        """Show what ``node`` says, or what was typed."""
        names = {spec.name for spec in fields(Indicator)} & set(self.base_fields)
        super().__init__(data, initial={name: getattr(node, name) for name in names})
        self.taken = {one.code for one in scheme.walk()} - {node.code}
        if node.children:
            for name in ("standard", "evidence", "is_own", "is_adjustment"):
                del self.fields[name]
        elif not node.is_adjustment and node.level > 1:
            del self.fields["is_adjustment"]
        describe(self)

    def clean_code(self) -> str:
        """Return the code. Raises: ValidationError when another indicator has it."""
        code: str = self.cleaned_data["code"]
        if code in self.taken:
            raise forms.ValidationError(_("Another indicator has this code."))
        return code

    def values(self) -> dict[str, Any]:
        """Return the typed fields; an empty weight is 0."""
        return {**self.cleaned_data, "weight": self.cleaned_data.get("weight") or 0}


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block of the rule form with the findings at it."""

    block: ParameterBlock
    findings: Sequence[DraftFinding]


@edits_draft
@require_http_methods(["GET", "POST"])
def indicator(request: HttpRequest, row: SchemeRow, indicator: str) -> HttpResponse:
    """Show one indicator; save it, refit its rule form, or try what is typed on the bench."""
    read = as_scoring_scheme(row)
    node = _node(read, indicator)
    if node is None and request.method != "POST":
        raise Http404
    if node is None:
        return _deleted(request, row, read)
    if request.method != "POST":
        form = RuleForm(read, node.name, flat_rule(node.rule))
        return _page(request, row, read, node, typed=IndicatorForm(node, read), form=form)
    typed = IndicatorForm(node, read, request.POST)
    if "refit" in request.POST or "row" in request.POST:
        flat = refitted(flat_data(request.POST), request.POST.get("row", ""))
        form = RuleForm(read, node.name, flat)
        return _page(
            request, row, read, node, typed=typed, form=form, template="rule", is_unsaved=True
        )
    form = typed_form(read, node.name, request.POST)
    if "try" in request.POST:
        return _page(
            request, row, read, node, typed=typed, form=form, template="bench", is_unsaved=True
        )
    if not typed.is_valid() or not form.is_valid():
        return _page(request, row, read, node, typed=typed, form=form, status=UNREADABLE)
    return _save(request, row, node, typed, form)


def _save(
    request: HttpRequest, row: SchemeRow, node: Indicator, typed: IndicatorForm, form: RuleForm
) -> HttpResponse:
    values = typed.values()
    if not node.children or "remove_rule" in request.POST:
        values["rule"] = None if node.children else read_rule_form(form)
    try:
        edit_draft(
            scheme=row,
            part=indicator_part(node.code),
            version=request.POST.get("version", ""),
            change=lambda scheme: editing.with_fields(scheme, node.code, **values),
        )
    except SchemeFrozen:
        read = as_scoring_scheme(row)
        return _page(
            request, row, read, node, typed=typed, form=form, status=COLLIDED, is_locked=True
        )
    except SchemeNotStorable as error:
        typed.add_error(None, str(error))
        read = as_scoring_scheme(row)
        return _page(request, row, read, node, typed=typed, form=form, status=UNREADABLE)
    except DraftChanged as stale:
        theirs = _node(stale.stored, node.code)
        if theirs is None:
            return _deleted(request, row, stale.stored)
        note_stored(typed, IndicatorForm(theirs, stale.stored))
        return _page(
            request,
            row,
            stale.stored,
            theirs,
            typed=typed,
            form=form,
            status=COLLIDED,
            is_stale=True,
        )
    messages.success(request, _("Saved."))
    return redirect(_next(request, row, values["code"]))


def _next(request: HttpRequest, row: SchemeRow, code: str) -> str:
    """Return where the person goes after saving: on to the next indicator, or nowhere."""
    if request.POST.get("go") == "next":
        beside = _beside(as_scoring_scheme(row), code)[1]
        if beside is None:
            return reverse("web:edit_scheme", args=[row.pk])
        code = beside.code
    return reverse("web:edit_indicator", args=[row.pk, code])


def _page(
    request: HttpRequest,
    row: SchemeRow,
    read: Scheme,
    node: Indicator,
    *,
    typed: IndicatorForm,
    form: RuleForm,
    status: int = 200,
    template: str = "",
    **context: Any,
) -> HttpResponse:
    row.refresh_from_db()
    if context.get("is_locked"):
        freeze(typed)
        freeze(form)
    page = editor_page(row, "edit_scheme", read)
    found = by_field(page.findings, node.code)
    before, after = _beside(read, node.code)
    rule = _rule_of(form, node)
    is_bound = form.is_bound and "try" in request.POST
    told = {
        "node": node,
        "path": _path_to(read, node.code),
        "form": typed,
        "rule": form,
        "blocks": [ShownBlock(block, found.get(f"rule.{block.name}", ())) for block in form.blocks],
        "rule_findings": [] if context.get("is_unsaved") else _of_rule(found, form),
        "field_findings": found,
        "bench": Bench(read, node, rule, request.POST if is_bound else None),
        "told": _sentences(read, node),
        "version": draft_version(read, indicator_part(node.code)),
        "before": before,
        "after": after,
        "is_leaf": node.is_leaf,
        **context,
    }
    errors = field_errors(typed, form) if status == UNREADABLE else ()
    chosen = f"{template}_part" if template and request.htmx else "indicator"  # type: ignore[attr-defined]
    return show(request, chosen, page, errors=errors, status=status, **told)


def _of_rule(found: Mapping[str, Sequence[DraftFinding]], form: RuleForm) -> list[DraftFinding]:
    """Return the findings at the rule that stand at none of its blocks."""
    shown = {f"rule.{block.name}" for block in form.blocks}
    return [
        finding
        for at, findings in found.items()
        if at.partition(".")[0] == "rule" and at not in shown
        for finding in findings
    ]


def _rule_of(form: RuleForm, node: Indicator) -> Rule | None:
    """Return the rule that the bench tries: the typed one where it can be read, else the stored."""
    if not form.is_bound:
        return node.rule if form.kind == (node.rule.kind if node.rule else "") else None
    return read_rule_form(form) if form.is_valid() else None


def _sentences(read: Scheme, node: Indicator) -> tuple[str, ...]:
    """Return the stored rule in words, nothing while it is unfinished."""
    if node.rule is None or parameter_problems(node.rule, ""):
        return ()
    return describe_rule(node, read)


def _deleted(request: HttpRequest, row: SchemeRow, read: Scheme) -> HttpResponse:
    """Say that the indicator is gone, and show what was typed so that it can be copied."""
    page = editor_page(row, "edit_scheme", read)
    typed = [
        (name, text)
        for name in ("name", "weight", "standard", "evidence", "source", "unverified")
        if (text := request.POST.get(name))
    ]
    return show(request, "deleted", page, typed=typed, status=COLLIDED)


def _node(read: Scheme, code: str) -> Indicator | None:
    return next((node for node in read.walk() if node.code == code), None)


def _beside(read: Scheme, code: str) -> tuple[Indicator | None, Indicator | None]:
    """Return the leaves before and behind the indicator in the order of the tree."""
    nodes = list(read.walk())
    here = next((n for n, node in enumerate(nodes) if node.code == code), 0)
    before = [node for node in nodes[:here] if node.is_leaf]
    after = [node for node in nodes[here + 1 :] if node.is_leaf]
    return (before[-1] if before else None, after[0] if after else None)


def _path_to(read: Scheme, code: str) -> list[str]:
    """Return the names of what the indicator lies below, from the first level down."""
    return [
        node.name
        for node in read.walk()
        if node.code != code and any(one.code == code for one in node.walk())
    ]
