"""The answer to one indicator as a small form, built from what its rule asks for."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from perfeval.scoring.figures import BY_HAND, Answer, InputValue
from perfeval.scoring.quantity import AMOUNT_LIMIT
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.rules.parameters import ANSWER_PREFIX, references
from perfeval.scoring.scheme.tree import Indicator, InputKind, InputSpec, Rule
from perfeval.web.fields import AmountField, ExactNumberField, LongTextField, describe

#: The longest reason taken; an official table has no room for more.
REASON_LENGTH = 2000
#: Names of the two fields that every rule may have besides its own inputs.
DEDUCTION, REASON = "deduction_points", "deduction_reason"
#: What a tick box says when nothing in its list holds; else "none" and "not answered" look alike.
NONE_OF_THESE = "-none-"
_YES, _NO = "yes", "no"
_ZERO = Decimal(0)
#: A deduction is kept with four decimals; the scheme says how many of them it takes.
_DEDUCTION_PLACES, _DEDUCTION_MAXIMUM = 4, Decimal("9999.9999")


def radio_buttons() -> forms.RadioSelect:
    """Return radio buttons in the site's look."""
    return forms.RadioSelect(attrs={"class": "form-check-input"})


class YesNoField(forms.ChoiceField):
    """Yes, no, or not answered yet."""

    def __init__(self, **kwargs: object) -> None:
        """Offer the two answers as radio buttons."""
        choices = [(_YES, _("Yes")), (_NO, _("No"))]
        super().__init__(choices=choices, required=False, widget=radio_buttons(), **kwargs)  # type: ignore[arg-type]

    def prepare_value(self, value: object) -> object:
        """Turn a stored answer into the button that shows it."""
        return (_YES if value else _NO) if isinstance(value, bool) else value

    def clean(self, value: object) -> bool | None:
        """Return the answer, None when there is none."""
        chosen = super().clean(value)
        return None if chosen == "" else chosen == _YES


class SeveralField(forms.MultipleChoiceField):
    """Any of the choices, none of them, or not answered yet."""

    default_error_messages = {
        "contradiction": _(
            "“None of these” is ticked together with others. Untick one or the other."
        ),
    }

    def __init__(self, *, choices: list[tuple[str, str]], **kwargs: object) -> None:
        """Offer the choices as tick boxes, and one that says none."""
        super().__init__(
            choices=[*choices, (NONE_OF_THESE, _("None of these"))],
            required=False,
            widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
            **kwargs,  # type: ignore[arg-type]
        )

    def prepare_value(self, value: object) -> object:
        """Turn a stored answer into the boxes that show it."""
        if isinstance(value, tuple):
            return list(value) or [NONE_OF_THESE]
        return value

    def clean(self, value: object) -> tuple[str, ...] | None:
        """Return the chosen codes, None when nothing is ticked. Raises: ValidationError."""
        chosen = tuple(super().clean(value))
        if NONE_OF_THESE not in chosen:
            return chosen or None
        if len(chosen) > 1:
            raise ValidationError(self.error_messages["contradiction"], code="contradiction")
        return ()


class AnswerForm(forms.Form):
    """What one leaf asks for. Its fields are prefixed with the indicator's code."""

    def __init__(
        self,
        data: Mapping[str, str] | None = None,
        *,
        indicator: Indicator,
        answer: Answer | None,
        can_be_by_hand: bool = False,
    ) -> None:
        """Build the fields that the indicator's rule needs; ``can_be_by_hand``: nothing could be computed."""
        self.indicator = indicator
        given = answer or Answer()
        initial: dict[str, object] = dict(given.inputs)
        initial |= {DEDUCTION: given.deduction_points, REASON: given.deduction_reason}
        super().__init__(data, prefix=indicator.code, initial=initial)
        rule = indicator.rule
        if rule is None:
            return
        # Whether it applies is asked first: where it does not, the rest need not be answered.
        inputs = {f"{ANSWER_PREFIX}.{spec.name}": spec for spec in rule.inputs}
        only_with = _only_with(rule)
        for reference in sorted(inputs, key=lambda one: one != rule.applies):
            spec = inputs[reference]
            field = self.fields[spec.name] = _input_field(spec)
            field.is_applies = reference == rule.applies  # type: ignore[attr-defined]
            if reference in only_with and not field.help_text:
                told = {"choice": only_with[reference]}
                field.help_text = _("Only when “%(choice)s” is chosen.") % told
            if reference == rule.override and not field.help_text:
                field.help_text = _(
                    "Only to replace the computed points; leave it empty otherwise. It needs a reason."
                )
        judged = bool(rule.kind in RULES and RULES[rule.kind].needs_deduction)
        is_by_hand = can_be_by_hand or BY_HAND in given.inputs
        if is_by_hand:
            self.fields[BY_HAND] = forms.BooleanField(
                label=_("Give the points by hand, since nothing can be computed"),
                help_text=_("With the points taken off (0 for none) and the reason."),
                required=False,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )
        if judged or rule.deduction_allowed or is_by_hand:
            self.fields[DEDUCTION] = ExactNumberField(
                label=_("Points taken off at discretion"),
                help_text=_("Type 0 when nothing is taken off.") if judged else "",
                places=_DEDUCTION_PLACES,
                maximum=_DEDUCTION_MAXIMUM,
            )
        if is_by_hand or judged or rule.deduction_allowed or rule.override or not rule.loss_phrase:
            self.fields[REASON] = LongTextField(
                label=_("Reason for the points lost"),
                help_text=_("Needed when the indicator does not earn its full points."),
                max_length=REASON_LENGTH,
                rows=2,
            )
        describe(self)

    def answer(self) -> Answer | None:
        """Return the typed answer, None when nothing is filled in."""
        typed = dict(self.cleaned_data)
        deduction = typed.pop(DEDUCTION, None)
        reason = typed.pop(REASON, "")
        if not typed.get(BY_HAND):
            typed.pop(BY_HAND, None)
        inputs: dict[str, InputValue] = {
            name: value for name, value in typed.items() if value is not None and value != ""
        }
        if not inputs and deduction is None and not reason:
            return None
        return Answer(inputs=inputs, deduction_points=deduction, deduction_reason=reason)


def _only_with(rule: Rule) -> dict[str, str]:
    """Return the label of the one choice with which each reference inside the options is read."""
    kind = RULES.get(rule.kind)
    labels = {choice.code: choice.label for spec in rule.inputs for choice in spec.choices}
    found: dict[str, set[str]] = {}
    for parameter, reference in references(kind.parameters if kind else (), rule.parameters):
        option = parameter.name.split(".")[1] if parameter.name.startswith("options.") else ""
        found.setdefault(reference, set()).add(option)
    only = {one: options.pop() for one, options in found.items() if len(options) == 1}
    return {one: labels.get(option, option) for one, option in only.items() if option}


def field_id(indicator_code: str, name: str) -> str:
    """Return the id of an answer's field on the page."""
    return f"id_{indicator_code}-{name}"


def _input_field(spec: InputSpec) -> forms.Field:
    """Return the field for one input of a rule."""
    told: dict[str, Any] = {"label": spec.label, "help_text": spec.hint}
    choices = [(choice.code, choice.label) for choice in spec.choices]
    match spec.kind:
        case InputKind.COUNT:
            field: forms.Field = ExactNumberField(places=0, **told)
        case InputKind.AMOUNT:
            field = (
                AmountField(**told) if spec.may_be_negative else AmountField(minimum=_ZERO, **told)
            )
        case InputKind.YES_NO:
            field = YesNoField(**told)
        case InputKind.CHOICE:
            field = forms.ChoiceField(
                choices=choices, required=False, widget=radio_buttons(), **told
            )
        case InputKind.MULTIPLE:
            field = SeveralField(choices=choices, **told)
        case _:
            lowest = -AMOUNT_LIMIT if spec.may_be_negative else _ZERO
            unit = spec.unit or _UNITS.get(spec.kind, "")
            field = ExactNumberField(places=4, minimum=lowest, unit=unit, **told)
    field.unit = spec.unit or _UNITS.get(spec.kind, "")  # type: ignore[attr-defined]
    return field


#: Units of the kinds that bring their own.
_UNITS = {InputKind.AMOUNT: "万元", InputKind.PERCENT: "%"}
