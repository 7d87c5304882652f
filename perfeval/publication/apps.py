"""The room of publication as a Django application."""

from django.apps import AppConfig


class PublicationConfig(AppConfig):
    """Registers the commands ``export_report`` and ``remove_old_bundles``; the rows are those of ``review``."""

    name = "perfeval.publication"
