"""The room for moving a year's reports to a corrected scheme."""

from django.apps import AppConfig


class CorrectionsConfig(AppConfig):
    """Registers the room."""

    name = "perfeval.corrections"
