"""Correct a year on the command line: the same steps as on the pages, for as many reports as there are."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from perfeval.accounts.models import User
from perfeval.corrections import services
from perfeval.corrections.models import Correction
from perfeval.corrections.queries import corrections, progress_of, reports_in
from perfeval.schemes.models import Scheme
from perfeval.scoring.quantity import format_points

STEPS = ("propose", "compute", "approve", "apply", "revert", "withdraw", "show")


class Command(BaseCommand):
    """Takes one step of a correction and prints how far it has come."""

    help = (
        "Correct a year: move the reports of a superseded version to the issued one.\n\n"
        "Another person has to approve between the trial run and applying; each step is logged\n"
        "with the account that --by names.\n\n"
        "Example:\n"
        "  .venv/bin/python manage.py correct_year propose zengcheng_2022:1 --by owner --reason 更正通知\n"
        "  .venv/bin/python manage.py correct_year approve 7 --by approver\n"
        "  .venv/bin/python manage.py correct_year apply 7 --by owner\n"
        "  .venv/bin/python manage.py correct_year revert 7 --by owner"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return a parser that keeps the line breaks of the help."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the step, what it is about, and who takes it."""
        parser.add_argument("step", choices=STEPS)
        parser.add_argument("about", metavar="CODE:VERSION|NUMBER")
        parser.add_argument("--by", default="", metavar="ACCOUNT")
        parser.add_argument("--reason", default="")
        parser.add_argument("--send-back", action="store_true", dest="sends_back")

    def handle(self, *, step: str, about: str, by: str, **options: Any) -> None:
        """Take the step; every refusal is one sentence."""
        person = User.objects.filter(username=by).first()
        if person is None and step not in ("show", "compute"):
            raise CommandError(_("Name the account that takes this step with --by."))
        try:
            found = self._step(step, about, person, **options)
        except services.CorrectionRefused as refused:
            raise CommandError(str(refused)) from refused
        self._print(found, is_whole=step == "show")

    def _step(self, step: str, about: str, by: User | None, **options: Any) -> Correction:
        at = timezone.now()
        if step == "propose" and by:
            old = _scheme(about)
            new = Scheme.objects.filter(code=old.code, state="issued").first() or old
            given = {"reason": options["reason"], "sends_back": options["sends_back"]}
            made = services.propose(old=old, new=new, by=by, at=at, **given)
            return services.compute(correction=made)
        found = corrections().filter(pk=int(about) if about.isdigit() else 0).first()
        if found is None:
            raise CommandError(_("There is no correction %(number)s.") % {"number": about})
        if step == "compute":
            return services.compute(correction=found)
        if by is None or step == "show":
            return found
        act = {
            "approve": services.approve,
            "apply": services.apply,
            "revert": services.revert,
            "withdraw": services.withdraw,
        }[step]
        return act(correction=found, by=by, at=at)

    def _print(self, found: Correction, *, is_whole: bool) -> None:
        progress = progress_of(found)
        if is_whole:
            for item in reports_in(found).iterator(chunk_size=200):
                totals = f"{format_points(item.old_total)} → {format_points(item.new_total)}"
                grades = f"{item.old_grade or '—'} → {item.new_grade or '—'}"
                told = (item.report.department, totals, grades, item.get_plan_display())
                self.stdout.write(
                    " | ".join(str(one) for one in (*told, item.get_outcome_display()))
                )
        self.stdout.write(
            _(
                "Correction %(number)s (%(state)s): %(computed)s of %(total)s computed, "
                "%(moving)s to move, %(moved)s moved, %(stale)s changed meanwhile, "
                "%(reverted)s taken back."
            )
            % {
                "number": found.pk,
                "state": found.get_state_display(),
                "computed": progress.computed,
                "total": progress.total,
                "moving": progress.moving,
                "moved": progress.moved,
                "stale": progress.stale + progress.kept,
                "reverted": progress.reverted,
            }
        )


def _scheme(text: str) -> Scheme:
    """Return the version that ``code:version`` names. Raises: CommandError."""
    code, _colon, number = text.partition(":")
    row = Scheme.objects.filter(code=code, version=int(number) if number.isdigit() else 0).first()
    if row is None:
        raise CommandError(_("There is no scheme “%(text)s”.") % {"text": text})
    return row
