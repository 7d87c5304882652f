"""What a page of a report was made from travels with its form, signed, so that saving knows what was changed in it."""

from collections.abc import Collection, Mapping

from django.core import signing
from django.http import HttpRequest

from perfeval.reports.models import Report
from perfeval.reports.places import ORDER_OF

_SALT = "perfeval.filling.loaded"
#: The field of the form that holds it, and the start of those that say how a conflict is decided.
FIELD = "version"
SEEN, DECISION, MINE = "seen:", "decide:", "mine"


def token_of(report: Report, state: Mapping[str, str]) -> str:
    """Return the texts of a page's places as one signed text."""
    return signing.dumps({"report": report.pk, "state": dict(state)}, salt=_SALT, compress=True)


def loaded_in(request: HttpRequest, report: Report) -> dict[str, str]:
    """Return the texts that the sent form was made from, those decided upon by the person as what they saw since.

    Empty where there is none, or where it belongs to another report: then everything that differs is a conflict.
    """
    try:
        sent = signing.loads(request.POST.get(FIELD, ""), salt=_SALT)
    except signing.BadSignature:
        return {}
    if not isinstance(sent, dict) or sent.get("report") != report.pk:
        return {}
    state = dict(sent["state"])
    for place in kept_as_mine(request):
        # Rows that others added meanwhile were seen by nobody: an order stays what the page was made from.
        if place not in ORDER_OF.values():
            state[place] = request.POST.get(f"{SEEN}{place}", "").replace("\r\n", "\n")
    return state


def kept_as_mine(request: HttpRequest) -> set[str]:
    """Return the places at which the person's own text shall stand."""
    return {
        name.removeprefix(DECISION)
        for name, value in request.POST.items()
        if name.startswith(DECISION) and value == MINE
    }


def given_up(request: HttpRequest) -> set[str]:
    """Return the places at which the person takes what somebody else wrote."""
    return {
        name.removeprefix(DECISION)
        for name, value in request.POST.items()
        if name.startswith(DECISION) and value != MINE
    }


def next_loaded(
    loaded: Mapping[str, str], typed: Mapping[str, str], left: Collection[str]
) -> dict[str, str]:
    """Return what the page that stays open was made from now: what it shows, but for the places ``left``.

    What others changed meanwhile is not in it: the page does not show that.
    """
    state = {place: text for place, text in typed.items() if place not in left}
    return state | {place: loaded[place] for place in left if place in loaded}
