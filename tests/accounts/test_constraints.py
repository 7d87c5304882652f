"""What the database refuses about people and departments."""

import pytest
from django.db import IntegrityError, transaction

from perfeval.accounts.models import Department, Membership, Role
from tests.rows import Breaks, a_department, a_user, broken_constraint, constraint_names

pytestmark = pytest.mark.django_db


def _department_above_itself() -> None:
    department = a_department()
    Department.objects.filter(pk=department.pk).update(supervisor=department)


def _same_role_twice() -> None:
    role = {"user": a_user("someone"), "department": a_department(), "role": Role.REVIEWER}
    Membership.objects.create(**role)
    Membership.objects.create(**role)


def _unknown_role() -> None:
    Membership.objects.create(user=a_user("someone"), department=a_department(), role="boss")


BREAKS: Breaks = {
    "department_not_own_supervisor": _department_above_itself,
    "membership_unique": _same_role_twice,
    "membership_role_known": _unknown_role,
}


@pytest.mark.parametrize("name", BREAKS)
def test_database_refuses_what_the_constraint_forbids(name):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        BREAKS[name]()

    assert broken_constraint(caught.value) == name


def test_every_constraint_has_a_row_that_breaks_it():
    assert set(BREAKS) == constraint_names("accounts")
