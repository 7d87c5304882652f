"""What was submitted, who moved it, what was said, what was published, and a year of it in one file."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from perfeval.accounts.models import Department
from perfeval.reports.models import Report
from perfeval.reports.states import ReportState
from perfeval.review.moves import MoveName
from perfeval.schemes.models import Indicator


class ReportSnapshot(models.Model):
    """A report as it was submitted: canonical JSON and its sha256. Never changed."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="snapshots")
    revision = models.PositiveIntegerField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["report_id", "-id"]

    def __str__(self) -> str:
        """Return the hash."""
        return self.sha256


class Transition(models.Model):
    """One move of a report: who, when, from which state to which, on which snapshot, and why."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="transitions")
    move = models.CharField(_("move"), max_length=20, choices=MoveName)
    from_state = models.CharField(max_length=20, choices=ReportState)
    to_state = models.CharField(max_length=20, choices=ReportState)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()
    comment = models.TextField(_("comment"), blank=True)
    snapshot = models.ForeignKey(ReportSnapshot, on_delete=models.PROTECT)

    class Meta:
        ordering = ["report_id", "at", "id"]
        constraints = [
            models.CheckConstraint(
                name="transition_move_known",
                condition=models.Q(move__in=MoveName.values),
            ),
            models.CheckConstraint(
                name="transition_states_known",
                condition=models.Q(
                    from_state__in=ReportState.values, to_state__in=ReportState.values
                ),
            ),
            models.CheckConstraint(
                name="transition_return_has_comment",
                condition=~models.Q(move=MoveName.RETURN) | ~models.Q(comment=""),
                violation_error_message=_("A return needs a comment."),
            ),
        ]

    def __str__(self) -> str:
        """Return the move and who made it."""
        return f"{self.get_move_display()} · {self.by}"


class Comment(models.Model):
    """A remark on a report, or on one of its indicators; ``own_code`` names one of its own."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="comments")
    indicator = models.ForeignKey(
        Indicator,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="comments",
    )
    own_code = models.SlugField(max_length=64, blank=True)
    text = models.TextField(_("comment"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["report_id", "at", "id"]
        constraints = [
            models.CheckConstraint(name="comment_has_text", condition=~models.Q(text="")),
        ]

    @property
    def code(self) -> str:
        """Return the code of the indicator that it speaks of, empty for the whole report."""
        return self.own_code or (self.indicator.code if self.indicator else "")

    def __str__(self) -> str:
        """Return the start of the text."""
        return self.text[:40]


class OwnPartDecision(models.TextChoices):
    """What a reviewer said of a department's own indicators; empty while nothing was said."""

    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("returned")


class OwnPartReview(models.Model):
    """A department's own indicators as they were sent to be approved, and what was decided.

    ``content`` is their canonical JSON, ``sha256`` its hash: what is approved is exactly this.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="own_part_reviews")
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sent_own_parts"
    )
    decision = models.CharField(
        _("decision"), max_length=20, choices=OwnPartDecision, blank=True, default=""
    )
    comment = models.TextField(_("comment"), blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decided_own_parts",
    )

    class Meta:
        ordering = ["report_id", "id"]
        constraints = [
            models.CheckConstraint(
                name="own_part_decision_known",
                condition=models.Q(decision__in=["", *OwnPartDecision.values]),
            ),
            models.CheckConstraint(
                name="own_part_decision_stamped",
                condition=models.Q(decision="", decided_at__isnull=True, decided_by__isnull=True)
                | (
                    ~models.Q(decision="")
                    & models.Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
                violation_error_message=_("A decision needs who took it and when."),
            ),
            models.CheckConstraint(
                name="own_part_return_has_comment",
                condition=~models.Q(decision=OwnPartDecision.RETURNED) | ~models.Q(comment=""),
                violation_error_message=_("A return needs a comment."),
            ),
            models.CheckConstraint(
                name="own_part_decided_by_another",
                condition=models.Q(decided_by__isnull=True)
                | ~models.Q(decided_by=models.F("sent_by")),
                violation_error_message=_("Nobody approves own indicators that they sent."),
            ),
        ]

    def __str__(self) -> str:
        """Return the hash."""
        return self.sha256


class Publication(models.Model):
    """The published PDF: its bytes, hash, page count, and what it was made with. Never changed."""

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="publication")
    snapshot = models.ForeignKey(ReportSnapshot, on_delete=models.PROTECT)
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    page_count = models.PositiveIntegerField()
    made_with = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["report_id"]

    def __str__(self) -> str:
        """Return the hash of the PDF."""
        return self.sha256


class PublicRelease(models.Model):
    """A published report as the public has it: its canonical JSON and its PDF, by whom and since when.

    Never changed, but for taking it back; a report may be released again after that.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="releases")
    content = models.TextField()
    content_sha256 = models.CharField(max_length=64)
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["report_id", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="public_release_one_at_a_time",
                violation_error_message=_("This report is public already."),
            ),
            models.CheckConstraint(
                name="public_release_withdrawn_by_somebody",
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """Return the hash of the PDF."""
        return self.sha256


class BundleState(models.TextChoices):
    """Where the making of a bundle stands."""

    RUNNING = "running", _("being made")
    DONE = "done", _("ready to download")
    FAILED = "failed", _("not made")


class BundleFailure(models.TextChoices):
    """Why a bundle could not be made."""

    NO_ROOM = "no_room", _("no room on the disk, or it cannot be written")
    GIVEN_UP = "given_up", _("broken off several times")


class BundleJob(models.Model):
    """A bureau's year as one ZIP: being made, ready, or why it could not be made.

    There is one for each bureau and year, for everybody who may have it; the file lies beside the evidence.
    It may be deleted at any time and made again. ``manifest``: what goes in (``bundles.as_manifest``), as it
    stood at the start; ``key``: its hash. ``faults``: the ids of publications whose kept file is damaged.
    """

    bureau = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="bundles")
    year = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=BundleState)
    failure = models.CharField(max_length=10, choices=BundleFailure, blank=True, default="")
    attempt = models.PositiveSmallIntegerField(default=0)
    manifest = models.JSONField()
    faults = models.JSONField(default=list)
    report_count = models.PositiveIntegerField()
    done_count = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["bureau_id", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["bureau", "year"], name="bundle_job_one_of_a_year"),
            models.CheckConstraint(
                name="bundle_job_state_known", condition=models.Q(state__in=BundleState.values)
            ),
            models.CheckConstraint(
                name="bundle_job_failed_says_why",
                condition=models.Q(state="failed", failure__in=BundleFailure.values)
                | (~models.Q(state="failed") & models.Q(failure="")),
            ),
        ]

    @property
    def percent(self) -> int:
        """Return how much of it is made, 0 to 99: the index comes last."""
        return 99 * self.done_count // max(1, self.report_count)

    def __str__(self) -> str:
        """Return whose it is and of which year."""
        return f"{self.bureau} {self.year}"
