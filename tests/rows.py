"""Bare rows for tests of the database itself: each builder gives a valid row, made without services.

Tests of behaviour use the actors and reports of ``conftest`` instead.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from django.apps import apps
from django.db import IntegrityError, connection, models

from perfeval.accounts.models import Department, User
from perfeval.reports.models import Report
from perfeval.reports.states import ReportState
from perfeval.schemes.models import Indicator, Scheme

AT = datetime(2023, 3, 1, 9, 0, tzinfo=UTC)

#: A row that breaks exactly one constraint, by the constraint's name.
Breaks = dict[str, Callable[[], object]]


def a_department(code: str = "kexie") -> Department:
    """Return a new department."""
    return Department.objects.create(code=code, name=f"{code} department")


def a_user(username: str) -> User:
    """Return a new user without a usable password."""
    return User.objects.create(username=username, password="!")


def a_scheme(**fields: object) -> Scheme:
    """Return a new draft scheme; ``fields`` replace the valid ones."""
    valid: dict[str, object] = {
        "code": "scheme",
        "name": "Scheme",
        "authority": "Authority",
        "year": 2022,
        "source": "made up for a test",
        "full_score": Decimal(100),
        "report_title": "Report",
        "created_at": AT,
    }
    return Scheme.objects.create(**(valid | fields))


def an_indicator(**fields: object) -> Indicator:
    """Return a new first-level indicator, of a new scheme unless ``scheme`` is given."""
    valid: dict[str, object] = {
        "code": "leaf",
        "name": "Leaf",
        "level": 1,
        "position": 0,
        "weight": Decimal(100),
    }
    valid |= fields
    if "scheme" not in valid:
        valid["scheme"] = a_scheme()
    return Indicator.objects.create(**valid)


def a_report(**fields: object) -> Report:
    """Return a new draft report, of a new department and scheme unless they are given."""
    valid: dict[str, object] = {"created_at": AT, "changed_at": AT} | fields
    if "department" not in valid:
        valid["department"] = a_department()
    if "scheme" not in valid:
        valid["scheme"] = a_scheme()
    return Report.objects.create(**valid)


def a_published_report(**fields: object) -> Report:
    """Return a new report moved by three different people; ``fields`` replace the valid ones."""
    valid: dict[str, object] = {
        "state": ReportState.PUBLISHED,
        "submitted_at": AT,
        "submitted_by": a_user("author"),
        "approved_at": AT,
        "approved_by": a_user("reviewer"),
        "published_at": AT,
        "published_by": a_user("approver"),
    }
    return a_report(**(valid | fields))


def constraint_names(app_label: str) -> set[str]:
    """Return the names of all constraints that the models of a room declare."""
    return {
        constraint.name
        for model in apps.get_app_config(app_label).get_models()
        for constraint in model._meta.constraints
    }


def broken_constraint(error: IntegrityError) -> str:
    """Return the name of the constraint that the database says was broken.

    SQLite names the columns of a unique constraint, not the constraint: it is looked up by them.
    """
    if connection.vendor == "postgresql":
        return str(error.__cause__.diag.constraint_name)  # type: ignore[union-attr]
    message = str(error)
    kind, _, place = message.partition(" constraint failed: ")
    if kind != "UNIQUE":
        return place
    for model in apps.get_models():
        table = model._meta.db_table
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                columns = [model._meta.get_field(name).column for name in constraint.fields]
                if place == ", ".join(f"{table}.{column}" for column in columns):
                    return constraint.name
    return message
