"""The demonstration as a Django application."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Registers the command ``load_demo``; the room has no rows."""

    name = "perfeval.demo"
