"""Check finished reports from files; only a scheme of the database needs one."""

import json
import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from perfeval.checking.findings import Finding, Findings, FindingSeverity
from perfeval.reading.bounds import REPORT_SUFFIXES, UNREAD_SUFFIXES
from perfeval.reading.refusals import ReportUnreadable
from perfeval.reading.services import check_report
from perfeval.schemes.queries import (
    SchemeTampered,
    as_scoring_scheme,
    finished_schemes,
    scheme_named,
)
from perfeval.scoring.scheme.reading import read_scheme
from perfeval.scoring.scheme.tree import Scheme
from perfeval.words.checking import SEVERITY_NAMES, describe_finding
from perfeval.words.reading import REPORT_REFUSALS

NOTHING_FOUND, FOUND, UNREADABLE = 0, 1, 2


class Command(BaseCommand):
    """Prints what does not hold in each report, and ends with 0, 1 or 2."""

    help = (
        "Check every number of finished reports (PDF, OFD, Word, Excel, text).\n\n"
        "Prints each finding with its line, what is stated and what follows. A folder stands for\n"
        "the reports in it. Exit code 0: nothing found; 1: findings; 2: a file can't be read\n"
        "(a scan, a password, not a report), whatever the others gave.\n\n"
        "Example:\n"
        "  .venv/bin/python manage.py check_report report.pdf --scheme zengcheng_2022 --json"
    )
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return a parser that keeps the line breaks of the help."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the files, the scheme and the form of the output."""
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help="a report, or a folder of them"
        )
        parser.add_argument(
            "--scheme",
            default="",
            metavar="CODE",
            help="take grade bands and full score from this scheme: CODE for the latest issued version in "
            "the database, CODE:VERSION for a certain one, or a .toml file; a CODE that the database "
            "does not have is looked for in fixtures/schemes",
        )
        parser.add_argument(
            "--json",
            action="store_true",
            dest="is_json",
            help="print one JSON object for each file, one a line",
        )

    def handle(self, *, files: list[str], scheme: str, is_json: bool, **options: Any) -> None:
        """Check each file, print, end with the exit code that fits the worst."""
        frozen = _scheme(scheme) if scheme else None
        code = NOTHING_FOUND
        for path in _reports(files):
            try:
                _, found = check_report(path.name, _bytes(path), frozen)
            except ReportUnreadable as fault:
                code = UNREADABLE
                self._say_unreadable(path, str(REPORT_REFUSALS[fault.reason]), is_json=is_json)
                continue
            if found.findings and code == NOTHING_FOUND:
                code = FOUND
            if is_json:
                self.stdout.write(json.dumps(_as_json(path, found), ensure_ascii=False))
            else:
                self.stdout.write("\n".join(_lines(path, found)))
        if code:
            sys.exit(code)

    def _say_unreadable(self, path: Path, why: str, *, is_json: bool) -> None:
        """Say why a file was not checked: in the JSON where that was asked for, else as an error."""
        if is_json:
            unread = {"file": str(path), "unreadable": why, "findings": [], "claims": 0}
            self.stdout.write(json.dumps(unread, ensure_ascii=False))
        self.stderr.write(f"{path}: {why}")


def _reports(files: list[str]) -> Iterator[Path]:
    """Yield the files named, and the reports inside the folders named."""
    for name in files:
        path = Path(name)
        if path.is_dir():
            yield from (
                child
                for child in sorted(path.rglob("*"))
                if child.suffix.lower() in REPORT_SUFFIXES + UNREAD_SUFFIXES
            )
        else:
            yield path


def _bytes(path: Path) -> bytes:
    """Return a file's bytes.

    Raises: ReportUnreadable when there is no such file.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReportUnreadable("missing") from error


def _scheme(name: str) -> Scheme:
    """Return the scheme of a TOML file, else of the database, else of ``fixtures/schemes``.

    Raises: CommandError with exit code 2.
    """
    if not name.endswith(".toml"):
        stored = _stored_scheme(name)
        if stored is not None:
            return stored
    path = Path(name)
    if path.suffix != ".toml":
        path = Path(settings.BASE_DIR) / "fixtures" / "schemes" / f"{name}.toml"
    try:
        return read_scheme(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CommandError(
            f"there is no scheme {name!r}: neither an issued one in the database nor {path.name}"
            f"{_known_schemes()}",
            returncode=UNREADABLE,
        ) from error
    except (OSError, ValueError) as error:
        raise CommandError(
            f"the scheme {name!r} can't be read ({path.name}): {error}", returncode=UNREADABLE
        ) from error


def _stored_scheme(name: str) -> Scheme | None:
    """Return the issued scheme CODE, or CODE:version; None when there is none, or no database."""
    try:
        row = scheme_named(name)
        return as_scoring_scheme(row) if row else None
    except DatabaseError:
        return None
    except SchemeTampered as error:
        raise CommandError(str(error), returncode=UNREADABLE) from error


def _known_schemes() -> str:
    """Return the names that could have been meant, empty when the database has none."""
    try:
        names = [f"{row.code}:{row.version}" for row in finished_schemes()]
    except DatabaseError:
        return ""
    return f"; the database has {', '.join(names)}" if names else ""


def _as_json(path: Path, found: Findings) -> dict[str, object]:
    """Return what was found as the JSON that the command prints."""
    return {
        "file": str(path),
        "findings": [
            {
                "code": finding.code,
                "severity": str(finding.severity),
                "message": describe_finding(finding),
                "line": finding.line,
                "excerpt": finding.excerpt,
                "stated": finding.stated,
                "computed": finding.computed,
            }
            for finding in found.findings
        ],
        "claims": found.claims,
    }


def _lines(path: Path, found: Findings) -> Iterator[str]:
    """Yield the printed lines of one file."""
    names = {severity: str(name).lower() for severity, name in SEVERITY_NAMES.items()}
    counts = "  ".join(f"{names[severity]} {found.count(severity)}" for severity in FindingSeverity)
    yield f"{path}  [{found.claims}]  {counts}"
    for finding in found.findings:
        yield f"  {_place(finding)}  {names[finding.severity]}  {finding.code}"
        yield f"      {describe_finding(finding)}"
        yield f"      … {finding.excerpt} …"


def _place(finding: Finding) -> str:
    """Return the line of a finding, set to the right."""
    return f"{finding.line:>5}"
