"""The versions of a scheme, what changed between two of them, and where its indicators went."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from perfeval.corrections.queries import unpublished_on
from perfeval.schemes.models import Scheme, SchemeState, Succession
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.schemes.versions import (
    MappingRefused,
    VersionRefused,
    mapping_between,
    save_mapping,
    start_version,
    versions_of,
)
from perfeval.scoring.scheme.tree import Indicator
from perfeval.scoring.scheme.tree import Scheme as Frozen
from perfeval.scoring.versions.changes import Effect
from perfeval.scoring.versions.difference import difference
from perfeval.scoring.versions.mapping import full_mapping, proposals
from perfeval.web.access import EDIT_SCHEMES, SIGNED_IN, owns_schemes, person, requires
from perfeval.web.filling.saving import UNREADABLE
from perfeval.words.changes import EFFECTS, ChangeGroup, grouped
from perfeval.words.scoring import describe_format_problem


@dataclass(frozen=True, slots=True)
class Version:
    """One line of the list: a version, what it follows, and what may be done from it."""

    scheme: Scheme
    previous: Scheme | None
    has_earlier: bool
    waiting: int
    is_correctable: bool


@requires(SIGNED_IN)
@require_safe
def versions(request: HttpRequest, code: str) -> HttpResponse:
    """List every version of a scheme; drafts only for those who make them."""
    is_owner = owns_schemes(person(request))
    rows = list(_visible(code, is_owner=is_owner))
    if not rows:
        raise Http404
    waiting = unpublished_on(rows)
    issued = next((row for row in rows if row.state == SchemeState.ISSUED), None)
    context = {
        "name": rows[0].name,
        "code": code,
        "is_owner": is_owner,
        "issued": issued,
        "draft": next((row for row in rows if not row.is_frozen), None),
        "versions": [
            _version(row, waiting.get(row.pk, 0), issued, has_earlier=row is not rows[-1])
            for row in rows
        ],
    }
    return render(request, "web/versions/list.html", context)


@requires(EDIT_SCHEMES)
@require_POST
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Start the next version as a copy of the issued one, and open it in the editor."""
    issued = get_object_or_404(Scheme, code=code, state=SchemeState.ISSUED)
    try:
        draft = start_version(scheme=issued, by=person(request), at=timezone.now())
    except VersionRefused as refused:
        messages.info(request, _("A draft of the next version is there already; here it is."))
        draft = refused.draft
    try:
        return redirect("web:edit_scheme", draft.pk)
    except NoReverseMatch:
        return redirect("web:scheme_versions", code)


@requires(SIGNED_IN)
@require_safe
def changes(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Tell what changed since the version before, or since the one that ``since`` names."""
    rows = list(_visible(code, is_owner=owns_schemes(person(request))))
    new = next((row for row in rows if row.version == version), None)
    if new is None:
        raise Http404
    earlier = [row for row in rows if row.version < version]
    wanted = request.GET.get("since", "")
    old = next((row for row in earlier if str(row.version) == wanted), None) or _before(
        new, earlier
    )
    groups: tuple[ChangeGroup, ...] = ()
    if old is not None:
        read = as_scoring_scheme(old), as_scoring_scheme(new)
        groups = grouped(difference(*read, mapping_between(old, new)), *read)
    effects = [change.effect for group in groups for change in group.changes]
    context = {
        "scheme": new,
        "old": old,
        "earlier": earlier,
        "groups": groups,
        "effect": next((one for one in _GRAVEST if one in effects), Effect.NONE),
        "counts": [(one, EFFECTS[one], effects.count(one)) for one in _GRAVEST],
        "is_owner": owns_schemes(person(request)),
    }
    return render(request, "web/versions/changes.html", context)


class MappingForm(forms.Form):
    """One choice for each indicator that has no namesake in the new version."""

    def __init__(
        self, old: Frozen, new: Frozen, stored: dict[str, str], data: object = None
    ) -> None:
        """Offer for each left-over indicator the new ones of its sort that nothing came to."""
        super().__init__(data)  # type: ignore[arg-type] # a QueryDict or nothing
        here = {node.code for node in new.walk()}
        free = [node for node in new.walk() if node.code not in {n.code for n in old.walk()}]
        guesses = {one.old.code: one for one in proposals(old, new, stored)}
        self.guesses = guesses
        for node in old.walk():
            if node.code in here and node.code not in stored:
                continue
            choices = [("", _("It is gone: answers are not carried over"))]
            choices += [(one.code, _label(one)) for one in free if one.is_leaf is node.is_leaf]
            if node.code in here:
                choices.append((node.code, _("The one with the same code")))
            guess = guesses.get(node.code)
            initial = stored.get(node.code, guess.new.code if guess else "")
            self.fields[node.code] = forms.ChoiceField(
                label=_label(node),
                choices=choices,
                initial=initial,
                required=False,
                help_text=_REASONS[guess.reason] if guess else "",
                widget=forms.Select(attrs={"class": "form-select"}),
            )


_REASONS = {
    "name": gettext_lazy("Proposed: it has the same name."),
    "position": gettext_lazy("Proposed: same place, weight and kind of rule."),
}


@requires(EDIT_SCHEMES)
@require_http_methods(["GET", "POST"])
def mapping(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Confirm where renamed indicators went; everything else means itself."""
    step = get_object_or_404(
        Succession.objects.select_related("scheme", "previous", "mapped_by"),
        scheme__code=code,
        scheme__version=version,
    )
    old, new = as_scoring_scheme(step.previous), as_scoring_scheme(step.scheme)
    form = MappingForm(old, new, step.mapping, request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            save_mapping(
                scheme=step.scheme, mapping=form.cleaned_data, by=person(request), at=timezone.now()
            )
        except MappingRefused as refused:
            for problem in refused.problems:
                field = problem.path if problem.path in form.fields else None
                form.add_error(field, describe_format_problem(problem))
        else:
            messages.success(request, _("The mapping is stored."))
            return redirect("web:scheme_changes", code, version)
    if form.is_bound and form.errors:
        status = UNREADABLE
    kept = len(full_mapping(old, new, step.mapping))
    context = {"step": step, "form": form, "kept": kept, "total": sum(1 for _n in old.walk())}
    return render(request, "web/versions/mapping.html", context, status=status)


_GRAVEST = (Effect.INCOMPATIBLE, Effect.COMPATIBLE, Effect.NONE)


def _visible(code: str, *, is_owner: bool) -> QuerySet[Scheme]:
    rows = versions_of(code)
    return rows if is_owner else rows.exclude(state=SchemeState.DRAFT)


def _version(row: Scheme, waiting: int, issued: Scheme | None, *, has_earlier: bool) -> Version:
    step = getattr(row, "succession", None)
    return Version(
        scheme=row,
        previous=step.previous if step else None,
        has_earlier=has_earlier,
        waiting=waiting,
        is_correctable=bool(waiting) and issued is not None and row.state == SchemeState.SUPERSEDED,
    )


def _before(new: Scheme, earlier: list[Scheme]) -> Scheme | None:
    """Return the version that ``new`` follows, the latest earlier one where that is not known."""
    step = getattr(new, "succession", None)
    if step is not None:
        return next((row for row in earlier if row.pk == step.previous_id), None)
    return earlier[0] if earlier else None


def _label(node: Indicator) -> str:
    return f"{node.name}（{node.code}）"


urlpatterns = [
    path("<slug:code>/versions/", versions, name="scheme_versions"),
    path("<slug:code>/versions/start/", start, name="start_version"),
    path("<slug:code>/<int:version>/changes/", changes, name="scheme_changes"),
    path("<slug:code>/<int:version>/mapping/", mapping, name="scheme_mapping"),
]
