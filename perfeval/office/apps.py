"""The room of Word and Excel files as a Django application."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """Registers the command ``export_scheme``; the room has no rows."""

    name = "perfeval.office"
