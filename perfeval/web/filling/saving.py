"""Saving what was typed in a part, place by place, and what the page says after it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from perfeval.accounts.models import User
from perfeval.reports.filled import Filled, read_filled
from perfeval.reports.models import Report
from perfeval.reports.places import ORDER_OF, places_of, row_of
from perfeval.reports.services import ReportLocked, save_typed
from perfeval.web.access import person
from perfeval.web.filling.loaded import given_up, kept_as_mine, loaded_in, next_loaded, token_of
from perfeval.web.filling.page import ReportPage, report_page

#: Answers of the pages that keep what was typed: it could not be read, or it collided.
UNREADABLE, COLLIDED = 422, 409


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that somebody else changed too: what it is called, what stands there, who wrote it and when.

    ``stored``: the text of the place, as the form sends it back; ``shown``: the same as people read it.
    """

    place: str
    label: str
    stored: str
    shown: str
    by: User | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of an attempt to save: the report as it stands, the token for the page, what was left unsaved."""

    filled: Filled
    token: str
    conflicts: tuple[Conflict, ...] = ()
    is_locked: bool = False
    is_unread: bool = False

    @property
    def is_whole(self) -> bool:
        """Return whether everything that was typed is stored."""
        return not (self.conflicts or self.is_locked or self.is_unread)

    @property
    def status(self) -> int:
        """Return the status of the answer."""
        if self.is_whole:
            return 200
        return UNREADABLE if self.is_unread else COLLIDED


def token_for(filled: Filled, part: str) -> str:
    """Return the token of a page that shows what is stored of a part."""
    state = filled.state
    shown = places_of(part, filled.scheme, state)
    return token_of(filled.report, {place: state[place] for place in shown})


def attempt(
    request: HttpRequest,
    report: Report,
    part: str,
    typed: Mapping[str, str],
    *,
    unread: Collection[str] = (),
    label: Callable[[str], str],
    field: Callable[[str], forms.Field | None] = lambda _place: None,
) -> Attempt:
    """Save what was changed on the page; what could not be read or collided is left as it is stored.

    ``typed``: the texts of all places of the page that could be read; ``label``: what a place is called; ``field``:
    the field in which it stands, whose choices say what a stored code means.
    """
    loaded = loaded_in(request, report)
    wanted = _as_decided(request, report, loaded, typed)
    sent = request.POST.get("request", "")[:40]
    try:
        saved_now = save_typed(
            report=report,
            part=part,
            loaded=loaded,
            typed=wanted,
            skip=unread,
            request=sent,
            by=person(request),
            at=timezone.now(),
        )
    except ReportLocked as refusal:
        filled = read_filled(refusal.report)
        return Attempt(filled, request.POST.get("version", ""), is_locked=True)
    left = {*unread, *saved_now.conflicts}
    conflicts, now = [], saved_now.filled.state
    for place, stored in saved_now.conflicts.items():
        change = saved_now.collisions[place]
        by, at = (change.by, change.at) if change else (None, None)
        shown = _read(place, now, loaded, typed) or _in_words(field(place), stored)
        conflicts.append(Conflict(place, label(place), stored, shown, by, at))
    return Attempt(
        saved_now.filled,
        token_of(report, next_loaded(loaded, typed, left)),
        tuple(conflicts),
        is_unread=bool(unread),
    )


def _as_decided(
    request: HttpRequest, report: Report, loaded: dict[str, str], typed: Mapping[str, str]
) -> dict[str, str]:
    """Return the texts that are wanted once the person decided; changes ``loaded`` where a whole row was decided upon.

    A row is removed although somebody changed it, or is there again although somebody removed it, only as a whole.
    """
    wanted = dict(typed)
    given = given_up(request)
    for place in given:
        if place in ORDER_OF.values():
            mine = typed.get(place, "").split()
            names = loaded.get(place, "").split()
            wanted[place] = " ".join(_with_rows_of(names, mine))
            back = set(names) - set(mine)
            wanted |= {cell: text for cell, text in loaded.items() if row_of(cell)[1] in back}
        else:
            wanted[place] = loaded.get(place, "")
    kept = kept_as_mine(request)
    if not any(place in ORDER_OF.values() or row_of(place)[0] for place in kept):
        return wanted
    stored = read_filled(report).state
    for place in kept:
        kind, name = row_of(place)
        if place in ORDER_OF.values():
            gone = set(loaded.get(place, "").split()) - set(typed.get(place, "").split())
            loaded |= {cell: text for cell, text in stored.items() if row_of(cell)[1] in gone}
        elif kind and name not in stored.get(ORDER_OF[kind], "").split():
            order = ORDER_OF[kind]
            rows = [one for one in loaded.get(order, "").split() if one != name]
            loaded[order] = " ".join(rows)
            for cell in [cell for cell in loaded if row_of(cell) == (kind, name)]:
                del loaded[cell]
    return wanted


def _with_rows_of(loaded: Sequence[str], mine: Sequence[str]) -> list[str]:
    """Return my rows with those that I removed, each behind the one it stood behind."""
    found = list(mine)
    for place, name in enumerate(loaded):
        if name not in found:
            before = next((one for one in reversed(loaded[:place]) if one in found), None)
            found.insert(found.index(before) + 1 if before else 0, name)
    return found


def _read(
    place: str, stored: Mapping[str, str], loaded: Mapping[str, str], typed: Mapping[str, str]
) -> str:
    """Return what is told instead of a place's text: the names of the rows that stay, or that its row is gone."""
    kind = next((kind for kind, order in ORDER_OF.items() if order == place), "")
    if not kind:
        row_kind, name = row_of(place)
        is_gone = row_kind and name not in stored.get(ORDER_OF[row_kind], "").split()
        return _("(the row was removed)") if is_gone else ""
    mine = typed.get(place, "").split()
    here = stored.get(place, "").split()
    stay = [name for name in loaded.get(place, "").split() if name not in mine and name in here]
    return "、".join(stored.get(f"{kind}:{name}.name", "") for name in stay)


def _in_words(field: forms.Field | None, text: str) -> str:
    """Return a stored text as the field shows it: codes of choices by their words."""
    words = {str(code): str(word) for code, word in getattr(field, "choices", ())}
    return "、".join(words.get(one, one) for one in text.split("\n")) if words else text


def saved(
    request: HttpRequest,
    filled: Filled,
    part: str,
    bits: Callable[[HttpRequest, ReportPage], HttpResponse] | None = None,
) -> HttpResponse:
    """Answer a successful save: the changed bits to a script, else a page with the next step.

    ``bits`` renders them; ``go`` on the button says where the person goes next.
    """
    page = report_page(request, filled, part)
    if bits and request.htmx:  # type: ignore[attr-defined]
        return bits(request, page)
    messages.success(request, _("Saved."))
    return redirect(_next_address(request, page))


def _next_address(request: HttpRequest, page: ReportPage) -> str:
    if request.POST.get("go") == "next":
        return page.next.href if page.next else page.overview_href
    return page.current.href if page.current else page.overview_href
