"""Make a draft from an exported report."""

from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from perfeval.accounts.models import User
from perfeval.reading.services import embedded_report, is_pdf
from perfeval.reports.queries import current_score
from perfeval.scoring.codec import FormatError
from perfeval.scoring.quantity import format_points
from perfeval.snapshots.services import ImportRefused, import_report
from perfeval.words.scoring import describe_format_problem


class Command(BaseCommand):
    """Imports one file, or refuses it with every reason; nothing is half-imported."""

    help = (
        "Make a draft from a JSON file that export_report wrote, or from a published PDF.\n\n"
        "A file that does not fit the scheme is refused with its name, the place and the reason\n"
        "of everything that is wrong; then nothing is imported, and the exit code is 2.\n\n"
        "Example:\n"
        "  .venv/bin/python manage.py import_report zengcheng-kexie-2022.json --by preparer"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return a parser that keeps the line breaks of the help."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file, the person, and whether a draft may be replaced."""
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--by", metavar="ACCOUNT", help="who is named as having filled it in")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="replace the department's editable report",
        )

    def handle(self, *, file: str, by: str | None, replace: bool, **options: Any) -> None:
        """Read, check, import."""
        person = None
        if by is not None:
            person = User.objects.filter(username=by).first()
            if person is None:
                self._refuse(f"--by: there is no account “{by}”")
        try:
            data = Path(file).read_bytes()
            text = embedded_report(data) if is_pdf(data) else data.decode()
        except (OSError, UnicodeDecodeError) as error:
            self._refuse(f"{file}: {error}")
        except FormatError as refused:
            self._refuse(*(f"{file}: {describe_format_problem(one)}" for one in refused.problems))
        try:
            report = import_report(text=text, by=person, at=timezone.now(), is_replacing=replace)
        except ImportRefused as refused:
            self._refuse(*(f"{file}: {describe_format_problem(one)}" for one in refused.problems))
        score = current_score(report)
        told = f"{format_points(score.total, fixed=True)} {score.grade}".rstrip()
        self.stdout.write(f"{report.department} {report.scheme.year}: {told}")

    def _refuse(self, *lines: str) -> None:
        """Print why, and end with exit code 2."""
        for line in lines:
            self.stderr.write(line)
        raise SystemExit(2)
