"""Who belongs where.

A person's roles are kept on the person's object once they are read, as Django keeps its permissions: every request has
an object of its own, so they are read once a request.
"""

from collections.abc import Collection

from django.db.models.expressions import RawSQL

from perfeval.accounts.models import Department, Membership, Role, User

#: Roles whose right at a department reaches down to all that it supervises.
SUPERVISING_ROLES = frozenset({Role.REVIEWER, Role.APPROVER})

#: A department and all above it. UNION takes no row twice, so that a circle ends, here and below.
_ABOVE = """
    WITH RECURSIVE above(id, supervisor_id) AS (
        SELECT id, supervisor_id FROM accounts_department WHERE id = %s
        UNION
        SELECT parent.id, parent.supervisor_id
        FROM accounts_department parent JOIN above ON parent.id = above.supervisor_id
    ) SELECT id FROM above
"""
_BELOW = """
    WITH RECURSIVE below(id) AS (
        {start}
        UNION
        SELECT child.id FROM accounts_department child JOIN below ON child.supervisor_id = below.id
    ) SELECT id FROM below
"""
_BELOW_DEPARTMENT = _BELOW.format(start="SELECT id FROM accounts_department WHERE id = %s")
_BELOW_ROLE = _BELOW.format(
    start="SELECT department_id FROM accounts_membership WHERE user_id = %s AND role = %s"
)


def has_role(user: User, roles: Collection[Role]) -> bool:
    """Return whether ``user`` has one of ``roles`` at any department."""
    return Membership.objects.filter(user=user, role__in=list(roles)).exists()


def departments_where(user: User, roles: Collection[Role]) -> frozenset[int]:
    """Return the ids of the departments at which ``user`` has one of ``roles``.

    A reviewer or approver of a supervising department has the role at all departments below it.
    """
    kept = user.departments_by_role
    for role in roles:
        if role not in kept:
            kept[role] = _departments_of_role(user, role)
    return frozenset().union(*(kept[role] for role in roles))


def _departments_of_role(user: User, role: Role) -> frozenset[int]:
    if role in SUPERVISING_ROLES:
        return _ids(_BELOW_ROLE, user.pk, role.value)
    held = Membership.objects.filter(user=user, role=role)
    return frozenset(held.values_list("department_id", flat=True))


def roles_at(user: User, department: Department) -> frozenset[Role]:
    """Return the roles of ``user`` at ``department``, those inherited from above included."""
    kept = user.roles_by_department
    if department.pk not in kept:
        held = Membership.objects.filter(
            user=user,
            department_id__in=RawSQL(_ABOVE, [department.pk]),  # noqa: S611 # of our own making
        ).values_list("department_id", "role")
        kept[department.pk] = frozenset(
            Role(role)
            for where, role in held
            if where == department.pk or role in SUPERVISING_ROLES
        )
    return kept[department.pk]


def departments_below(department: Department) -> frozenset[int]:
    """Return the ids of ``department`` and of all that it supervises, at any depth."""
    return _ids(_BELOW_DEPARTMENT, department.pk)


def _ids(sql: str, *arguments: object) -> frozenset[int]:
    found = Department.objects.filter(pk__in=RawSQL(sql, arguments)).order_by()  # noqa: S611 # of our own making
    return frozenset(found.values_list("pk", flat=True))
