"""Who is signed in, for the frame of the page."""

from django import template

from perfeval.accounts.models import Department, User

register = template.Library()


@register.simple_tag
def person_departments(user: User) -> list[Department]:
    """Return the departments that this person belongs to, each once."""
    if not user.is_authenticated:
        return []
    return list(Department.objects.filter(memberships__user=user).distinct())
