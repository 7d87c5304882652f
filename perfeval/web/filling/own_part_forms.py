"""The department's own indicators as rows of small forms."""

from collections.abc import Sequence
from decimal import Decimal

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from perfeval.scoring.figures import OwnIndicator
from perfeval.scoring.scheme.tree import Scheme
from perfeval.web.fields import ExactNumberField, LineField, LongTextField
from perfeval.web.filling.rows import RowForm
from perfeval.words.rule_kinds import own_kind_name

#: What the columns of the database take.
_HEADING_LENGTH, _NAME_LENGTH, _UNIT_LENGTH = 60, 100, 20
_STANDARD_LENGTH, _EVIDENCE_LENGTH = 500, 200
_PLACES, _TARGET_MAXIMUM = 4, Decimal("99999999999.9999")  # 15 digits, all that SQLite keeps
_POINTS_PLACES, _POINTS_MAXIMUM = 2, Decimal(1000)


#: The ways of scoring in words.
class OwnIndicatorForm(RowForm):
    """One own indicator: what is measured, by which standard, and its points."""

    #: A row that differs from an untouched one only in these has nothing in it.
    untouched = frozenset({"slot", "kind"})

    code = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    slot = forms.ChoiceField(label=_("Belongs to"), required=False)
    heading = LineField(label=_("Second-level indicator"), max_length=_HEADING_LENGTH)
    name = LineField(label=_("Own indicator"), max_length=_NAME_LENGTH)
    kind = forms.ChoiceField(label=_("Way of scoring"), required=False)
    target = ExactNumberField(label=_("Target value"), places=_PLACES, maximum=_TARGET_MAXIMUM)
    unit = LineField(label=_("Unit"), max_length=_UNIT_LENGTH)
    points_each = ExactNumberField(
        label=_("Points for each case"), places=_POINTS_PLACES, maximum=_POINTS_MAXIMUM
    )
    weight = ExactNumberField(label=_("Weight"), places=_POINTS_PLACES, maximum=_POINTS_MAXIMUM)
    standard = LongTextField(
        label=_("Scoring standard"),
        help_text=_("Leave empty to take the usual standard of this way of scoring."),
        max_length=_STANDARD_LENGTH,
        rows=2,
    )
    evidence = LongTextField(label=_("Evidence"), max_length=_EVIDENCE_LENGTH, rows=1)

    def __init__(self, *args: object, scheme: Scheme, **kwargs: object) -> None:
        """Offer the open slots of the scheme and the ways of scoring that any of them allows."""
        super().__init__(*args, **kwargs)
        slots = [(slot.indicator, scheme.indicator(slot.indicator).name) for slot in scheme.slots]
        kinds = dict.fromkeys(kind for slot in scheme.slots for kind in slot.kinds)
        self._only_slot = slots[0][0] if len(slots) == 1 else ""
        self._set("slot", slots)
        self._set("kind", [(kind, own_kind_name(kind)) for kind in kinds])
        if self._only_slot:
            self.fields["slot"].widget = forms.HiddenInput()
        if not any(slot.has_headings for slot in scheme.slots):
            del self.fields["heading"]
        if "per_defect" not in kinds:
            del self.fields["points_each"]

    def value(self) -> OwnIndicator:
        """Return the typed indicator; what is wanting is told once it is saved."""
        typed = {name: given for name, given in self.cleaned_data.items() if name != "row"}
        typed["slot"] = typed["slot"] or self._only_slot
        typed["weight"] = typed["weight"] or Decimal(0)
        return OwnIndicator(**typed)

    def _set(self, name: str, choices: Sequence[tuple[str, str | Promise]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells mypy what is declared above
        field.choices = choices
