"""Forms of many rows that work without scripts: add and remove a row keeps everything typed.

The names of the fields are ``row-<number>-<field>``; ``rows`` says how many there are. A button
``add`` or ``remove`` (its value is the number) only changes what is shown; nothing is saved by it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from perfeval.reports.models import new_row
from perfeval.reports.places import ORDER_OF
from perfeval.scoring.quantity import plain
from perfeval.web.fields import describe

#: More rows than a report can print; the page says so before it is reached.
MOST_ROWS = 300
_ROW_NAME = re.compile(r"[0-9a-z]{1,12}")


class RowForm(forms.Form):
    """One row: its number comes as prefix, and its errors and hints are named for screen readers."""

    #: Fields in which an untouched row may differ from an empty one.
    untouched: frozenset[str] = frozenset()
    #: What stands in a new row.
    fresh: Mapping[str, object] = MappingProxyType({})

    #: The row's name, by which it is known wherever it stands.
    row = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Tie each field to the places of its hint and its error."""
        super().__init__(*args, **kwargs)
        describe(self)

    @property
    def is_blank(self) -> bool:
        """Return whether nothing was typed into this row."""
        return not any(
            str(self.data.get(self.add_prefix(name), "")).strip()
            for name in self.fields
            if name != "row" and name not in self.untouched
        )

    @property
    def row_name(self) -> str:
        """Return the name of the typed row; one that has none, or a strange one, gets a new one for good."""
        if not self._row_name:
            typed = str(self.data.get(self.add_prefix("row"), ""))
            self._row_name = typed if _ROW_NAME.fullmatch(typed) else new_row()
            # The page that is shown again carries it, so that sending it again is the same row.
            self.data = MultiValueDict(self.data)
            self.data[self.add_prefix("row")] = self._row_name
        return self._row_name

    _row_name = ""


class FormRows:
    """The rows of one form, from what is stored or from what was typed."""

    def __init__(self, build: Callable[..., RowForm], forms_: list[RowForm]) -> None:
        """Keep the rows and how another one is built."""
        self._build = build
        self.forms = forms_

    @classmethod
    def stored(
        cls, build: Callable[..., RowForm], values: Sequence[Any], names: Sequence[str] = ()
    ) -> "FormRows":
        """Return the rows of what is stored; ``names``: those of the rows, where they have any."""
        return cls(
            build,
            [
                build(prefix=f"row-{n}", initial=asdict(value) | {"row": name})
                for n, (value, name) in enumerate(
                    zip(values, names or [""] * len(values), strict=True)
                )
            ],
        )

    @classmethod
    def typed(cls, build: Callable[..., RowForm], data: QueryDict) -> "FormRows":
        """Return the rows as typed, one added or removed when that button was pressed."""
        names = list(build(prefix="row").fields)
        removed = _number(data.get("remove"), default=-1)
        count = _number(data.get("rows"), default=0)
        kept = [
            {name: data.get(f"row-{n}-{name}", "") for name in names}
            for n in range(count)
            if n != removed
        ]
        return cls(build, [_bound(build, n, row) for n, row in enumerate(kept)])

    most = MOST_ROWS

    @property
    def saves_itself(self) -> bool:
        """Return whether a script may save while somebody types: each row has a name of its own."""
        return "code" not in self.blank.fields

    @property
    def blank(self) -> RowForm:
        """Return the row that a script copies; its number is ``__n__``."""
        return self._fresh("__n__")

    @property
    def filled(self) -> list[RowForm]:
        """Return the typed rows with something in them."""
        return [form for form in self.forms if form.is_bound and not form.is_blank]

    @property
    def count(self) -> int:
        """Return how many rows there are."""
        return len(self.forms)

    @property
    def can_grow(self) -> bool:
        """Return whether another row fits."""
        return self.count < MOST_ROWS

    def grow(self) -> None:
        """Add an empty row at the end, if one fits."""
        if self.can_grow:
            self.forms.append(self._fresh(str(self.count)))

    def _fresh(self, number: str) -> RowForm:
        form = self._build(prefix=f"row-{number}")
        form.initial = {**form.fresh, **form.initial, "row": "" if number == "__n__" else new_row()}
        return form

    @property
    def is_too_long(self) -> bool:
        """Return whether there are more rows than are taken; then none is saved."""
        return len(self.filled) > MOST_ROWS

    def is_valid(self) -> bool:
        """Return whether every row with something in it can be read, and none is too many."""
        return not self.is_too_long and all(form.is_valid() for form in self.filled)

    def state(self, kind: str, **fixed: str) -> tuple[dict[str, str], set[str]]:
        """Return the texts at the places of the typed rows, and the places that could not be read.

        ``kind``: goal or task; ``fixed``: what every row holds besides.
        """
        state = {ORDER_OF[kind]: " ".join(form.row_name for form in self.filled)}
        unread = set()
        for form in self.filled:
            form.is_valid()
            start = f"{kind}:{form.row_name}."
            given = {**form.fresh, **fixed} | {
                name: value for name, value in form.cleaned_data.items() if value not in (None, "")
            }
            state |= {
                f"{start}{name}": plain(value) if isinstance(value, Decimal) else str(value)
                for name, value in given.items()
                if name != "row"
            }
            unread |= {f"{start}{name}" for name in form.errors}
        return {place: text for place, text in state.items() if text}, unread

    def label(self, place: str, kind: str) -> str:
        """Return what a place is called: the row by its name as typed, and the field."""
        form = self._form_of(place, kind)
        if form is None:
            return _("You removed a row that somebody else changed")
        field, name = self.field(place, kind), str(form.data.get(form.add_prefix("name"), ""))
        return f"{name} · {field.label}" if field and name else name

    def field(self, place: str, kind: str) -> forms.Field | None:
        """Return the field of a place, None where the rows have none."""
        form = self._form_of(place, kind)
        return form.fields.get(place.rpartition(".")[2]) if form else None

    def _form_of(self, place: str, kind: str) -> RowForm | None:
        typed = (form for form in self.filled if place.startswith(f"{kind}:{form.row_name}."))
        return next(typed, None)

    def values(self) -> list[Any]:
        """Return the typed rows, empty ones left out."""
        return [form.value() for form in self.filled]  # type: ignore[attr-defined]


def wants_other_rows(data: QueryDict) -> bool:
    """Return whether a row is to be added or removed, not saved."""
    return "add" in data or "remove" in data


def _bound(build: Callable[..., RowForm], number: int, row: dict[str, str]) -> RowForm:
    data = MultiValueDict({f"row-{number}-{name}": [text] for name, text in row.items()})
    return build(data, prefix=f"row-{number}")


def _number(text: str | None, *, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else default
