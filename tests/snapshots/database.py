"""All that is stored, as one value, so that a test can say that nothing of it changed."""

from typing import Any

from django.apps import apps

ROOMS = ("accounts", "schemes", "reports", "evidence", "review")


def rows() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every room by the model's name."""
    return {
        model._meta.label: [
            {
                name: bytes(value) if isinstance(value, memoryview) else value
                for name, value in row.items()
            }
            for row in model.objects.order_by("pk").values()
        ]
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
    }
