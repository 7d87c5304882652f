"""Who belongs where."""

from collections.abc import Collection

from perfeval.accounts.models import Department, Membership, Role, User

#: Roles whose right at a department reaches down to all that it supervises.
SUPERVISING_ROLES = frozenset({Role.REVIEWER, Role.APPROVER})


def departments_where(user: User, roles: Collection[Role]) -> frozenset[int]:
    """Return the ids of the departments at which ``user`` has one of ``roles``.

    A reviewer or approver of a supervising department has the role at all departments below it.
    """
    held = list(
        Membership.objects.filter(user=user, role__in=list(roles)).values_list(
            "department_id", "role"
        )
    )
    found = {department for department, _role in held}
    supervising = {department for department, role in held if role in SUPERVISING_ROLES}
    return frozenset(found | _supervised_by(supervising))


def roles_at(user: User, department: Department) -> frozenset[Role]:
    """Return the roles of ``user`` at ``department``, those inherited from above included."""
    chain: list[int] = []
    parents = dict(Department.objects.values_list("id", "supervisor_id"))
    current: int | None = department.pk
    while current is not None and current not in chain:
        chain.append(current)
        current = parents.get(current)
    held = Membership.objects.filter(user=user, department_id__in=chain).values_list(
        "department_id", "role"
    )
    return frozenset(
        Role(role) for where, role in held if where == department.pk or role in SUPERVISING_ROLES
    )


def departments_below(department: Department) -> frozenset[int]:
    """Return the ids of ``department`` and of all that it supervises, at any depth."""
    return frozenset({department.pk} | _supervised_by({department.pk}))


def _supervised_by(departments: set[int]) -> set[int]:
    """Return the ids of all departments below ``departments``, at any depth."""
    if not departments:
        return set()
    parents = list(Department.objects.values_list("id", "supervisor_id"))
    below: set[int] = set()
    frontier = set(departments)
    while frontier:
        frontier = {child for child, parent in parents if parent in frontier} - below - departments
        below |= frontier
    return below
