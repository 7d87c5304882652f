"""How much may be sent to a page that anybody may send to, and how often."""

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

View = Callable[..., HttpResponseBase]
#: Beside the file a form has its token and borders of parts.
_FORM_BYTES = 64 * 1024


def bounded_upload(most_bytes: int) -> Callable[[View], View]:
    """Return a decorator: a request with a larger file is answered 413 before anything of it is read."""

    def mark(view: View) -> View:
        view.most_upload_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return mark


class UploadLimitMiddleware:
    """Refuses what is too large by its announced length; stands before what reads the form (CSRF)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view_func: Any,
        view_args: Any,  # noqa: ARG002  Django passes it
        view_kwargs: Any,  # noqa: ARG002  as above
    ) -> HttpResponse | None:
        """Return 413 where the view bounds its upload and more was announced."""
        most = getattr(view_func, "most_upload_bytes", None)
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if most is None or not announced.isdigit() or int(announced) <= most + _FORM_BYTES:
            return None
        return render(request, "413.html", status=413)


def is_too_often(request: HttpRequest, name: str, *, most: int, seconds: int) -> bool:
    """Count this request of its address under ``name``; return whether it was one too many.

    Counted in each process by itself: a bound for the machine, no fine for a person.
    """
    key = f"rate:{name}:{request.META.get('REMOTE_ADDR', '')}"
    if cache.add(key, 1, seconds):
        return most < 1
    try:
        return cache.incr(key) > most
    except ValueError:  # It ran out between the two.
        return False
