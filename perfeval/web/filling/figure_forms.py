"""The budget table as a form: one amount field per cell that the scheme lets be filled."""

from collections.abc import Mapping
from decimal import Decimal

from django import forms

from perfeval.scoring.scheme.tree import Scheme
from perfeval.web.fields import AmountField


class FiguresForm(forms.Form):
    """The cells of the scheme's budget table, named ``line.column``."""

    def __init__(
        self,
        data: Mapping[str, str] | None = None,
        *,
        scheme: Scheme,
        amounts: Mapping[str, Decimal],
    ) -> None:
        """Build one field per fillable cell."""
        super().__init__(data, initial=dict(amounts))
        for reference in scheme.amount_references():
            line, _dot, column = reference.partition(".")
            field = AmountField(label=scheme.amount_label(reference))
            field.widget.attrs |= {
                "aria-labelledby": f"line-{line} column-{column}",
                "aria-describedby": f"{cell_id(reference)}_error",
            }
            self.fields[reference] = field

    def add_prefix(self, field_name: str) -> str:
        """Name a cell on the page without the dot, which selectors would misread."""
        return field_name.replace(".", "--")

    def amounts(self) -> dict[str, Decimal | None]:
        """Return the typed amounts in 万元 by cell, None where a cell is empty."""
        return dict(self.cleaned_data)


def cell_id(reference: str) -> str:
    """Return the id of a cell's field on the page."""
    return f"id_{reference.replace('.', '--')}"
