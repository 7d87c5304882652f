"""A department's report for one scheme, and everything filled into it."""

import secrets

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from perfeval.accounts.models import Department
from perfeval.reports.states import EDITABLE_STATES, ReportState
from perfeval.schemes.models import Indicator, Scheme
from perfeval.scoring.quantity import AMOUNT_LIMIT

_IN_RANGE = {"gte": -AMOUNT_LIMIT, "lte": AMOUNT_LIMIT}


def _amount_in_range(name: str, field: str) -> models.CheckConstraint:
    """Return the constraint that keeps a 万元 amount within the largest one taken; a refund is below 0."""
    return models.CheckConstraint(
        name=name,
        condition=models.Q(**{f"{field}__isnull": True})
        | models.Q(**{f"{field}__{lookup}": value for lookup, value in _IN_RANGE.items()}),
        violation_error_message=_("The amount must be at most 99,999,999.99 (10,000 yuan)."),
    )


class GoalDirectionChoice(models.TextChoices):
    """How an actual value is held against its target; ``scoring.figures.GoalDirection``'s members."""

    POSITIVE = "positive", _("at least (≥)")
    REVERSE = "reverse", _("at most (≤)")
    EQUAL = "equal", _("exactly (=)")
    QUALITATIVE = "qualitative", _("judged (qualitative)")


class Report(models.Model):
    """One self-evaluation report.

    ``revision`` counts every saved change; the Score of the same number holds its whole Result.
    The stamps say who moved it last and when; ``review.Transition`` keeps every move.
    """

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="reports")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="reports")
    state = models.CharField(
        _("state"), max_length=20, choices=ReportState, default=ReportState.DRAFT
    )
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="created_reports",
    )
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="submitted_reports",
    )
    returned_at = models.DateTimeField(null=True, blank=True)
    return_comment = models.TextField(blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="approved_reports",
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="published_reports",
    )

    class Meta:
        ordering = ["-scheme__year", "department__code"]
        verbose_name = _("report")
        constraints = [
            models.UniqueConstraint(
                fields=["department", "scheme"],
                name="report_one_per_department_and_scheme",
                violation_error_message=_("This department already has a report on this scheme."),
            ),
            models.CheckConstraint(
                name="report_state_known",
                condition=models.Q(state__in=ReportState.values),
            ),
            models.CheckConstraint(
                name="report_submitted_stamped",
                condition=models.Q(state__in=[ReportState.DRAFT])
                | models.Q(submitted_at__isnull=False, submitted_by__isnull=False),
                violation_error_message=_("A submitted report needs who submitted it and when."),
            ),
            models.CheckConstraint(
                name="report_returned_has_comment",
                condition=~models.Q(state=ReportState.RETURNED)
                | (models.Q(returned_at__isnull=False) & ~models.Q(return_comment="")),
                violation_error_message=_("A returned report needs a comment."),
            ),
            models.CheckConstraint(
                name="report_approved_stamped",
                condition=~models.Q(state__in=[ReportState.APPROVED, ReportState.PUBLISHED])
                | models.Q(approved_at__isnull=False, approved_by__isnull=False),
                violation_error_message=_("An approved report needs who approved it and when."),
            ),
            models.CheckConstraint(
                name="report_published_stamped",
                condition=~models.Q(state=ReportState.PUBLISHED)
                | models.Q(published_at__isnull=False, published_by__isnull=False),
                violation_error_message=_("A published report needs who published it and when."),
            ),
            models.CheckConstraint(
                name="report_approver_not_author",
                condition=models.Q(approved_by__isnull=True)
                | ~models.Q(approved_by=models.F("submitted_by")),
                violation_error_message=_("Nobody approves a report that they submitted."),
            ),
            models.CheckConstraint(
                name="report_publisher_not_author",
                condition=models.Q(published_by__isnull=True)
                | (
                    ~models.Q(published_by=models.F("submitted_by"))
                    & ~models.Q(published_by=models.F("approved_by"))
                ),
                violation_error_message=_(
                    "A report is published by another person than its author and its reviewer."
                ),
            ),
        ]

    def __str__(self) -> str:
        """Return whose report of which year this is."""
        return f"{self.department} {self.scheme.year}"

    @property
    def is_editable(self) -> bool:
        """Return whether the filler may still change it."""
        return self.state in EDITABLE_STATES


class FigureEntry(models.Model):
    """One cell of the budget table in 万元, keyed by the scheme's line and column."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="figure_entries")
    line = models.SlugField(max_length=64)
    column = models.SlugField(max_length=64)
    amount_wan = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        ordering = ["report_id", "line", "column"]
        constraints = [
            models.UniqueConstraint(fields=["report", "line", "column"], name="figure_cell_unique"),
            _amount_in_range("figure_amount_range", "amount_wan"),
        ]

    def __str__(self) -> str:
        """Return the cell's reference and amount."""
        return f"{self.line}.{self.column} = {self.amount_wan}"


def new_row() -> str:
    """Return a name for a row that no other row of a report has."""
    return secrets.token_hex(6)


class KeyTask(models.Model):
    """A key task of the year with its project budget and spending in 万元.

    ``row`` names it for good, wherever it stands: two people may add, move and remove rows at once.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="key_tasks")
    row = models.CharField(max_length=12, default=new_row)
    position = models.PositiveIntegerField()
    name = models.CharField(_("key task"), max_length=200)
    adjusted_budget_wan = models.DecimalField(
        _("project budget"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    executed_amount_wan = models.DecimalField(
        _("executed amount"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    progress = models.TextField(_("progress"), blank=True)

    class Meta:
        ordering = ["report_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["report", "position"], name="key_task_position_unique"),
            models.UniqueConstraint(fields=["report", "row"], name="key_task_row_unique"),
            _amount_in_range("key_task_budget_range", "adjusted_budget_wan"),
            _amount_in_range("key_task_executed_range", "executed_amount_wan"),
        ]

    def __str__(self) -> str:
        """Return the task's name."""
        return self.name


class Goal(models.Model):
    """One row of the department's yearly performance goal with its target and result.

    ``row`` names it for good, wherever it stands. Values have at most 15 digits: SQLite keeps numbers as floats, which change the 16th.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="goals")
    row = models.CharField(max_length=12, default=new_row)
    position = models.PositiveIntegerField()
    category = models.SlugField(_("category"), max_length=64)
    kind = models.SlugField(_("kind"), max_length=64, blank=True)
    name = models.CharField(_("goal"), max_length=200)
    direction = models.CharField(
        _("direction"),
        max_length=20,
        choices=GoalDirectionChoice,
        default=GoalDirectionChoice.POSITIVE,
    )
    target_value = models.DecimalField(
        _("target value"), max_digits=15, decimal_places=4, null=True, blank=True
    )
    actual_value = models.DecimalField(
        _("actual value"), max_digits=15, decimal_places=4, null=True, blank=True
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    weight = models.DecimalField(_("weight"), max_digits=8, decimal_places=4, default=1)
    completion_percent = models.DecimalField(
        _("completion (%)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    target_text = models.TextField(_("target in words"), blank=True)
    actual_text = models.TextField(_("result in words"), blank=True)
    deviation_reason = models.TextField(_("reason for the deviation"), blank=True)

    class Meta:
        ordering = ["report_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["report", "position"], name="goal_position_unique"),
            models.UniqueConstraint(fields=["report", "row"], name="goal_row_unique"),
            models.CheckConstraint(
                name="goal_direction_known",
                condition=models.Q(direction__in=GoalDirectionChoice.values),
            ),
            models.CheckConstraint(
                name="goal_weight_positive",
                condition=models.Q(weight__gt=0),
                violation_error_message=_("The weight must be above 0."),
            ),
            models.CheckConstraint(
                name="goal_completion_range",
                condition=models.Q(completion_percent__isnull=True)
                | models.Q(completion_percent__gte=0, completion_percent__lte=100),
                violation_error_message=_("The completion must be between 0 and 100."),
            ),
        ]

    def __str__(self) -> str:
        """Return the goal's name."""
        return self.name


class Answer(models.Model):
    """What was filled in for one leaf. ``inputs``: name -> canonical JSON value of the input."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="answers")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="answers")
    inputs = models.JSONField(default=dict)
    deduction_points = models.DecimalField(
        _("points taken off"), max_digits=8, decimal_places=4, null=True, blank=True
    )
    deduction_reason = models.TextField(_("reason"), blank=True)

    class Meta:
        ordering = ["report_id", "indicator__position"]
        constraints = [
            models.UniqueConstraint(fields=["report", "indicator"], name="answer_unique"),
            models.CheckConstraint(
                name="answer_deduction_range",
                condition=models.Q(deduction_points__isnull=True)
                | models.Q(deduction_points__gte=0),
                violation_error_message=_("Points taken off cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        """Return what is answered."""
        return f"{self.report}: {self.indicator}"


class OwnIndicator(models.Model):
    """An indicator that the department set itself in an open slot, and what was filled in for it.

    ``code``: own_1, own_2 … and never given twice while its row stands; ``slot``: the code of the
    scheme's open indicator. The last three columns are its Answer.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="own_indicators")
    position = models.PositiveIntegerField()
    code = models.SlugField(max_length=64)
    slot = models.SlugField(max_length=64)
    heading = models.CharField(_("second-level indicator"), max_length=60, blank=True)
    name = models.CharField(_("indicator"), max_length=100, blank=True)
    weight = models.DecimalField(_("weight"), max_digits=8, decimal_places=4)
    kind = models.SlugField(_("way of scoring"), max_length=20, blank=True)
    target = models.DecimalField(
        _("target value"), max_digits=15, decimal_places=4, null=True, blank=True
    )
    points_each = models.DecimalField(
        _("points for each case"), max_digits=8, decimal_places=4, null=True, blank=True
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    standard = models.TextField(
        _("scoring standard"), blank=True, validators=[MaxLengthValidator(500)]
    )
    evidence = models.TextField(
        _("evidence asked for"), blank=True, validators=[MaxLengthValidator(200)]
    )
    inputs = models.JSONField(default=dict)
    deduction_points = models.DecimalField(
        _("points taken off"), max_digits=8, decimal_places=4, null=True, blank=True
    )
    deduction_reason = models.TextField(_("reason"), blank=True)

    class Meta:
        ordering = ["report_id", "position"]
        verbose_name = _("own indicator")
        constraints = [
            models.UniqueConstraint(fields=["report", "code"], name="own_indicator_code_unique"),
            models.UniqueConstraint(
                fields=["report", "position"], name="own_indicator_position_unique"
            ),
            models.CheckConstraint(
                name="own_indicator_numbers_range",
                condition=models.Q(weight__gte=0)
                & (models.Q(target__isnull=True) | models.Q(target__gte=0))
                & (models.Q(points_each__isnull=True) | models.Q(points_each__gte=0)),
                violation_error_message=_("Weight, target and points cannot be negative."),
            ),
            models.CheckConstraint(
                name="own_indicator_deduction_range",
                condition=models.Q(deduction_points__isnull=True)
                | models.Q(deduction_points__gte=0),
                violation_error_message=_("Points taken off cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        """Return the indicator's name."""
        return self.name


class Narrative(models.Model):
    """The filler's prose of one outline section."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="narratives")
    section = models.SlugField(max_length=64)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["report_id", "section"]
        constraints = [
            models.UniqueConstraint(fields=["report", "section"], name="narrative_unique"),
        ]

    def __str__(self) -> str:
        """Return the section's code."""
        return self.section


class History(models.Model):
    """One change of one place: what stood there, what stands there since, who wrote it and when. Never changed.

    ``number``: the report's revision that the change made; ``place``: see ``places``; ``request``: by which a save that
    was sent twice is known.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="history")
    number = models.PositiveIntegerField()
    place = models.CharField(max_length=200)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="changes",
    )
    at = models.DateTimeField()
    request = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["report_id", "number", "id"]
        verbose_name = _("change")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "number", "place"], name="history_one_change_a_place"
            ),
        ]
        indexes = [models.Index(fields=["report", "place"], name="history_of_a_place")]

    def __str__(self) -> str:
        """Return what was changed."""
        return f"{self.place}: {self.before} → {self.after}"


class Score(models.Model):
    """The whole Result of one revision, as canonical JSON; total and grade repeated for lists.

    ``part`` and ``saved_by`` say what was saved to make this revision, and by whom. Saving goes on in the same row;
    ``is_kept``: the Result of something handed in, or older than the history, which stays as it is.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="scores")
    revision = models.PositiveIntegerField()
    part = models.CharField(max_length=80, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="saved_scores",
    )
    result = models.JSONField()
    total = models.DecimalField(max_digits=10, decimal_places=4)
    grade = models.CharField(max_length=20, blank=True)
    is_complete = models.BooleanField()
    created_at = models.DateTimeField()
    is_kept = models.BooleanField(default=False)

    class Meta:
        ordering = ["report_id", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["report", "revision"], name="score_one_per_revision"),
        ]

    def __str__(self) -> str:
        """Return the total."""
        return f"{self.total}"
