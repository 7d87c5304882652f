"""The rows of the yearly performance goal, one category at a time, as small forms."""

from decimal import Decimal
from types import MappingProxyType

from django import forms
from django.utils.translation import gettext_lazy as _

from perfeval.reports.models import GoalDirectionChoice
from perfeval.scoring.figures import Goal, GoalDirection
from perfeval.scoring.scheme.tree import GoalCategory
from perfeval.web.fields import ExactNumberField, LineField, LongTextField
from perfeval.web.filling.rows import RowForm

#: What the columns of the database take.
_NAME_LENGTH, _UNIT_LENGTH, _TEXT_LENGTH = 200, 20, 2000
_PLACES, _MAXIMUM = 4, Decimal("99999999999.9999")  # 15 digits, all that SQLite keeps
_WEIGHT_MINIMUM, _WEIGHT_MAXIMUM = Decimal("0.0001"), Decimal("9999.9999")


class GoalForm(RowForm):
    """One goal: what was aimed at, what became of it, and why when it fell short."""

    #: A row that differs from an untouched one only in these has nothing in it.
    untouched = frozenset({"kind", "direction", "weight"})
    fresh = MappingProxyType({"weight": 1, "direction": "positive"})

    name = LineField(label=_("Goal"), max_length=_NAME_LENGTH)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    direction = forms.ChoiceField(
        label=_("Comparison"), choices=GoalDirectionChoice.choices, required=False
    )
    target_value = ExactNumberField(
        label=_("Target value"), places=_PLACES, minimum=-_MAXIMUM, maximum=_MAXIMUM
    )
    actual_value = ExactNumberField(
        label=_("Actual value"), places=_PLACES, minimum=-_MAXIMUM, maximum=_MAXIMUM
    )
    unit = LineField(label=_("Unit"), max_length=_UNIT_LENGTH)
    weight = ExactNumberField(
        label=_("Weight within the category"),
        help_text=_("Leave 1 when all goals count the same."),
        places=_PLACES,
        minimum=_WEIGHT_MINIMUM,
        maximum=_WEIGHT_MAXIMUM,
    )
    completion_percent = ExactNumberField(
        label=_("Completion (%)"),
        help_text=_("Only for a judged goal: 0 to 100."),
        maximum=Decimal(100),
    )
    target_text = LongTextField(label=_("Target in words"), max_length=_TEXT_LENGTH, rows=2)
    actual_text = LongTextField(label=_("Result in words"), max_length=_TEXT_LENGTH, rows=2)
    deviation_reason = LongTextField(
        label=_("Reason for the deviation"),
        help_text=_("Needed when the result falls short of the target."),
        max_length=_TEXT_LENGTH,
        rows=1,
    )

    def __init__(
        self,
        *args: object,
        category: GoalCategory,
        has_ratio: bool = False,
        **kwargs: object,
    ) -> None:
        """Offer the kinds of the category; ``has_ratio``: a rule reads the goals' ratios."""
        super().__init__(*args, **kwargs)
        self.category, self.has_ratio = category, has_ratio
        if has_ratio:
            self.fields["weight"].label = _("Ratio (%)")
            self.fields["weight"].help_text = _("All ratios together make 100.")
        kinds = self.fields["kind"]
        assert isinstance(kinds, forms.ChoiceField)  # noqa: S101 tells mypy what is declared above
        kinds.choices = [("", "—"), *((kind.code, kind.label) for kind in category.kinds)]

    def value(self) -> Goal:
        """Return the typed goal."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "row"}
        typed["direction"] = GoalDirection(typed["direction"] or GoalDirection.POSITIVE)
        typed["weight"] = typed["weight"] or Decimal(1)
        return Goal(category=self.category.code, **typed)
