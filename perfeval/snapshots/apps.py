"""The room of snapshots as a Django application."""

from django.apps import AppConfig


class SnapshotsConfig(AppConfig):
    """Registers the command ``import_report``; the room has no rows."""

    name = "perfeval.snapshots"
