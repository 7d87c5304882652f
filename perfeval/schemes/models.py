"""The indicator tree as rows. ``queries.as_scoring_scheme`` reads it back as frozen values."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SchemeState(models.TextChoices):
    """The life of a scheme version. Only a draft may change."""

    DRAFT = "draft", _("draft")
    ISSUED = "issued", _("issued")
    SUPERSEDED = "superseded", _("superseded")


class RoundingModeChoice(models.TextChoices):
    """How points are rounded; the members are ``scoring.quantity.RoundingMode``'s."""

    HALF_UP = "half_up", _("half up")
    HALF_EVEN = "half_even", _("half to even")
    TRUNCATE = "truncate", _("cut off")


class Scheme(models.Model):
    """One version of an indicator system of an authority for a year.

    ``content_hash``: sha256 of the canonical JSON, set at issue; a row changed behind the
    application's back is found by it. ``layout`` holds what is read whole and never searched: the
    budget table's lines and columns, named rates, goal categories and official phrases.
    """

    code = models.SlugField(_("code"), max_length=64)
    version = models.PositiveIntegerField(_("version"), default=1)
    name = models.CharField(_("name"), max_length=200)
    authority = models.CharField(_("authority"), max_length=120)
    year = models.PositiveIntegerField(_("year"))
    source = models.TextField(_("source"))
    unverified = models.TextField(_("unverified"), blank=True)
    rounding_mode = models.CharField(
        _("rounding"),
        max_length=20,
        choices=RoundingModeChoice,
        default=RoundingModeChoice.HALF_UP,
    )
    rounding_digits = models.PositiveSmallIntegerField(_("decimals of points"), default=2)
    full_score = models.DecimalField(_("full score"), max_digits=8, decimal_places=4)
    report_title = models.CharField(_("report title"), max_length=200)
    annex_mark = models.CharField(_("annex mark"), max_length=20, blank=True)
    layout = models.JSONField(_("layout"), default=dict)
    state = models.CharField(
        _("state"), max_length=20, choices=SchemeState, default=SchemeState.DRAFT
    )
    content_hash = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="issued_schemes",
    )

    class Meta:
        ordering = ["-year", "code", "-version"]
        verbose_name = _("scheme")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"],
                name="scheme_version_unique",
                violation_error_message=_("This version of the scheme exists already."),
            ),
            models.UniqueConstraint(
                fields=["code"],
                name="scheme_one_issued_version",
                condition=models.Q(state=SchemeState.ISSUED),
                violation_error_message=_("Another version of this scheme is issued already."),
            ),
            models.CheckConstraint(
                name="scheme_state_known",
                condition=models.Q(state__in=SchemeState.values),
            ),
            models.CheckConstraint(
                name="scheme_rounding_known",
                condition=models.Q(rounding_mode__in=RoundingModeChoice.values),
            ),
            models.CheckConstraint(
                name="scheme_rounding_digits_range",
                condition=models.Q(rounding_digits__lte=6),
                violation_error_message=_("Points have at most 6 decimals."),
            ),
            models.CheckConstraint(
                name="scheme_full_score_positive",
                condition=models.Q(full_score__gt=0),
                violation_error_message=_("The full score must be above 0."),
            ),
            models.CheckConstraint(
                name="scheme_year_range",
                condition=models.Q(year__gte=2000, year__lte=2100),
            ),
            models.CheckConstraint(
                name="scheme_issued_has_hash_and_time",
                condition=models.Q(state=SchemeState.DRAFT, issued_at__isnull=True)
                | (models.Q(issued_at__isnull=False) & ~models.Q(content_hash="")),
                violation_error_message=_("An issued scheme needs its hash and its date."),
            ),
        ]

    def __str__(self) -> str:
        """Return the scheme's name."""
        return self.name

    @property
    def is_frozen(self) -> bool:
        """Return whether this version may no longer change."""
        return self.state != SchemeState.DRAFT


class Indicator(models.Model):
    """A node of a scheme's tree. ``rule`` is set on leaves: kind, parameters, inputs (as JSON)."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="indicators")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    code = models.SlugField(_("code"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    level = models.PositiveSmallIntegerField(_("level"))
    position = models.PositiveIntegerField(_("position"))
    weight = models.DecimalField(_("weight"), max_digits=8, decimal_places=4)
    rule = models.JSONField(_("scoring rule"), null=True, blank=True)
    standard = models.TextField(_("scoring standard"), blank=True)
    evidence = models.TextField(_("evidence asked for"), blank=True)
    source = models.TextField(_("source"), blank=True)
    unverified = models.TextField(_("unverified"), blank=True)
    is_own = models.BooleanField(_("own indicator"), default=False)
    is_adjustment = models.BooleanField(_("bonus or penalty"), default=False)
    is_scored_group = models.BooleanField(_("scored group"), default=False)
    lists_all_items = models.BooleanField(_("lists all items"), default=False)

    class Meta:
        ordering = ["scheme_id", "position"]
        verbose_name = _("indicator")
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "code"],
                name="indicator_code_unique",
                violation_error_message=_("This code is used twice in the scheme."),
            ),
            models.UniqueConstraint(
                fields=["scheme", "position"], name="indicator_position_unique"
            ),
            models.CheckConstraint(
                # 0 is for drafts and for an adjustment that only takes off; issuing checks the rest.
                name="indicator_weight_not_negative",
                condition=models.Q(weight__gte=0),
                violation_error_message=_("The weight cannot be negative."),
            ),
            models.CheckConstraint(
                name="indicator_level_and_parent",
                condition=models.Q(level=1, parent__isnull=True)
                | models.Q(level__in=[2, 3], parent__isnull=False),
                violation_error_message=_(
                    "A first-level indicator has no parent, one of level 2 or 3 has one."
                ),
            ),
        ]

    def __str__(self) -> str:
        """Return the indicator's name."""
        return self.name


class GradeBand(models.Model):
    """A grade word and the lowest total that earns it."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="grade_bands")
    word = models.CharField(_("grade"), max_length=20)
    minimum = models.DecimalField(_("from"), max_digits=8, decimal_places=4)

    class Meta:
        ordering = ["scheme_id", "-minimum"]
        verbose_name = _("grade band")
        constraints = [
            models.UniqueConstraint(fields=["scheme", "word"], name="grade_band_word_unique"),
            models.UniqueConstraint(fields=["scheme", "minimum"], name="grade_band_minimum_unique"),
            models.CheckConstraint(
                name="grade_band_minimum_range", condition=models.Q(minimum__gte=0)
            ),
        ]

    def __str__(self) -> str:
        """Return the grade word."""
        return self.word


class OutlineSection(models.Model):
    """A heading of the report and the blocks below it, in order."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="outline_sections")
    code = models.SlugField(_("code"), max_length=64)
    level = models.PositiveSmallIntegerField(_("level"))
    position = models.PositiveIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=120)
    content = models.JSONField(_("content"), default=list)
    hint = models.TextField(_("hint"), blank=True)
    is_required = models.BooleanField(_("required"), default=False)
    max_length = models.PositiveIntegerField(_("longest text"), default=4000)

    class Meta:
        ordering = ["scheme_id", "position"]
        verbose_name = _("outline section")
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="outline_code_unique"),
            models.UniqueConstraint(fields=["scheme", "position"], name="outline_position_unique"),
            models.CheckConstraint(
                name="outline_level_range",
                condition=models.Q(level__gte=1, level__lte=3),
            ),
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.title


class Succession(models.Model):
    """That ``scheme`` follows ``previous``, and where the indicators of the earlier version went.

    ``mapping``: codes of the earlier version whose indicator has another code now, or "" where the
    same code means another thing; every other code means itself. It is no part of what is hashed:
    it says nothing about scoring, only about carrying answers over.
    """

    scheme = models.OneToOneField(Scheme, on_delete=models.PROTECT, related_name="succession")
    previous = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="successions")
    mapping = models.JSONField(_("mapping"), default=dict, blank=True)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="started_successions",
    )
    mapped_at = models.DateTimeField(null=True, blank=True)
    mapped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="mapped_successions",
    )

    class Meta:
        ordering = ["scheme_id"]
        verbose_name = _("succession")
        constraints = [
            models.CheckConstraint(
                name="succession_not_of_itself",
                condition=~models.Q(scheme=models.F("previous")),
                violation_error_message=_("A version cannot follow itself."),
            ),
        ]

    def __str__(self) -> str:
        """Return which version follows which."""
        return f"{self.previous_id} → {self.scheme_id}"
