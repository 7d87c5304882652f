"""The room of background work as a Django application."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Names the room; the label is that of the folder in which its tables were first made."""

    name = "perfeval.jobs"
    label = "rendering"
