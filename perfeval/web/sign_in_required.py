"""What a request gets when nobody is signed in any more: never a loss of what was typed."""

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

#: Methods that carry nothing a person could lose.
_READING = frozenset({"GET", "HEAD"})


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Asks for a sign-in by a redirect only where nothing was sent.

    A redirect would throw a sent form away; and a script follows it to the sign-in page, whose 200
    looks like success. Both get 401 instead: the script says so beside the form, the browser shows a
    page that tells how to send the form again.
    """

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Refuse what a page of one account sends after another one has signed in in the same browser."""
        account = request.headers.get("X-Account", "")
        if account and request.user.is_authenticated and account != str(request.user.pk):
            return HttpResponse(status=401)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override] # the stubs know of a redirect only
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        """Return 401 to a script or to a form that was sent, else the redirect to the sign-in."""
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponse(status=401)
        if request.method in _READING:
            return super().handle_no_permission(request, view_func)
        return render(request, "401.html", {"sent": _sent(request)}, status=401)


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of the form to be sent once more; none where a file would be missing.

    Going back in the browser may not bring rows that a script had added, so the page keeps them too.
    """
    if request.FILES:
        return []
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]
