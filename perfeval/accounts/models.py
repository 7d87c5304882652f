"""People, departments, and who may do what where."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _


class Department(models.Model):
    """A department or mass organisation. ``supervisor`` is the one above it that reviews it."""

    code = models.SlugField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    supervisor = models.ForeignKey(
        "self",
        verbose_name=_("supervising department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="supervised",
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("department")
        constraints = [
            models.CheckConstraint(
                name="department_not_own_supervisor",
                condition=~models.Q(supervisor=models.F("id")),
                violation_error_message=_("A department cannot supervise itself."),
            ),
        ]

    def __str__(self) -> str:
        """Return the name as people know it."""
        return self.name


class User(AbstractUser):
    """A person who signs in. ``full_name`` is shown beside each act."""

    full_name = models.CharField(_("name"), max_length=60, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")  # type: ignore[assignment] # the stubs know no lazy text here

    def __str__(self) -> str:
        """Return the name to show, or the account when no name was given."""
        return self.full_name or self.username

    @cached_property
    def roles_by_department(self) -> "dict[int, frozenset[Role]]":
        """Return what ``queries.roles_at`` has read for this object."""
        return {}

    @cached_property
    def departments_by_role(self) -> "dict[Role, frozenset[int]]":
        """Return what ``queries.departments_where`` has read for this object."""
        return {}


class Role(models.TextChoices):
    """What a person does for a department."""

    PREPARER = "preparer", _("preparer")
    REVIEWER = "reviewer", _("reviewer")
    APPROVER = "approver", _("approver")
    SCHEME_OWNER = "scheme_owner", _("scheme owner")


class Membership(models.Model):
    """A role of a user at a department.

    A preparer works on that department's own reports; a reviewer or approver on those of the
    department and of all that it supervises.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)

    class Meta:
        ordering = ["department_id", "user_id", "role"]
        verbose_name = _("membership")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "department", "role"],
                name="membership_unique",
                violation_error_message=_("This person already has this role here."),
            ),
            models.CheckConstraint(
                name="membership_role_known",
                condition=models.Q(role__in=Role.values),
                violation_error_message=_("Unknown role."),
            ),
        ]

    def __str__(self) -> str:
        """Return who is what where."""
        return f"{self.user} · {self.get_role_display()} · {self.department}"
