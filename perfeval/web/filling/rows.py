"""Forms of many rows that work without scripts: add and remove a row keeps everything typed.

The names of the fields are ``row-<number>-<field>``; ``rows`` says how many there are. A button
``add`` or ``remove`` (its value is the number) only changes what is shown; nothing is saved by it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from perfeval.web.fields import describe

#: More rows than a report can print or a request should carry.
MOST_ROWS = 60


class RowForm(forms.Form):
    """One row: its number comes as prefix, and its errors and hints are named for screen readers."""

    #: Fields in which an untouched row may differ from an empty one.
    untouched: frozenset[str] = frozenset()
    #: What stands in a new row.
    fresh: Mapping[str, object] = MappingProxyType({})

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
            if name not in self.untouched
        )


class FormRows:
    """The rows of one form, from what is stored or from what was typed."""

    def __init__(self, build: Callable[..., RowForm], forms_: list[RowForm]) -> None:
        """Keep the rows and how another one is built."""
        self._build = build
        self.forms = forms_

    @classmethod
    def stored(cls, build: Callable[..., RowForm], values: Sequence[Any]) -> "FormRows":
        """Return the rows of what is stored."""
        return cls(
            build,
            [build(prefix=f"row-{n}", initial=asdict(value)) for n, value in enumerate(values)],
        )

    @classmethod
    def typed(cls, build: Callable[..., RowForm], data: QueryDict) -> "FormRows":
        """Return the rows as typed, one added or removed when that button was pressed."""
        names = list(build(prefix="row").fields)
        removed = _number(data.get("remove"), default=-1)
        count = min(_number(data.get("rows"), default=0), MOST_ROWS)
        kept = [
            {name: data.get(f"row-{n}-{name}", "") for name in names}
            for n in range(count)
            if n != removed
        ]
        return cls(build, [_bound(build, n, row) for n, row in enumerate(kept)])

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
        form.initial = {**form.fresh, **form.initial}
        return form

    def is_valid(self) -> bool:
        """Return whether every row with something in it can be read."""
        return all(form.is_valid() for form in self.filled)

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
