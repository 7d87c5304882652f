"""PDFs of long reports that are being laid out, or were."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PdfJobState(models.TextChoices):
    """Where a job stands."""

    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class PdfJob(models.Model):
    """One long document: being laid out, or its pages, or why it could not be.

    ``key`` is the sha256 of all that the bytes depend on, so a job is never out of date; it may be
    deleted at any time, and is made again when somebody asks for the pages.
    """

    key = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=PdfJobState)
    attempt = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    expected_seconds = models.FloatField()
    error = models.TextField(blank=True)
    pdf = models.BinaryField(null=True)
    page_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="pdf_job_state_known", condition=models.Q(state__in=PdfJobState.values)
            ),
            models.CheckConstraint(
                name="pdf_job_done_has_pages",
                condition=~models.Q(state="done") | models.Q(pdf__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """Return the key."""
        return self.key
