"""Reading schemes: they are public documents, so everybody who is signed in may."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_safe

from perfeval.schemes.models import Scheme, SchemeState
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.scheme import tree as frozen
from perfeval.web.access import SIGNED_IN, owns_schemes, person, requires
from perfeval.words.rules import describe_rule, describe_total_caps


@dataclass(frozen=True, slots=True)
class TreeLine:
    """One line of the tree: an indicator and its rule in words (none above the leaves)."""

    indicator: frozen.Indicator
    rule: tuple[str, ...]


@requires(SIGNED_IN)
@require_safe
def schemes(request: HttpRequest) -> HttpResponse:
    """List the schemes that were issued, those superseded since included; drafts to their owners."""
    is_owner = owns_schemes(person(request))
    drafts = Scheme.objects.filter(state=SchemeState.DRAFT) if is_owner else ()
    told = {"schemes": _issued_ever(), "drafts": drafts, "is_owner": is_owner}
    return render(request, "web/schemes/list.html", told)


@requires(SIGNED_IN)
@require_safe
def scheme(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Show one scheme whole."""
    row = get_object_or_404(_issued_ever(), code=code, version=version)
    read = as_scoring_scheme(row)
    return render(
        request,
        "web/schemes/scheme.html",
        {
            "scheme": row,
            "read": read,
            "nodes": list(_nodes(read)),
            "total_caps": describe_total_caps(read),
        },
    )


def _issued_ever() -> QuerySet[Scheme]:
    """Return all schemes but drafts, newest first."""
    return Scheme.objects.exclude(state=SchemeState.DRAFT)


def _nodes(read: frozen.Scheme) -> Iterator[TreeLine]:
    """Yield the tree line by line, parents first."""
    for indicator in read.walk():
        yield TreeLine(indicator, describe_rule(indicator, read))


urlpatterns = [
    path("", schemes, name="schemes"),
    path("<slug:code>/<int:version>/", scheme, name="scheme"),
]
