"""A finished report that somebody checked and asked to keep, with what was found in it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from perfeval.schemes.models import Scheme


def stored_path(item: "Inspection", _file_name: str) -> str:
    """Return where the bytes lie: by owner and content hash, never under the name that was sent."""
    return f"inspections/{item.owner_id}/{item.sha256}"


class Inspection(models.Model):
    """One kept check, for its owner alone.

    ``text`` is the report as it was read, in which the findings' offsets count; ``findings`` is what
    ``services.findings_as_json`` wrote, ``coverage`` which figures were held against anything. The counts stand beside them so that a list reads neither.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="inspections"
    )
    scheme = models.ForeignKey(
        Scheme, null=True, on_delete=models.PROTECT, related_name="inspections"
    )
    file = models.FileField(_("file"), upload_to=stored_path, max_length=200)
    file_name = models.CharField(_("file name"), max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    text = models.TextField()
    findings = models.JSONField()
    coverage = models.JSONField(default=dict)
    claims = models.PositiveIntegerField()
    errors = models.PositiveIntegerField()
    warnings = models.PositiveIntegerField()
    notes = models.PositiveIntegerField()
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ["-checked_at", "-id"]
        verbose_name = _("kept check")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "sha256"],
                name="inspection_once_per_owner_and_file",
                violation_error_message=_("You keep this file already."),
            ),
        ]

    def __str__(self) -> str:
        """Return the name under which the file was sent."""
        return self.file_name
