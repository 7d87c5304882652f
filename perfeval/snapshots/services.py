"""A report out as canonical data, and in again as a draft."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from perfeval.accounts.models import Department, User
from perfeval.evidence.models import EvidenceFile
from perfeval.reports import services as filling
from perfeval.reports.filled import Filled
from perfeval.reports.models import Report
from perfeval.schemes.models import Scheme
from perfeval.schemes.queries import as_scoring_scheme, issued_schemes
from perfeval.scoring.canonical import content_hash
from perfeval.scoring.codec import FormatError, FormatProblem
from perfeval.scoring.figures import Figures
from perfeval.scoring.own_part import with_own_part
from perfeval.scoring.scheme import tree as frozen
from perfeval.snapshots.earlier import compares_years, year_before
from perfeval.snapshots.fit import check_fit
from perfeval.snapshots.snapshot import EvidenceItem, Snapshot, read_snapshot


class ImportRefused(FormatError):
    """A file that cannot become a draft; ``problems`` holds everything that is wrong with it."""


def take_snapshot(filled: Filled, evidence: Mapping[str, Sequence[EvidenceFile]]) -> Snapshot:
    """Return the report at its revision; ``evidence``: its files by indicator."""
    scheme, department = filled.issued, filled.report.department
    return Snapshot(
        scheme_code=scheme.code,
        scheme_version=scheme.version,
        scheme_hash=filled.report.scheme.content_hash,
        department_code=department.code,
        department_name=department.name,
        department_short_name=department.short_name,
        year=scheme.year,
        title=title_of(scheme.report_title, department.name, scheme.year),
        revision=filled.report.revision,
        figures=filled.figures,
        narratives=filled.narratives,
        scoring_hash=scoring_hash(scheme, filled.figures),
        result=filled.result,
        evidence=tuple(
            EvidenceItem(code, item.file_name, item.size, item.sha256)
            for code, items in evidence.items()
            for item in items
        ),
        before=year_before(filled.report) if compares_years(scheme) else None,
    )


def scoring_hash(scheme: frozen.Scheme, figures: Figures) -> str:
    """Return the hash of the tree by which the report is scored, empty without an own part."""
    own_part = figures.own_part
    return content_hash(with_own_part(scheme, own_part)) if scheme.slots and own_part else ""


def title_of(pattern: str, department: str, year: int) -> str:
    """Return the report's title from the scheme's pattern with {department} and {year}."""
    return pattern.replace("{department}", department).replace("{year}", str(year))


def import_report(
    *, text: str, by: User | None, at: datetime, is_replacing: bool = False
) -> Report:
    """Make a draft from the canonical JSON of ``text`` and return it; all of it or nothing.

    The score is computed anew from the figures; a Result in the file is not trusted, nor are its
    evidence names, whose files are not in it. ``is_replacing`` overwrites a report that may still
    be edited. Raises: ImportRefused.
    """
    try:
        snapshot = read_snapshot(text)
    except FormatError as error:
        raise ImportRefused(error.problems) from error
    scheme_row, department, problems = _owners(snapshot)
    if scheme_row is None or department is None:
        raise ImportRefused(tuple(problems))
    scheme = as_scoring_scheme(scheme_row)
    problems.extend(check_fit(scheme, snapshot))
    if problems:
        raise ImportRefused(tuple(problems))
    with transaction.atomic():
        report = _draft(scheme_row, department, by, at, is_replacing=is_replacing)
        fill_report(
            report=report,
            figures=snapshot.figures,
            narratives=snapshot.narratives,
            by=by,
            at=at,
        )
    return report


@transaction.atomic
def fill_report(
    *,
    report: Report,
    figures: Figures,
    narratives: Mapping[str, str],
    by: User | None,
    at: datetime,
) -> None:
    """Save every part of a report through the services that the forms use, overwriting it.

    Raises: reports.services.ReportLocked.
    """
    scheme = as_scoring_scheme(report.scheme)
    filling.save_figures(report=report, amounts=figures.amounts, version=None, by=by, at=at)
    filling.save_key_tasks(report=report, key_tasks=figures.key_tasks, version=None, by=by, at=at)
    filling.save_goals(report=report, goals=figures.goals, version=None, by=by, at=at)
    if scheme.slots:
        filling.save_own_part(report=report, own_part=figures.own_part, version=None, by=by, at=at)
        scheme = with_own_part(scheme, figures.own_part)
    for group in scheme.scored_groups():
        codes = {leaf.code for leaf in group.leaves()}
        if group.is_leaf and group.rule is None:
            continue  # a slot with nothing in it
        answers = {code: answer for code, answer in figures.answers.items() if code in codes}
        filling.save_answers(
            report=report, group=group.code, answers=answers, version=None, by=by, at=at
        )
    for section in scheme.outline:
        if section.takes_text:
            text = narratives.get(section.code, "")
            filling.save_narrative(
                report=report,
                section=section.code,
                text=text,
                version=None,
                by=by,
                at=at,
            )
    report.refresh_from_db()


def _owners(
    snapshot: Snapshot,
) -> tuple[Scheme | None, Department | None, list[FormatProblem]]:
    """Return the scheme and the department that the file names, and what is wrong with them."""
    problems = []
    named = f"{snapshot.scheme_code} {snapshot.scheme_version}"
    scheme = (
        issued_schemes().filter(code=snapshot.scheme_code, version=snapshot.scheme_version).first()
    )
    if scheme is None:
        known = ", ".join(f"{row.code} {row.version}" for row in issued_schemes())
        problems.append(
            FormatProblem("scheme_code", "unknown_scheme", {"found": named, "allowed": known})
        )
    elif scheme.content_hash != snapshot.scheme_hash:
        problems.append(FormatProblem("scheme_hash", "scheme_differs", {"found": named}))
    elif scheme.year != snapshot.year:
        problems.append(
            FormatProblem(
                "year",
                "year_differs",
                {"found": str(snapshot.year), "expected": str(scheme.year)},
            )
        )
    department = Department.objects.filter(code=snapshot.department_code).first()
    if department is None:
        problems.append(
            FormatProblem(
                "department_code",
                "unknown_department",
                {"found": snapshot.department_code},
            )
        )
    return scheme, department, problems


def _draft(
    scheme: Scheme,
    department: Department,
    by: User | None,
    at: datetime,
    *,
    is_replacing: bool,
) -> Report:
    """Return the report to fill: a new one, or the existing draft when it may be replaced."""
    # Locked until the import ends: nobody hands the report in while it is being overwritten.
    existing = (
        Report.objects.select_for_update(of=("self",))
        .filter(scheme=scheme, department=department)
        .first()
    )
    if existing is None:
        return filling.start_report(department=department, scheme=scheme, by=by, at=at)
    told = {"state": str(existing.get_state_display())}
    if not existing.is_editable:
        raise ImportRefused((FormatProblem("", "report_locked", told),))
    if not is_replacing:
        raise ImportRefused((FormatProblem("", "report_exists", told),))
    return existing
