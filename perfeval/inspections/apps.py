"""The inspections room as a Django application."""

from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    """Names the room; its label is the name of its folder."""

    name = "perfeval.inspections"
