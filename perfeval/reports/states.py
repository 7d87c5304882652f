"""The states of a report."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportState(models.TextChoices):
    """Where a report stands. Only a draft or a returned report may be edited."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    RETURNED = "returned", _("returned")
    APPROVED = "approved", _("approved")
    PUBLISHED = "published", _("published")


EDITABLE_STATES = frozenset({ReportState.DRAFT, ReportState.RETURNED})
