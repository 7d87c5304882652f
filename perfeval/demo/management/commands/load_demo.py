"""Load the demonstration."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from perfeval.demo.services import load_accounts, load_reports, load_schemes


class Command(BaseCommand):
    """Loads what is missing and prints the accounts; run again, it keeps everything."""

    help = (
        "Load the schemes, the demonstration accounts and the two demonstration reports. "
        "What is there already is kept. Example: .venv/bin/python manage.py load_demo"
    )

    def handle(self, **options: Any) -> None:
        """Load, then print what is new and the accounts."""
        fixtures = settings.BASE_DIR / "fixtures"
        at = timezone.now()
        for scheme in load_schemes(folder=fixtures / "schemes", at=at):
            self.stdout.write(f"scheme   {scheme.code} {scheme.version}  {scheme.name}")
        accounts = load_accounts(file=fixtures / "demo" / "accounts.toml")
        for report in load_reports(folder=fixtures / "demo", at=at):
            score = report.scores.first()
            total = f"{score.total.normalize():f} {score.grade}".rstrip() if score else ""
            self.stdout.write(f"report   {report}  {total}")
        for account in accounts:
            self.stdout.write(
                f"account  {account.username} / {account.password}  {account.description}"
            )
