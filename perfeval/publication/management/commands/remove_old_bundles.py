"""Delete the ZIP files of whole years that were made too long ago."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from perfeval.publication.bundle_jobs import KEPT_FOR, remove_old


class Command(BaseCommand):
    """Cleans up; to be run daily. Whoever begins a new file has it done too."""

    help = (
        f"Delete the ZIP files of whole years that were begun more than {KEPT_FOR.days} days ago."
    )

    def handle(self, *args: object, **options: object) -> None:
        """Delete them and say how many there were."""
        self.stdout.write(f"{remove_old(at=timezone.now())} removed")
