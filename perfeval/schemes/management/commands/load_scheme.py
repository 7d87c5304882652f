"""Store a scheme file as a draft, or issue it."""

from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from perfeval.reading.refusals import WorkbookRefused
from perfeval.reading.services import read_workbook
from perfeval.schemes.rows import SchemeNotStorable
from perfeval.schemes.services import (
    SchemeExists,
    SchemeNotClean,
    faults_of,
    issue_scheme,
    load_scheme,
)
from perfeval.scoring.scheme.reading import SchemeProblems, read_draft
from perfeval.scoring.scheme.tree import Scheme
from perfeval.sheets.importing import (
    Head,
    NotUnderstood,
    RowsRefused,
    draft_of,
    read_import,
    skeleton,
)
from perfeval.words.scoring import describe_format_problem
from perfeval.words.sheets import describe_refusal, describe_remark


class Command(BaseCommand):
    """Loads a TOML file, or an Excel workbook that export_scheme wrote."""

    help = (
        "Store a scheme file as a draft: TOML, or an Excel workbook that export_scheme wrote.\n\n"
        "A draft may have faults; they are printed with their places. --issue refuses them: then\n"
        "nothing is stored. A bureau's own sheet without rules is imported in the browser, where\n"
        "each guess is confirmed. Exit code 0; 2 with everything that is wrong.\n\n"
        "Examples:\n"
        "  .venv/bin/python manage.py load_scheme fixtures/schemes/zengcheng_2022.toml --issue\n"
        "  .venv/bin/python manage.py load_scheme edited.xlsx"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return a parser that keeps the line breaks of the help."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file and whether the scheme is issued."""
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--issue", action="store_true", help="issue it at once; refuses faults")

    def handle(self, *, file: str, issue: bool, **options: Any) -> None:
        """Read, store, issue."""
        try:
            data = Path(file).read_bytes()
            scheme = (
                self._from_excel(data, file) if data[:2] == b"PK" else read_draft(data.decode())
            )
        except (OSError, UnicodeDecodeError) as error:
            self._refuse(f"{file}: {error}")
        except SchemeProblems as refused:
            self._refuse(
                *(f"{file}: {describe_format_problem(problem)}" for problem in refused.problems)
            )
        findings = [describe_format_problem(problem) for problem in faults_of(scheme)]
        try:
            with transaction.atomic():
                row = load_scheme(scheme=scheme, at=timezone.now())
                if issue:
                    row = issue_scheme(scheme=row, by=None, at=timezone.now())
        except SchemeNotClean:
            self._refuse(*(f"{file}: {finding}" for finding in findings))
        except (SchemeExists, SchemeNotStorable) as error:
            self._refuse(f"{file}: {error}")
        for finding in findings:
            self.stderr.write(f"{file}: {finding}")
        self.stdout.write(f"{row.code} {row.version}: {row.get_state_display()}")

    def _from_excel(self, data: bytes, file: str) -> Scheme:
        """Return the scheme of a workbook of ours."""
        try:
            imported = read_import(read_workbook(data), skeleton())
        except WorkbookRefused as refused:
            self._refuse(f"{file}: {describe_refusal(refused)}")
        except RowsRefused as refused:
            self._refuse(
                *(
                    f"{file}: {place}: {describe_format_problem(problem)}"
                    for place, problem in refused.problems
                )
            )
        except NotUnderstood as refused:
            self._refuse(f"{file}: {refused}")
        tables = imported.tables
        if tables is None:
            self._refuse(
                f"{file}: this workbook carries no rules; import it in the browser (schemes/import/)"
            )
        for remark in imported.remarks:
            self.stderr.write(f"{file}: {describe_remark(remark)}")
        named = ("code", "version", "name", "authority", "year", "source")
        return draft_of(imported, Head(**{name: tables[name] for name in named}), skeleton())

    def _refuse(self, *lines: str) -> NoReturn:
        """Print why, and end with exit code 2."""
        for line in lines:
            self.stderr.write(line)
        raise SystemExit(2)
