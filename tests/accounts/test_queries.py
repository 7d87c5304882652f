"""Who holds which role where: supervising roles reach down the tree, all others stay put."""

import pytest

from perfeval.accounts.models import Department, Membership, Role
from perfeval.accounts.queries import departments_where, roles_at
from tests.rows import a_department, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> dict[str, Department]:
    """Return city > district > {street, school}, and another city beside it."""
    parents = {
        "city": "",
        "district": "city",
        "street": "district",
        "school": "district",
        "other": "",
    }
    found: dict[str, Department] = {}
    for code, parent in parents.items():
        found[code] = a_department(code)
        found[code].supervisor = found.get(parent)
        found[code].save()
    return found


def _person(tree: dict[str, Department], **roles: Role):
    person = a_user("person")
    for code, role in roles.items():
        Membership.objects.create(user=person, department=tree[code], role=role)
    return person


def _names(tree: dict[str, Department], found: frozenset[int]) -> set[str]:
    return {code for code, department in tree.items() if department.pk in found}


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.APPROVER])
def test_departments_where_supervising_role_reaches_every_depth(tree, role):
    person = _person(tree, city=role)

    found = departments_where(person, {role})

    assert _names(tree, found) == {"city", "district", "street", "school"}


@pytest.mark.parametrize("role", [Role.PREPARER, Role.SCHEME_OWNER])
def test_departments_where_other_role_stays_at_its_department(tree, role):
    person = _person(tree, city=role)

    found = departments_where(person, {role})

    assert _names(tree, found) == {"city"}


def test_departments_where_looks_at_the_asked_roles_only(tree):
    person = _person(tree, city=Role.REVIEWER, street=Role.PREPARER)

    assert _names(tree, departments_where(person, {Role.PREPARER})) == {"street"}
    assert _names(tree, departments_where(person, {Role.APPROVER})) == set()
    assert _names(tree, departments_where(person, {Role.PREPARER, Role.REVIEWER})) == {
        "city",
        "district",
        "street",
        "school",
    }


def test_departments_where_never_reaches_up_or_sideways(tree):
    person = _person(tree, street=Role.REVIEWER)

    assert _names(tree, departments_where(person, {Role.REVIEWER})) == {"street"}


def test_departments_where_ends_in_a_circle(tree):
    tree["city"].supervisor = tree["street"]
    tree["city"].save()
    person = _person(tree, district=Role.REVIEWER)

    found = departments_where(person, {Role.REVIEWER})

    assert _names(tree, found) == {"city", "district", "street", "school"}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("city", {Role.REVIEWER, Role.PREPARER}),
        ("district", {Role.REVIEWER}),
        ("street", {Role.REVIEWER, Role.APPROVER, Role.SCHEME_OWNER}),
        ("school", {Role.REVIEWER}),
        ("other", frozenset()),
    ],
)
def test_roles_at_adds_supervising_roles_from_above_only(tree, place, expected):
    person = _person(tree, city=Role.REVIEWER)
    for code, role in (
        ("city", Role.PREPARER),
        ("street", Role.APPROVER),
        ("street", Role.SCHEME_OWNER),
    ):
        Membership.objects.create(user=person, department=tree[code], role=role)

    assert roles_at(person, tree[place]) == expected


def test_roles_at_ends_in_a_circle(tree):
    tree["city"].supervisor = tree["street"]
    tree["city"].save()
    person = _person(tree, street=Role.APPROVER)

    assert roles_at(person, tree["city"]) == {Role.APPROVER}


def test_roles_at_agrees_with_departments_where_for_every_demo_account(world):
    users = {row.user for row in Membership.objects.select_related("user")}

    for user in users:
        for role in Role:
            expected = {
                place.pk for place in Department.objects.all() if role in roles_at(user, place)
            }
            assert departments_where(user, {role}) == expected


@pytest.mark.parametrize("depth", [1, 12])
def test_roles_and_departments_cost_the_same_queries_at_any_depth(django_assert_num_queries, depth):
    above = top = a_department("top")
    for number in range(depth):
        above = Department.objects.create(code=f"d{number}", name=f"d{number}", supervisor=above)
    person = a_user("person")
    Membership.objects.create(user=person, department=top, role=Role.REVIEWER)

    with django_assert_num_queries(1):
        assert len(departments_where(person, {Role.REVIEWER})) == depth + 1
    with django_assert_num_queries(1):
        assert roles_at(person, above) == {Role.REVIEWER}
