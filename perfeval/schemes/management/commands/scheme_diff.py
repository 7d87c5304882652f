"""Tell what changed between two versions of a scheme, in words."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from perfeval.schemes.models import Scheme
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.schemes.versions import mapping_between
from perfeval.scoring.versions.changes import worst
from perfeval.scoring.versions.difference import difference
from perfeval.words.changes import EFFECTS, grouped


class Command(BaseCommand):
    """Prints each change under the indicator that it belongs to, with its effect."""

    help = (
        "Tell what changed between two versions of a scheme.\n\n"
        "Each change says whether it is wording only, may change scores, or leaves answers that\n"
        "no longer fit.\n\n"
        "Example:\n"
        "  .venv/bin/python manage.py scheme_diff zengcheng_2022:1 zengcheng_2022:2"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return a parser that keeps the line breaks of the help."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the two versions."""
        parser.add_argument("old", metavar="CODE:VERSION")
        parser.add_argument("new", metavar="CODE:VERSION")

    def handle(self, *, old: str, new: str, **options: Any) -> None:
        """Compare and print."""
        rows = version_named(old), version_named(new)
        read = as_scoring_scheme(rows[0]), as_scoring_scheme(rows[1])
        changes = difference(*read, mapping_between(*rows))
        for group in grouped(changes, *read):
            self.stdout.write(group.title)
            for change in group.changes:
                self.stdout.write(f"  [{change.effect_name}] {change.sentence}")
        if not changes:
            self.stdout.write(_("Both versions say the same."))
        else:
            self.stdout.write(str(EFFECTS[worst(changes)]))


def version_named(text: str) -> Scheme:
    """Return the version that ``code:version`` names.

    Raises: CommandError with the versions that are there.
    """
    code, _colon, number = text.partition(":")
    rows = list(Scheme.objects.filter(code=code).order_by("version"))
    for row in rows:
        if str(row.version) == number:
            return row
    known = ", ".join(f"{row.code}:{row.version}" for row in rows or Scheme.objects.all())
    raise CommandError(
        _("There is no scheme “%(text)s”. Known are: %(known)s.") % {"text": text, "known": known}
    )
