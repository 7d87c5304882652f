"""Who is signed in, for the frame of the page."""

from django import template

from perfeval.accounts.models import Department, User

register = template.Library()


@register.simple_tag
def person_departments(user: object) -> list[Department]:
    """Return the departments that this person belongs to, each once; none for a stranger.

    An error page may be shown before anybody is known, then there is no user at all.
    """
    if not isinstance(user, User):
        return []
    return list(Department.objects.filter(memberships__user=user).distinct())
