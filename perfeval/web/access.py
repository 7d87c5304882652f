"""Who may open which page: every view names its requirement, and none can forget to check it.

``@requires(VIEW_REPORT)`` on a view of an address with ``<int:report_id>`` loads the report, checks
the right and hands the view the report itself. The permission matrix reads ``view.requirement`` from
the URLconf; a view without one is refused by its test.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from perfeval.accounts.models import Role, User
from perfeval.accounts.queries import has_role, roles_at
from perfeval.reports.models import Report
from perfeval.reports.queries import reports
from perfeval.review import permissions
from perfeval.review.moves import MoveName

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a page asks of the person who opens it.

    ``of_report``: asked about the report that the address names; ``of_post``: asked too when the
    request would change it; ``of_user``: asked about the person alone; ``is_public``: opened
    without signing in.
    """

    name: str
    of_report: Callable[[User, Report], bool] | None = None
    of_post: Callable[[User, Report], bool] | None = None
    of_user: Callable[[User], bool] | None = None
    is_public: bool = False


ANYONE = Requirement("anyone", is_public=True)
SIGNED_IN = Requirement("signed in")
VIEW_REPORT = Requirement("view report", of_report=permissions.may_view)


def may_fill(user: User, report: Report) -> bool:
    """Return whether the person fills this report in.

    Of a locked report too: its page then says so and keeps what was typed, where a refusal would
    lose it. The services hold the lock itself.
    """
    if report.is_editable:
        return permissions.may_edit(user, report)
    return Role.PREPARER in roles_at(user, report.department)


#: A filling page: who may see the report reads it, the department's own preparers write.
FILL_REPORT = Requirement("fill report in", of_report=permissions.may_view, of_post=may_fill)


def owns_schemes(user: User) -> bool:
    """Return whether the person is the scheme owner of any department."""
    return has_role(user, {Role.SCHEME_OWNER})


#: Pages on which schemes are drafted, imported, issued.
EDIT_SCHEMES = Requirement("edit schemes", of_user=owns_schemes)


def may_make(move: MoveName) -> Requirement:
    """Return the requirement that the person may make ``move`` with the report now."""
    return Requirement(
        f"{move} report",
        of_report=lambda user, report: permissions.may_move(user, report, move),
    )


def report_for(request: HttpRequest, report_id: int) -> Report:
    """Return the report if this person may know of it.

    Raises: Http404 when it does not exist or is not theirs to see.
    """
    report = reports().filter(pk=report_id).first()
    if report is None or not permissions.may_view(person(request), report):
        raise Http404
    return report


def person(request: HttpRequest) -> User:
    """Return who is signed in; the login middleware has seen to it that somebody is."""
    return cast("User", request.user)


def requires(requirement: Requirement) -> Callable[[View], View]:
    """Return a decorator that checks ``requirement`` before the view runs.

    Raises: Http404, PermissionDenied from the decorated view.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if requirement.of_user and not requirement.of_user(person(request)):
                raise PermissionDenied
            if requirement.of_report:
                report = report_for(request, kwargs.pop("report_id"))
                if not requirement.of_report(person(request), report):
                    raise PermissionDenied
                is_refused = (
                    request.method == "POST"
                    and requirement.of_post
                    and not requirement.of_post(person(request), report)
                )
                if is_refused:
                    raise PermissionDenied
                kwargs["report"] = report
            return view(request, *args, **kwargs)

        checked.requirement = requirement  # type: ignore[attr-defined]
        return login_not_required(checked) if requirement.is_public else checked

    return decorate
