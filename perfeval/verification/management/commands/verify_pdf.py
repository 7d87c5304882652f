"""Say whether a PDF is a report that was issued here, unchanged."""

import json
from argparse import RawDescriptionHelpFormatter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from perfeval.verification.services import FileOutcome, Verdict, verify
from perfeval.words.verification import OUTCOMES, UNREADABLE, describe_verification

GENUINE, NOT_GENUINE, UNREADABLE_FILE = 0, 1, 2


class Command(BaseCommand):
    """Verifies one file."""

    help = (
        "Say whether a PDF was issued here, is unchanged, and whether its signature holds; compute all\n"
        "scores anew from the data inside and compare every figure on its pages with them.\n\n"
        "Exit code: 0 genuine, 1 not, 2 unreadable.\n\n"
        "Examples:\n"
        "  .venv/bin/python manage.py verify_pdf report.pdf\n"
        "  .venv/bin/python manage.py verify_pdf report.pdf --json"
    )
    # Reading a file needs the models, not the site's addresses.
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return a parser that keeps the line breaks of the help."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file and the format."""
        parser.add_argument("file", metavar="FILE.pdf")
        parser.add_argument("--json", action="store_true", help="write the verdict as JSON")

    def handle(self, *, file: str, json: bool, **options: Any) -> None:
        """Read, verify, tell."""
        try:
            data = Path(file).read_bytes()
        except OSError as error:
            self.stderr.write(f"{file}: {error.strerror}")
            raise SystemExit(UNREADABLE_FILE) from error
        verdict = verify(data, names_issued=True)
        self.stdout.write(_as_json(verdict) if json else "\n".join(_lines(file, verdict)))
        if verdict.outcome is FileOutcome.UNREADABLE:
            raise SystemExit(UNREADABLE_FILE)
        raise SystemExit(GENUINE if verdict.is_genuine else NOT_GENUINE)


def _lines(file: str, verdict: Verdict) -> list[str]:
    found, identity = verdict.examination, verdict.examination.identity
    lines = [f"{file}: {OUTCOMES[verdict.outcome]}"]
    if found.unreadable:
        return [*lines, f"  {UNREADABLE[found.unreadable]}"]
    if identity:
        lines.append(f"  {identity.title} · {identity.total} {identity.grade}".rstrip())
    lines.append(f"  sha256 {verdict.sha256} · {found.page_count} pages · {found.figures} figures")
    lines += [
        f"  signature: {one.signer} · {one.signed_at} · "
        f"{'holds' if one.holds else 'broken'} · {'trusted' if known else 'unknown signer'}"
        for one, known in zip(found.signatures, verdict.signers_known, strict=True)
    ]
    return lines + [
        f"  - {describe_verification(one.code, one.parameters)}" for one in verdict.findings
    ]


def _as_json(verdict: Verdict) -> str:
    found = verdict.examination
    data = asdict(found)
    del data["report_text"]
    data |= {
        "outcome": verdict.outcome,
        "is_genuine": verdict.is_genuine,
        "sha256": verdict.sha256,
        "size": verdict.size,
        "published_at": verdict.published_at.isoformat() if verdict.published_at else None,
        "findings": [
            {
                "code": one.code,
                **one.parameters,
                "sentence": describe_verification(one.code, one.parameters),
            }
            for one in verdict.findings
        ],
    }
    for one, known in zip(data["signatures"], verdict.signers_known, strict=True):
        one["is_known"] = known
    return json.dumps(data, ensure_ascii=False, indent=2)
