"""The room of the checker, so that Django finds its command."""

from django.apps import AppConfig


class CheckingConfig(AppConfig):
    """Registers the command ``check_report``; the room has no rows."""

    name = "perfeval.checking"
