"""Write a scheme as TOML or Excel."""

import sys
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from perfeval.office.scheme_book import TextTooLong, scheme_as_excel
from perfeval.schemes.models import Scheme
from perfeval.schemes.queries import SchemeTampered, as_scoring_scheme
from perfeval.scoring.scheme.writing import write_scheme


class Command(BaseCommand):
    """Exports one version of a scheme, drafts included."""

    help = (
        "Write a scheme as TOML or Excel.\n\n"
        "Without a version the newest is written, without -o to standard output. What is written\n"
        "is read back by load_scheme without a difference. Exit code 0; 2 with the reason.\n\n"
        "Examples:\n"
        "  .venv/bin/python manage.py export_scheme zengcheng_2022\n"
        "  .venv/bin/python manage.py export_scheme zengcheng_2022:1 --format xlsx -o zengcheng.xlsx"
    )
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return a parser that keeps the line breaks of the help."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the scheme, the form and the file."""
        parser.add_argument("scheme", metavar="CODE[:VERSION]")
        parser.add_argument("--format", choices=("toml", "xlsx"), default="toml")
        parser.add_argument("-o", "--out", metavar="FILE", default="-")

    def handle(self, *, scheme: str, format: str, out: str, **options: Any) -> None:  # noqa: A002
        """Find the scheme and write it. Raises: CommandError with exit code 2."""
        row = _find(scheme)
        try:
            read = as_scoring_scheme(row)
            data = scheme_as_excel(read) if format == "xlsx" else write_scheme(read).encode()
        except SchemeTampered as error:
            raise CommandError(str(error), returncode=2) from error
        except TextTooLong as error:
            told = f"{error.place}: Excel cannot hold a text of this length; use --format toml"
            raise CommandError(told, returncode=2) from error
        if out == "-":
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
            return
        try:
            Path(out).write_bytes(data)
        except OSError as error:
            raise CommandError(f"cannot write {out}: {error.strerror}", returncode=2) from error
        self.stderr.write(f"{out}: {len(data):,} bytes, {row.code} version {row.version}")


def _find(name: str) -> Scheme:
    """Return the scheme. Raises: CommandError that says what there is instead."""
    code, _colon, version = name.partition(":")
    rows = Scheme.objects.filter(code=code).order_by("-version")
    row = rows.filter(version=int(version)).first() if version.isdecimal() else None
    row = row or (None if version else rows.first())
    if row is None:
        names = (f"{one.code}:{one.version}" for one in Scheme.objects.order_by("code", "version"))
        known = ", ".join(names) or "none"
        raise CommandError(f"there is no scheme {name!r}; there are: {known}", returncode=2)
    return row
