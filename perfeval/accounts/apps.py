"""The accounts room as a Django application."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Names the room; its label is the name of its folder."""

    name = "perfeval.accounts"
