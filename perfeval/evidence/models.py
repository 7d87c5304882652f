"""Files behind a score."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from perfeval.reports.models import Report
from perfeval.schemes.models import Indicator


def stored_path(item: "EvidenceFile", _file_name: str) -> str:
    """Return where the bytes lie: by content hash, never under the name that was uploaded."""
    return f"evidence/{item.report_id}/{item.sha256}"


class EvidenceFile(models.Model):
    """One uploaded file. ``file_name`` is what the uploader called it; ``kind`` what it really is.

    It belongs to an indicator of the scheme, or to one of the department's own, by its code.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="evidence_files")
    indicator = models.ForeignKey(
        Indicator, null=True, on_delete=models.PROTECT, related_name="evidence_files"
    )
    own_code = models.SlugField(max_length=64, blank=True)
    file = models.FileField(_("file"), upload_to=stored_path, max_length=200)
    file_name = models.CharField(_("file name"), max_length=200)
    kind = models.CharField(max_length=20)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)

    class Meta:
        ordering = ["report_id", "indicator__position", "uploaded_at", "id"]
        verbose_name = _("evidence file")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "indicator", "sha256"],
                name="evidence_once_per_indicator",
                violation_error_message=_("This file is attached to the indicator already."),
            ),
            models.UniqueConstraint(
                fields=["report", "own_code", "sha256"],
                name="evidence_once_per_own_indicator",
                condition=~models.Q(own_code=""),
                violation_error_message=_("This file is attached to the indicator already."),
            ),
            models.CheckConstraint(
                name="evidence_of_one_indicator",
                condition=models.Q(indicator__isnull=False, own_code="")
                | (models.Q(indicator__isnull=True) & ~models.Q(own_code="")),
            ),
        ]

    @property
    def code(self) -> str:
        """Return the code of the indicator that it belongs to."""
        return self.own_code or (self.indicator.code if self.indicator else "")

    def __str__(self) -> str:
        """Return the uploaded name."""
        return self.file_name
