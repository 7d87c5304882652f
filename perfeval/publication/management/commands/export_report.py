"""Write one department's report of one year as canonical JSON or as PDF."""

import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from perfeval.accounts.models import Department
from perfeval.evidence.queries import evidence_by_indicator
from perfeval.publication.pdf import draft_pages
from perfeval.reports.filled import read_filled
from perfeval.reports.models import Report
from perfeval.review.models import Publication
from perfeval.snapshots.services import take_snapshot
from perfeval.snapshots.snapshot import snapshot_text
from perfeval.typesetting.pdf import RenderFailed

#: What the shell gets when the order could not be carried out as given.
EXIT_CODE = 2

EXAMPLES = """
Examples:
  .venv/bin/python manage.py export_report --department zengcheng-kexie --year 2022 --format pdf --out report.pdf
  .venv/bin/python manage.py export_report --department zengcheng-kexie --year 2022 --format json --out -

A published report is written exactly as it was published, byte for byte. Until then the report is
written as it stands, and each page of the PDF bears a watermark.
"""


class Command(BaseCommand):
    """Exports a report; ``--out -`` writes to standard output."""

    help = "Write one department's report of one year as canonical JSON or as PDF."
    # Writing a file needs the models, not the site's addresses.
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: object) -> ArgumentParser:  # type: ignore[override]
        """Return the parser with examples below its help."""
        return super().create_parser(
            prog_name,
            subcommand,
            epilog=EXAMPLES,
            formatter_class=RawDescriptionHelpFormatter,
            **kwargs,
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--department", required=True, metavar="CODE", help="code of the department"
        )
        parser.add_argument(
            "--year", required=True, type=int, metavar="YYYY", help="year of the report"
        )
        parser.add_argument(
            "--format", required=True, choices=("json", "pdf"), help="what to write"
        )
        parser.add_argument(
            "--out", required=True, metavar="FILE", help="file to write, - for standard output"
        )
        parser.add_argument(
            "--scheme",
            metavar="CODE",
            help="code of the scheme, where a department has several reports in a year",
        )

    def handle(self, *_args: object, **options: object) -> None:
        """Find the report and write it. Raises: CommandError with exit code 2."""
        try:
            report = _find(str(options["department"]), int(str(options["year"])), options["scheme"])
            published = Publication.objects.filter(report=report).select_related("snapshot").first()
            if options["format"] == "pdf":
                data = (
                    bytes(published.pdf)
                    if published
                    else draft_pages(read_filled(report)).rendered().data
                )
            elif published:
                data = published.snapshot.content.encode()
            else:
                evidence = evidence_by_indicator(report)
                data = snapshot_text(take_snapshot(read_filled(report), evidence)).encode()
        except RenderFailed as failure:
            raise CommandError(str(failure), returncode=EXIT_CODE) from failure
        except DatabaseError as error:
            raise CommandError(
                f"the database cannot be read ({error}); set it up with: .venv/bin/python manage.py migrate",
                returncode=EXIT_CODE,
            ) from error
        _write(str(options["out"]), data)
        if options["out"] != "-":
            self.stderr.write(f"{options['out']}: {len(data):,} bytes, revision {report.revision}")


def _find(code: str, year: int, scheme: object) -> Report:
    """Return the report. Raises: CommandError that says what there is instead."""
    department = Department.objects.filter(code=code).first()
    if department is None:
        known = ", ".join(Department.objects.values_list("code", flat=True)) or "none"
        raise CommandError(
            f"no department has the code {code!r}; there are: {known}", returncode=EXIT_CODE
        )
    reports = Report.objects.filter(department=department).select_related("department", "scheme")
    found = [
        report
        for report in reports
        if report.scheme.year == year and scheme in (None, report.scheme.code)
    ]
    if not found:
        known = (
            ", ".join(f"{report.scheme.year} ({report.scheme.code})" for report in reports)
            or "none"
        )
        raise CommandError(
            f"{code} has no such report of {year}; it has: {known}", returncode=EXIT_CODE
        )
    if len(found) > 1:
        known = ", ".join(report.scheme.code for report in found)
        raise CommandError(
            f"{code} has several reports of {year}; choose --scheme of: {known}",
            returncode=EXIT_CODE,
        )
    return found[0]


def _write(out: str, data: bytes) -> None:
    """Write the file whole or not at all. Raises: CommandError."""
    if out == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    path = Path(out)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise CommandError(f"cannot write {out}: {error.strerror}", returncode=EXIT_CODE) from error
