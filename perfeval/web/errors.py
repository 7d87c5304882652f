"""The pages for requests that can't be served. 403 and 404 use Django's handlers and templates."""

from django.core.exceptions import (
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

_TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: SuspiciousOperation) -> HttpResponse:
    """Answer 413 when too much was sent at once, else 400.

    The page for 400 takes no context: an unknown host is refused before anybody is known.
    """
    if isinstance(exception, _TOO_LARGE):
        return render(request, "413.html", status=413)
    return HttpResponse(render_to_string("400.html"), status=400)
