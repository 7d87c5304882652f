"""Form fields for money and points: ``text.figures`` reads the number, these hold it to its limits and say what is wrong."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from perfeval.scoring.quantity import AMOUNT_DIGITS, AMOUNT_LIMIT, format_wan, plain
from perfeval.text.figures import LONGEST, NotANumber, read_number


class NumberInput(forms.TextInput):
    """A text box with the number keys on a phone; a real number box would eat what it can't read."""

    def __init__(self, *, inputmode: str = "decimal") -> None:
        """Take which keys a phone shows."""
        super().__init__(attrs={"inputmode": inputmode, "autocomplete": "off"})


class ExactNumberField(forms.Field):
    """A decimal number between ``minimum`` and ``maximum`` with at most ``places`` decimals."""

    default_error_messages = {
        "required": _("Type a number."),
        "invalid": _("“%(typed)s” is not a number. Type digits only, for instance 1234.56."),
        "grouping": _(
            "“%(typed)s” can be read in two ways. Separate groups of three digits or none; the decimal point is “.”."
        ),
        "two_values": _("“%(typed)s” holds more than one number. Type one into each box."),
        "unit": _("“%(typed)s” has another unit than this box. Type the number only."),
        "places": _("“%(typed)s” has more than %(places)s decimals. Round it to %(places)s."),
        "whole": _("“%(typed)s” is not a whole number. Type it without decimals."),
        "negative": _("“%(typed)s” is negative. Type 0 or more."),
        "small": _("“%(typed)s” is too small. Type %(limit)s or more."),
        "large": _("“%(typed)s” is too large. The most that can be typed here is %(limit)s."),
    }

    def __init__(
        self,
        *,
        places: int = AMOUNT_DIGITS,
        minimum: Decimal = Decimal(0),
        maximum: Decimal = AMOUNT_LIMIT,
        unit: str = "",
        **kwargs: object,
    ) -> None:
        """Take the limits and the unit; a number is optional unless ``required`` says otherwise."""
        self.places, self.minimum, self.maximum, self.unit = places, minimum, maximum, unit
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", NumberInput(inputmode="decimal" if places else "numeric"))
        super().__init__(**kwargs)  # type: ignore[arg-type]

    def prepare_value(self, value: object) -> object:
        """Show a stored number in plain digits; leave what was typed as it is."""
        return plain(value) if isinstance(value, Decimal) else value

    def to_python(self, value: object) -> Decimal | None:
        """Return the number typed, None for an empty box. Raises: ValidationError."""
        typed = str(value or "").strip()
        if not typed:
            return None
        try:
            read = read_number(str(value), unit=self.unit)
        except NotANumber as wrong:
            raise self._refusal(wrong.code, typed) from wrong
        if read is None:
            return None
        number = read.number
        if number < self.minimum:
            raise self._refusal("small" if self.minimum else "negative", typed)
        if number > self.maximum:
            raise self._refusal("large", typed)
        if number != round(number, self.places):
            raise self._refusal("places" if self.places else "whole", typed)
        return number

    def has_changed(self, initial: object, data: object) -> bool:
        """Return whether another number was typed than stood there."""
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True

    def _refusal(self, code: str, typed: str) -> ValidationError:
        told = {
            "typed": typed if len(typed) <= LONGEST else f"{typed[:LONGEST]}…",
            "places": self.places,
            "limit": plain(self.maximum if code == "large" else self.minimum),
        }
        return ValidationError(self.error_messages[code], code=code, params=told)


class AmountField(ExactNumberField):
    """An amount in 万元 with two decimals, shown with thousands separators; below zero for a refund."""

    def __init__(self, **kwargs: object) -> None:
        """Take what any number takes."""
        kwargs.setdefault("minimum", -AMOUNT_LIMIT)
        super().__init__(unit="万元", **kwargs)  # type: ignore[arg-type]

    def prepare_value(self, value: object) -> object:
        """Show a stored amount as the tables print it; leave what was typed as it is."""
        return format_wan(value) if isinstance(value, Decimal) else value


class LongTextField(forms.CharField):
    """Prose of several lines, held to a length; line ends are counted as one character."""

    default_error_messages = {
        "max_length": _(
            "The text has %(show_value)d characters; at most %(limit_value)d fit. Shorten it."
        ),
    }

    def __init__(self, *, rows: int = 3, **kwargs: object) -> None:
        """Take how many lines are shown; the text is optional unless ``required`` says otherwise."""
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)  # type: ignore[arg-type]
        # The browser must not cut a pasted text off: the form says that it is too long.
        self.widget.attrs.pop("maxlength", None)

    def to_python(self, value: object) -> str:
        """Return the text with plain line ends."""
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")


def describe(form: forms.Form) -> None:
    """Tie each field to the places of its hint and its error, for those who hear the page.

    A group of buttons is tied by its fieldset in the template instead.
    """
    for name, field in form.fields.items():
        if not field.widget.use_fieldset:
            place = f"id_{form.add_prefix(name)}"
            hint = f"{place}_helptext " if field.help_text else ""
            field.widget.attrs["aria-describedby"] = f"{hint}{place}_error"


def freeze(form: forms.Form) -> None:
    """Make every field of the form readable and copyable, but not writable."""
    for field in form.fields.values():
        if isinstance(field.widget, forms.TextInput | forms.Textarea):
            field.widget.attrs["readonly"] = True
        else:
            field.widget.attrs["disabled"] = True


def note_stored(typed: forms.Form, stored: forms.Form) -> None:
    """Put beside each typed value the one that somebody else stored, where the two differ."""
    for name, field in typed.fields.items():
        mine, theirs = _shown(typed[name]), _shown(stored[name])
        if mine != theirs:
            field.stored_text = theirs or _("(empty)")  # type: ignore[attr-defined]


def _shown(bound: forms.BoundField) -> str:
    """Return a field's value as a person reads it: the labels of choices, not their codes."""
    value = bound.value()
    if isinstance(bound.field, forms.ChoiceField):
        chosen = value if isinstance(value, list | tuple) else [value]
        return "、".join(
            str(option.data["label"])
            for option in bound.subwidgets
            if option.data["value"] and str(option.data["value"]) in map(str, chosen)
        )
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


class LineField(forms.CharField):
    """A short text on one line, held to a length by a message, not by the browser."""

    default_error_messages = {"max_length": LongTextField.default_error_messages["max_length"]}

    def __init__(self, **kwargs: object) -> None:
        """Take the field's options; it is optional unless ``required`` says otherwise."""
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.widget.attrs.pop("maxlength", None)
