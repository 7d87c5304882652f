"""The verification room as a Django application."""

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    """Names the room; its label is the name of its folder."""

    name = "perfeval.verification"
