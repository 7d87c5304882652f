"""Loads the demonstration: schemes, departments, accounts and two reports.

What is there already stays as it is, so that a second run keeps what a person did meanwhile.
"""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from perfeval.accounts.models import Department, Membership, User
from perfeval.publication.services import publish
from perfeval.reports.models import Report
from perfeval.reports.services import start_report
from perfeval.reports.states import ReportState
from perfeval.review.queries import latest_snapshot
from perfeval.review.services import approve, submit
from perfeval.schemes.models import Scheme
from perfeval.schemes.queries import as_scoring_scheme, issued_schemes
from perfeval.schemes.services import issue_scheme, load_scheme
from perfeval.scoring.scheme.reading import read_figures, read_scheme
from perfeval.snapshots.services import fill_report


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account to print: its name, its password, and what it is."""

    username: str
    password: str
    description: str


def load_schemes(*, folder: Path, at: datetime, names: str = "*") -> list[Scheme]:
    """Store and issue every scheme file of ``folder`` that is not stored yet; return the new ones.

    ``names``: only files whose name, without its ending, is of this pattern.
    Raises: scoring.reading.SchemeProblems.
    """
    loaded = []
    for file in sorted(folder.glob(f"{names}.toml")):
        scheme = read_scheme(file.read_text(encoding="utf-8"))
        if not Scheme.objects.filter(code=scheme.code, version=scheme.version).exists():
            # In one step: a draft that an interrupted run left would be taken for a scheme that is there.
            with transaction.atomic():
                row = load_scheme(scheme=scheme, at=at)
                loaded.append(issue_scheme(scheme=row, by=None, at=at))
    return loaded


@transaction.atomic
def load_accounts(*, file: Path) -> list[DemoAccount]:
    """Create the departments and accounts of ``file`` that are not there; return all accounts."""
    data = _read(file)
    password = data["password"]
    departments: dict[str, Department] = {}
    for entry in data["department"]:
        departments[entry["code"]], _created = Department.objects.get_or_create(
            code=entry["code"],
            defaults={
                "name": entry["name"],
                "short_name": entry["short_name"],
                "supervisor": departments.get(entry.get("supervisor", "")),
            },
        )
    for entry in data["account"]:
        user, is_new = User.objects.get_or_create(
            username=entry["username"], defaults={"full_name": entry["full_name"]}
        )
        if is_new:
            user.set_password(password)
            user.save()
            Membership.objects.bulk_create(
                Membership(user=user, department=departments[held["department"]], role=held["role"])
                for held in entry["roles"]
            )
    return [
        DemoAccount(entry["username"], password, entry["full_name"]) for entry in data["account"]
    ]


def load_reports(*, folder: Path, at: datetime) -> list[Report]:
    """Create the reports of ``reports.toml`` in ``folder`` that are not there; return the new ones.

    Raises: whatever stops a report from coming as far as the file says.
    """
    loaded = []
    for entry in _read(folder / "reports.toml")["report"]:
        department = Department.objects.get(code=entry["department"])
        reports = Report.objects.filter(department=department, scheme__code=entry["scheme"])
        if not reports.exists():
            scheme = issued_schemes().filter(code=entry["scheme"]).latest("version")
            with transaction.atomic():
                loaded.append(_load_report(folder, entry, department, scheme, at))
    return loaded


def _load_report(
    folder: Path,
    entry: dict[str, Any],
    department: Department,
    scheme: Scheme,
    at: datetime,
) -> Report:
    """Start and fill one report and move it as far as the file says."""
    preparer = User.objects.get(username=entry["preparer"])
    report = start_report(department=department, scheme=scheme, by=preparer, at=at)
    figures_text = (folder / f"{entry['files']}.figures.toml").read_text(encoding="utf-8")
    fill_report(
        report=report,
        figures=read_figures(figures_text, as_scoring_scheme(scheme)),
        narratives=_read(folder / f"{entry['files']}.narratives.toml"),
        by=preparer,
        at=at,
    )
    if entry["state"] == ReportState.PUBLISHED:
        submit(report=report, by=preparer, at=at)
        snapshot = latest_snapshot(report)
        approve(
            report=report,
            snapshot_sha256=snapshot.sha256 if snapshot else "",
            by=User.objects.get(username=entry["reviewer"]),
            at=at,
        )
        publish(report=report, by=User.objects.get(username=entry["approver"]), at=at)
    return report


def _read(file: Path) -> dict[str, Any]:
    """Return the parsed TOML of ``file``."""
    return tomllib.loads(file.read_text(encoding="utf-8"))
