"""The key tasks of the year as rows of small forms."""

from django.utils.translation import gettext_lazy as _

from perfeval.scoring.figures import KeyTask
from perfeval.web.fields import AmountField, LineField, LongTextField
from perfeval.web.filling.rows import RowForm

#: What the columns of the database take.
_NAME_LENGTH, _TEXT_LENGTH = 200, 4000


class KeyTaskForm(RowForm):
    """One key task with its project budget and spending in 万元."""

    name = LineField(label=_("Key task"), max_length=_NAME_LENGTH)
    adjusted_budget_wan = AmountField(label=_("Project budget after adjustment"))
    executed_amount_wan = AmountField(label=_("Amount spent"))
    progress = LongTextField(
        label=_("Progress"),
        help_text=_("What was done, how far it came, what it led to; the report prints this text."),
        max_length=_TEXT_LENGTH,
    )

    def value(self) -> KeyTask:
        """Return the typed task."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "row"}
        return KeyTask(**typed)
