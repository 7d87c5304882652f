"""The other parts of a draft: title and rounding, grades and limits, outline, budget table and phrases."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from perfeval.schemes import drafts
from perfeval.schemes.drafts import DraftChanged, draft_version, edit_draft
from perfeval.schemes.models import Scheme as SchemeRow
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.schemes.rows import SchemeNotStorable
from perfeval.schemes.services import SchemeExists, SchemeFrozen
from perfeval.scoring.quantity import Rounding, RoundingMode
from perfeval.scoring.rules.parameters import MAX_ROUNDING_DIGITS
from perfeval.scoring.scheme.reading import SchemeProblems, read_fields
from perfeval.scoring.scheme.tree import EqualGoals, GradeBand, OutlineSection, Scheme, TotalCap
from perfeval.scoring.scheme.writing import write_fields
from perfeval.web.fields import ExactNumberField, LineField, LongTextField, describe, freeze
from perfeval.web.filling.page import FieldError, field_errors
from perfeval.web.filling.saving import COLLIDED, UNREADABLE
from perfeval.web.schemes.editor.page import editor_page, edits_draft, show
from perfeval.web.schemes.editor.rule_form import check_box
from perfeval.words.scoring import describe_format_problem

_PLACES = 4
_MAXIMUM = Decimal("9999.9999")


class HeadForm(forms.Form):
    """What the scheme is called, and how its points are rounded."""

    name = LineField(label=gettext_lazy("Name"), required=True, max_length=200)
    authority = LineField(label=gettext_lazy("Issued by"), required=True, max_length=120)
    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        min_value=2000,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    report_title = LineField(
        label=gettext_lazy("Title of the report"),
        required=True,
        max_length=200,
        help_text=gettext_lazy("{year} and {department} stand for the year and the department."),
    )
    annex_mark = LineField(
        label=gettext_lazy("Mark of the annex"),
        max_length=20,
        help_text=gettext_lazy("Printed above the title, for instance 附件3."),
    )
    full_score = ExactNumberField(
        label=gettext_lazy("Full score"),
        required=True,
        places=_PLACES,
        minimum=Decimal("0.0001"),
        maximum=_MAXIMUM,
    )
    equal_goals = forms.ChoiceField(
        label=gettext_lazy("A goal with “=” that misses its target"),
        choices=[
            (EqualGoals.PROPORTIONAL.value, gettext_lazy("earns in proportion")),
            (EqualGoals.EXACT.value, gettext_lazy("earns nothing")),
        ],
    )
    deviation_percent = ExactNumberField(
        label=gettext_lazy("Asked for a reason when exceeded by more than (%)"),
        required=True,
        maximum=Decimal(1000),
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Rounding of points"),
        choices=[
            (RoundingMode.HALF_UP.value, gettext_lazy("half up")),
            (RoundingMode.HALF_EVEN.value, gettext_lazy("half to even")),
            (RoundingMode.TRUNCATE.value, gettext_lazy("cut off")),
        ],
    )
    digits = ExactNumberField(
        label=gettext_lazy("Decimals of points"),
        required=True,
        places=0,
        maximum=Decimal(MAX_ROUNDING_DIGITS),
    )
    source = LongTextField(
        label=gettext_lazy("Source"),
        help_text=gettext_lazy("The document that this scheme is taken from."),
        max_length=4000,
        rows=2,
    )
    unverified = LongTextField(
        label=gettext_lazy("What is not from a public document"), max_length=4000, rows=2
    )
    code = forms.RegexField(
        regex=r"^[a-z][a-z0-9_]{0,63}$",
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Names it in files and addresses: small letters, digits and _."),
        error_messages={
            "invalid": gettext_lazy("Use small letters, digits and _, beginning with a letter.")
        },
    )

    def values(self) -> dict[str, Any]:
        """Return the typed fields of the scheme."""
        typed = dict(self.cleaned_data)
        rounding = Rounding(RoundingMode(typed.pop("mode")), int(typed.pop("digits")))
        typed["equal_goals"] = EqualGoals(typed["equal_goals"])
        return {**typed, "rounding": rounding}


class BandForm(forms.Form):
    """A grade and from where it is earned."""

    word = LineField(label=gettext_lazy("Grade"), max_length=20)
    minimum = ExactNumberField(
        label=gettext_lazy("From (included)"), places=_PLACES, maximum=_MAXIMUM
    )

    def clean(self) -> dict[str, Any]:
        """Ask for both or none."""
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("word") and typed.get("minimum") is None and "minimum" not in self.errors:
            self.add_error("minimum", _("Type from where this grade is earned; 0 for the last."))
        if typed.get("minimum") is not None and not typed.get("word"):
            self.add_error("word", _("Name this grade."))
        return typed


class BaseBandFormSet(forms.BaseFormSet):
    """The grades together: a word and a minimum stand once each."""

    def clean(self) -> None:
        """Say at the second one that it stands there already."""
        seen: set[object] = set()
        for form in self.forms:
            typed = getattr(form, "cleaned_data", {})
            for name in ("word", "minimum"):
                value = typed.get(name)
                if value not in (None, "") and value in seen:
                    form.add_error(name, _("Another grade has this already."))
                seen.add(value)


class CapForm(forms.Form):
    """What a low rate does to the total or the grade. The choices are the scheme's own."""

    rate = forms.ChoiceField(label=gettext_lazy("When this rate"), required=False)
    below = ExactNumberField(label=gettext_lazy("is below (%)"), places=_PLACES, maximum=_MAXIMUM)
    total = ExactNumberField(
        label=gettext_lazy("at most so many points"), places=_PLACES, maximum=_MAXIMUM
    )
    grade = LineField(label=gettext_lazy("at best this grade"), max_length=20)

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        """Offer the named rates of the scheme."""
        super().__init__(*args, **kwargs)
        rates = [(rate.code, rate.name) for rate in scheme.rates]
        self.fields["rate"].choices = [("", "—"), *rates]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the limit of a rate that is chosen."""
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("rate") and typed.get("below") is None and "below" not in self.errors:
            self.add_error("below", _("Type the limit in percent."))
        return typed


class SectionForm(forms.Form):
    """A heading of the report and what stands below it."""

    title = LineField(label=gettext_lazy("Heading"), max_length=120)
    level = forms.TypedChoiceField(
        label=gettext_lazy("Level"),
        coerce=int,
        choices=[(1, "一、"), (2, "（一）"), (3, "1.")],
        initial=1,
    )
    hint = LongTextField(label=gettext_lazy("Hint for the department"), max_length=2000, rows=2)
    content = LineField(
        label=gettext_lazy("What stands below it"),
        max_length=400,
        initial="text",
        help_text=gettext_lazy(
            "In order, with commas: text (written by the department), table.figures, table.goals, "
            "table.key_tasks, paragraphs.groups, paragraphs.key_tasks, chart.score_by_group, "
            "chart.points_lost, chart.budget_actual, chart.year_on_year, phrase.… (an official phrase)."
        ),
    )
    is_required = forms.BooleanField(
        label=gettext_lazy("Must be written"), required=False, widget=check_box()
    )
    max_length = ExactNumberField(
        label=gettext_lazy("Longest text"), places=0, maximum=Decimal(100000), initial=Decimal(4000)
    )
    code = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def has_changed(self) -> bool:
        """Return whether there is a heading: an untouched blank one is none."""
        return bool(self.data.get(self.add_prefix("title"), "").strip()) if self.is_bound else False


BandFormSet = forms.formset_factory(BandForm, formset=BaseBandFormSet, extra=2)
CapFormSet = forms.formset_factory(CapForm, extra=1)
SectionFormSet = forms.formset_factory(SectionForm, extra=1, can_order=True, can_delete=True)

Change = Callable[[Scheme], Scheme]


@edits_draft
@require_http_methods(["GET", "POST"])
def head(request: HttpRequest, row: SchemeRow) -> HttpResponse:
    """Show or save title, authority, year, full score and rounding."""
    read = as_scoring_scheme(row)
    initial = {
        name: getattr(read, name) for name in HeadForm.base_fields if hasattr(read, name)
    } | {"mode": read.rounding.mode.value, "digits": Decimal(read.rounding.digits)}
    # A draft of before the word existed shows what it means.
    initial["equal_goals"] = read.equal_goals or EqualGoals.EXACT
    form = HeadForm(request.POST or None, initial=initial)
    describe(form)
    part = _Part(request, row, "edit_head", [form], {"form": form})
    if request.method != "POST" or not form.is_valid():
        return part.page()
    return part.save(lambda scheme: replace(scheme, **form.values()))


@edits_draft
@require_http_methods(["GET", "POST"])
def grades(request: HttpRequest, row: SchemeRow) -> HttpResponse:
    """Show or save the grades and the limits of the total."""
    read = as_scoring_scheme(row)
    data = request.POST or None
    bands = BandFormSet(
        data,
        prefix="band",
        initial=[{"word": one.word, "minimum": one.minimum} for one in read.grade_bands],
    )
    caps = CapFormSet(
        data,
        prefix="cap",
        initial=[
            {"rate": one.rate, "below": one.below, "total": one.total, "grade": one.grade}
            for one in read.total_caps
        ],
        form_kwargs={"scheme": read},
    )
    every = [*bands, *caps]
    for form in every:
        describe(form)
    told = {"bands": bands, "caps": caps}
    part = _Part(request, row, "edit_grades", every, told)
    is_valid = request.method == "POST" and bands.is_valid() and caps.is_valid()
    if not is_valid or any(form.errors for form in every):
        return part.page()
    typed = tuple(
        GradeBand(form.cleaned_data["word"], form.cleaned_data["minimum"])
        for form in bands
        if form.cleaned_data.get("word")
    )
    limits = tuple(TotalCap(**_cap(form)) for form in caps if form.cleaned_data.get("rate"))
    return part.save(lambda scheme: replace(scheme, grade_bands=typed, total_caps=limits))


def _cap(form: CapForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("rate", "below", "total", "grade")}


@edits_draft
@require_http_methods(["GET", "POST"])
def outline(request: HttpRequest, row: SchemeRow) -> HttpResponse:
    """Show or save the headings of the report."""
    read = as_scoring_scheme(row)
    sections = SectionFormSet(
        request.POST or None,
        prefix="section",
        initial=[
            {
                "title": one.title,
                "level": one.level,
                "hint": one.hint,
                "content": ", ".join(one.content),
                "is_required": one.is_required,
                "max_length": Decimal(one.max_length),
                "code": one.code,
            }
            for one in read.outline
        ],
    )
    for form in sections:
        describe(form)
    part = _Part(request, row, "edit_outline", list(sections), {"sections": sections})
    if request.method != "POST" or not sections.is_valid():
        return part.page()
    taken = {one.code for one in read.outline}
    kept = tuple(
        _section(form.cleaned_data, taken)
        for form in sections.ordered_forms
        if form.cleaned_data.get("title")
    )
    return part.save(lambda scheme: replace(scheme, outline=kept))


def _section(typed: dict[str, Any], taken: set[str]) -> OutlineSection:
    """Return a typed section; a new one gets a code that none of ``taken`` is."""
    code = typed["code"]
    if not code:
        number = 1
        while f"section_{number}" in taken:
            number += 1
        code = f"section_{number}"
        taken.add(code)
    blocks = [block.strip() for block in typed["content"].replace("，", ",").split(",")]
    return OutlineSection(
        code=code,
        level=typed["level"],
        title=typed["title"],
        content=tuple(block for block in blocks if block),
        hint=typed["hint"],
        is_required=typed["is_required"],
        max_length=int(typed["max_length"] or 0),
    )


class LayoutForm(forms.Form):
    """The parts that are kept as text: budget table, rates, categories of goals, phrases, slots."""

    text = forms.CharField(
        label=gettext_lazy("Budget table, rates, goals and phrases"),
        required=False,
        strip=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "mono"}),
    )

    def clean_text(self) -> str:
        """Return the text when it can be read. Raises: ValidationError with every fault."""
        text: str = self.cleaned_data["text"].replace("\r\n", "\n")
        try:
            self.read = read_fields(text, drafts.LAYOUT_FIELDS)
        except SchemeProblems as error:
            raise forms.ValidationError(
                [describe_format_problem(one) for one in error.problems]
            ) from error
        return text


@edits_draft
@require_http_methods(["GET", "POST"])
def layout(request: HttpRequest, row: SchemeRow) -> HttpResponse:
    """Show or save the parts that are kept as text."""
    read = as_scoring_scheme(row)
    form = LayoutForm(
        request.POST or None, initial={"text": write_fields(read, drafts.LAYOUT_FIELDS)}
    )
    describe(form)
    part = _Part(request, row, "edit_layout", [form], {"form": form})
    if request.method != "POST" or not form.is_valid():
        return part.page()
    empty = Scheme("", 1, "", "", 2000, "", ())
    blank = {name: getattr(empty, name) for name in drafts.LAYOUT_FIELDS}
    return part.save(lambda scheme: replace(scheme, **(blank | form.read)))


_PARTS = {
    "edit_head": drafts.HEAD,
    "edit_grades": drafts.GRADES,
    "edit_outline": drafts.OUTLINE,
    "edit_layout": drafts.LAYOUT,
}


class _Part:
    """One form of the editor: how it is shown, saved, and found stale."""

    def __init__(
        self,
        request: HttpRequest,
        row: SchemeRow,
        address: str,
        every: list[Any],
        told: dict[str, Any],
    ) -> None:
        self.request, self.row, self.address = request, row, address
        self.part = _PARTS[address]
        self.every, self.told = every, told

    def page(self, status: int = 0, **context: Any) -> HttpResponse:
        """Return the page with what is stored or typed."""
        self.row.refresh_from_db()
        if context.get("is_locked"):
            for form in self.every:
                freeze(form)
        page = editor_page(self.row, self.address)
        is_typed = self.request.method == "POST"
        errors: tuple[FieldError, ...] = field_errors(*self.every) if is_typed else ()
        return show(
            self.request,
            self.address,
            page,
            errors=errors,
            status=status or (UNREADABLE if errors else 200),
            version=draft_version(page.read, self.part),
            own_findings=[one for one in page.findings if one.href.startswith(self.request.path)],
            **self.told,
            **context,
        )

    def save(self, change: Change) -> HttpResponse:
        """Store ``change`` and go on, or say why not with all that was typed."""
        try:
            edit_draft(
                scheme=self.row,
                part=self.part,
                version=self.request.POST.get("version", ""),
                change=change,
            )
        except SchemeFrozen:
            return self.page(COLLIDED, is_locked=True)
        except DraftChanged:
            return self.page(COLLIDED, is_stale=True)
        except (SchemeNotStorable, SchemeExists) as error:
            self.every[0].add_error(None, str(error))
            return self.page(UNREADABLE)
        messages.success(self.request, _("Saved."))
        return redirect(f"web:{self.address}", self.row.pk)
