"""The form of a rule, made from what its kind declares: one function for each type of parameter."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from perfeval.scoring.quantity import RoundingMode
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.rules.parameters import MAX_ROUNDING_DIGITS, Parameter, ParameterType
from perfeval.scoring.scheme.tree import InputKind, Scheme, WhenNotApplicable
from perfeval.web.fields import ExactNumberField, LineField, LongTextField, describe
from perfeval.web.schemes.editor.rule_flat import (
    ASKED,
    FIRST_ROWS,
    NUMBER,
    NUMBER_KINDS,
    ORDER,
    ROOT,
    Flat,
    count_of,
    flat_data,
)
from perfeval.words.rule_kinds import KINDS, KindWords, kind_groups, parameter_words
from perfeval.words.rule_parameters import WORD_CHOICES, FormWords

#: Limits of what a parameter may hold; more is a slip of the keyboard.
_PLACES, _MAXIMUM = 6, Decimal(10**12)
_INPUT_KINDS: Mapping[InputKind, Promise] = {
    InputKind.COUNT: _("a whole number (cases, days)"),
    InputKind.AMOUNT: _("an amount in 10,000 yuan"),
    InputKind.PERCENT: _("a percentage"),
    InputKind.NUMBER: _("a number with decimals"),
}
_LOWS = [("at_least", "≤"), ("above", "<")]
_WHEN: Mapping[WhenNotApplicable, Promise] = {
    WhenNotApplicable.FULL: _("it earns the full points"),
    WhenNotApplicable.DROP: _("it drops out; its weight goes to the others of its group"),
    WhenNotApplicable.OPTIONAL: _("it is optional; its weight goes to the optional ones chosen"),
}
_ROUNDINGS: Mapping[RoundingMode, Promise] = {
    RoundingMode.HALF_UP: _("half up"),
    RoundingMode.HALF_EVEN: _("half to even"),
    RoundingMode.TRUNCATE: _("cut off"),
}


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One row of a table: its fields by name, and the blocks of a rule inside it."""

    number: int
    fields: Mapping[str, forms.BoundField]
    blocks: Sequence["ParameterBlock"] = ()
    example: Promise | str = ""


@dataclass(frozen=True, slots=True)
class ParameterBlock:
    """One parameter as a template shows it. ``name``: its path without the root, for findings."""

    template: str
    name: str
    words: FormWords
    fields: Mapping[str, forms.BoundField] = field(default_factory=dict)
    rows: Sequence[ParameterRow] = ()

    @property
    def table(self) -> str:
        """Return the name by which a button adds to or removes from the table."""
        return f"{ROOT}-{self.name}"


class RuleForm(forms.Form):
    """The rule of one leaf. ``flat`` says which kind and how many rows; ``data`` is held against it."""

    def __init__(
        self, scheme: Scheme, name: str, flat: Flat, data: Mapping[str, Any] | None = None
    ) -> None:
        """Build the fields of the kind; ``name`` is the indicator's, the usual question."""
        super().__init__(data, initial=flat)
        self.scheme, self.flat, self.name = scheme, flat, name
        kind = str(flat.get(f"{ROOT}-kind") or "")
        self.kind = kind if kind in RULES else ""
        self._add(
            f"{ROOT}-kind",
            forms.ChoiceField(
                label=_("How it is scored"),
                choices=self.kind_choices,
                required=False,
            ),
        )
        self._hidden(f"{ROOT}-shown")
        self._hidden(ORDER, most=4000)
        declared = RULES[self.kind].parameters if self.kind else ()
        self.blocks = self._blocks(self.kind, declared, ROOT)
        self.modifiers = self._modifiers() if self.kind else {}
        describe(self)

    @property
    def words(self) -> KindWords | None:
        """Return what the chosen kind does, in words."""
        return KINDS.get(self.kind)

    @property
    def kind_field(self) -> forms.BoundField:
        """Return the list of kinds."""
        return self[f"{ROOT}-kind"]

    @property
    def kind_choices(self) -> list[tuple[str, list[tuple[str, Promise | str]]]]:
        """Return the kinds in their groups; what is not chosen yet stands without a group."""
        groups: list[tuple[str, list[tuple[str, Promise | str]]]] = [
            (str(label), [(code, KINDS[code].label) for code in codes])
            for label, codes in kind_groups()
        ]
        return [("", [("", _("— not chosen yet —"))]), *groups]

    @property
    def has_modifiers(self) -> bool:
        """Return whether any of the further settings says something."""
        names = ("deduction_allowed", "has_applies", "has_override", "rounding", "more_is_better")
        return any(self.flat.get(f"{ROOT}-{name}") for name in names)

    @property
    def kept_fields(self) -> tuple[forms.BoundField, ...]:
        """Return what the page keeps unseen: the kind that it shows, the order of the questions."""
        return (self[f"{ROOT}-shown"], self[ORDER])

    def clean(self) -> dict[str, Any]:
        """Ask for the words of rows that have points. Raises: nothing; errors stand at the rows."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in [
            one for one in cleaned if one.endswith("-label") and f"{one[:-6]}-points" in cleaned
        ]:
            if cleaned.get(f"{name[:-6]}-points") is not None and not cleaned[name]:
                self.add_error(name, _("Say what earns these points."))
        return cleaned

    # ---- blocks, one function for each family of parameters ----------------------------------------

    def _blocks(
        self, kind: str, declared: tuple[Parameter, ...], path: str
    ) -> list[ParameterBlock]:
        return [self._block(kind, parameter, path) for parameter in declared]

    def _block(self, kind: str, parameter: Parameter, path: str) -> ParameterBlock:
        where, words = f"{path}-{parameter.name}", parameter_words(kind, parameter.name)
        match parameter.type:
            case ParameterType.VALUE:
                return self._source(where, words, is_optional=not parameter.is_required)
            case ParameterType.YES_NO | ParameterType.CHOICE | ParameterType.MULTIPLE:
                return self._question(where, words)
            case ParameterType.POINTS_TABLE:
                return self._table("points", where, parameter, words, self._points_row)
            case ParameterType.LEVELS:
                return self._table("levels", where, parameter, words, self._level_row)
            case ParameterType.BANDS:
                return self._table("bands", where, parameter, words, self._band_row)
            case ParameterType.OPTIONS:
                self._nested = parameter.nested
                return self._table("options", where, parameter, words, self._option_row)
            case ParameterType.VALUES:
                return self._table("figures", where, parameter, words, self._figure_row)
        return self._simple(where, parameter, words)

    def _simple(self, where: str, parameter: Parameter, words: FormWords) -> ParameterBlock:
        told: dict[str, Any] = {"label": words.label, "help_text": words.hint, "required": False}
        added: forms.Field
        match parameter.type:
            case ParameterType.FLAG:
                template, added = "flag", forms.BooleanField(**told, widget=check_box())
            case ParameterType.WORD:
                choices = [(word, WORD_CHOICES[word]) for word in parameter.words]
                template, added = "field", forms.ChoiceField(**told, choices=choices)
            case ParameterType.CODES:
                categories = [(one.code, one.name) for one in self.scheme.goal_categories]
                template = "choices"
                added = forms.MultipleChoiceField(
                    **told,
                    choices=categories,
                    widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
                )
            case ParameterType.FORMULA:
                template, added = "field", LongTextField(**told, rows=2)
            case ParameterType.DIGITS:
                template = "field"
                added = ExactNumberField(**told, places=0, maximum=Decimal(MAX_ROUNDING_DIGITS))
            case _:
                template, added = "field", number_field(parameter.type, **told)
        return ParameterBlock(template, _bare(where), words, {"field": self._add(where, added)})

    def _source(self, where: str, words: FormWords, *, is_optional: bool = False) -> ParameterBlock:
        """Return where a value comes from: a number, the budget table, or a question."""
        shared = [
            (f"answer.{self.flat.get(f'{name[:-5]}-name')}", self.flat.get(f"{name[:-5]}-label"))
            for name, held in self.flat.items()
            if name.endswith("-from") and held == ASKED and name != f"{where}-from"
            and self.flat.get(f"{name[:-5]}-name")
        ]  # fmt: skip
        amounts = [
            (reference, self.scheme.amount_label(reference))
            for reference in self.scheme.amount_references()
        ]
        known = {code for code, _label in (*shared, *amounts)}
        held = str(self.flat.get(f"{where}-from") or "")
        lost = [(held, held)] if "." in held and held not in known else []
        choices: list[Any] = [
            ("", _("— left out —") if is_optional else _("— not chosen yet —")),
            (ASKED, _("asked from the department")),
            (NUMBER, _("a fixed number")),
            (str(_("From the budget table")), amounts),
        ]
        if shared:
            choices.append((str(_("The same answer as")), shared))
        if lost:
            choices.append((str(_("Not in the budget table any more")), lost))
        kinds = [(kind.value, _INPUT_KINDS[kind]) for kind in NUMBER_KINDS]
        fields = {
            "from": self._add(
                f"{where}-from",
                forms.ChoiceField(label=str(words.label), choices=choices, required=False),
            ),
            "number": self._add(
                f"{where}-number", number_field(ParameterType.NUMBER, label=_("The number"))
            ),
            **self._asked(where),
            "kind": self._add(
                f"{where}-kind",
                forms.ChoiceField(label=_("It is"), choices=kinds, required=False),
            ),
            "unit": self._add(f"{where}-unit", LineField(label=_("Unit"), max_length=20)),
        }
        return ParameterBlock("source", _bare(where), words, fields)

    def _question(self, where: str, words: FormWords) -> ParameterBlock:
        return ParameterBlock("question", _bare(where), words, self._asked(where))

    def _asked(self, where: str) -> dict[str, forms.BoundField]:
        """Return the fields of the question that the department answers."""
        self._hidden(f"{where}-name")
        return {
            "label": self._add(
                f"{where}-label",
                LineField(
                    label=_("Question to the department"),
                    max_length=200,
                    widget=forms.TextInput(attrs={"placeholder": self.name}),
                ),
            ),
            "hint": self._add(
                f"{where}-hint", LineField(label=_("Hint below the question"), max_length=400)
            ),
            "name": self[f"{where}-name"],
        }

    def _table(
        self, template: str, where: str, parameter: Parameter, words: FormWords, build: Any
    ) -> ParameterBlock:
        count = count_of(self.flat, where, FIRST_ROWS[parameter.type])
        self._hidden(f"{where}-rows", str(count))
        rows = [build(f"{where}-{n}", n) for n in range(count)]
        return ParameterBlock(template, _bare(where), words, {"rows": self[f"{where}-rows"]}, rows)

    def _points_row(self, path: str, number: int) -> ParameterRow:
        return ParameterRow(number, {**self._labelled(path), "points": self._points(path)})

    def _level_row(self, path: str, number: int) -> ParameterRow:
        return ParameterRow(number, {**self._labelled(path), **self._ends(path)})

    def _band_row(self, path: str, number: int) -> ParameterRow:
        return ParameterRow(number, {**self._ends(path), "points": self._points(path)})

    def _figure_row(self, path: str, number: int) -> ParameterRow:
        name = self._add(f"{path}-figure", LineField(label=_("Short name"), max_length=64))
        words = FormWords(_("Which value it stands for"))
        return ParameterRow(number, {"figure": name}, [self._source(f"{path}-value", words)])

    def _option_row(self, path: str, number: int) -> ParameterRow:
        kind = str(self.flat.get(f"{path}-kind") or "")
        kind = kind if kind in self._nested else ""
        choices = [("", _("— not chosen yet —"))] + [
            (code, KINDS[code].label)
            for _label, codes in kind_groups()
            for code in codes
            if code in self._nested
        ]
        added = forms.ChoiceField(label=_("How it is scored"), choices=choices, required=False)
        self._hidden(f"{path}-shown")
        fields = {
            **self._labelled(path),
            "kind": self._add(f"{path}-kind", added),
            "shown": self[f"{path}-shown"],
        }
        blocks = self._blocks(kind, self._nested[kind], path) if kind else []
        return ParameterRow(number, fields, blocks, KINDS[kind].example if kind else "")

    def _labelled(self, path: str) -> dict[str, forms.BoundField]:
        self._hidden(f"{path}-code")
        label = LineField(label=_("Words of the choice"), max_length=200)
        return {"label": self._add(f"{path}-label", label), "code": self[f"{path}-code"]}

    def _points(self, path: str) -> forms.BoundField:
        return self._add(f"{path}-points", number_field(ParameterType.POINTS, label=_("Points")))

    def _ends(self, path: str) -> dict[str, forms.BoundField]:
        highs = [("below", "<"), ("at_most", "≤")]
        return {
            "low": self._add(
                f"{path}-low", number_field(ParameterType.NUMBER, label=_("Lower end"))
            ),
            "low_end": self._add(
                f"{path}-low_end",
                forms.ChoiceField(
                    label=_("Is the lower end included?"), choices=_LOWS, required=False
                ),
            ),
            "high": self._add(
                f"{path}-high", number_field(ParameterType.NUMBER, label=_("Upper end"))
            ),
            "high_end": self._add(
                f"{path}-high_end",
                forms.ChoiceField(
                    label=_("Is the upper end included?"), choices=highs, required=False
                ),
            ),
        }

    # ---- what any kind may have besides --------------------------------------------------------------

    def _modifiers(self) -> dict[str, Any]:
        kind = RULES[self.kind]
        told: dict[str, Any] = {}
        if not kind.is_adjustment and not kind.needs_deduction:
            told["deduction_allowed"] = self._flag(
                "deduction_allowed", _("The department may take points off by hand, with a reason")
            )
        if not kind.is_adjustment:
            told["has_applies"] = self._flag(
                "has_applies", _("It may not apply to every department")
            )
            told["applies"] = self._question(
                f"{ROOT}-applies", FormWords(_("Question that says whether it applies"))
            )
            told["when_not_applicable"] = self._add(
                f"{ROOT}-when_not_applicable",
                forms.ChoiceField(
                    label=_("Where it does not apply"),
                    choices=[(when.value, text) for when, text in _WHEN.items()],
                    required=False,
                ),
            )
        told["has_override"] = self._flag(
            "has_override", _("The computed points may be replaced by hand, with a reason")
        )
        told["override"] = self._question(
            f"{ROOT}-override", FormWords(_("What the box for the points is called"))
        )
        told["loss_phrase"] = self._add(
            f"{ROOT}-loss_phrase",
            LineField(
                label=_("Sentence for points lost by computation"),
                help_text=_(
                    "For the report. {rate} {points} {lost} {weight} stand for the figures. When "
                    "it is empty, the department writes the reason."
                ),
                max_length=300,
            ),
        )
        told["rounding"] = self._add(
            f"{ROOT}-rounding",
            forms.ChoiceField(
                label=_("Rounding of its points"),
                choices=[
                    ("", _("as the whole scheme")),
                    *((mode.value, text) for mode, text in _ROUNDINGS.items()),
                ],
                required=False,
            ),
        )
        told["rounding_digits"] = self._add(
            f"{ROOT}-rounding_digits",
            ExactNumberField(label=_("Decimals"), places=0, maximum=Decimal(MAX_ROUNDING_DIGITS)),
        )
        told["more_is_better"] = self._flag(
            "more_is_better", _("A cost that is knowingly better the more it is")
        )
        return told

    def _flag(self, name: str, label: Promise) -> forms.BoundField:
        added = forms.BooleanField(label=str(label), required=False, widget=check_box())
        return self._add(f"{ROOT}-{name}", added)

    def _add(self, name: str, added: forms.Field) -> forms.BoundField:
        self.fields[name] = added
        return self[name]

    def _hidden(self, name: str, value: str | None = None, *, most: int = 64) -> None:
        added = forms.CharField(required=False, max_length=most, widget=forms.HiddenInput)
        if value is not None:
            added.initial = value
            self.initial.setdefault(name, value)
        self.fields[name] = added


def typed_form(scheme: Scheme, name: str, data: Any) -> RuleForm:
    """Return the rule form bound to what was typed."""
    return RuleForm(scheme, name, flat_data(data), data)


def check_box() -> forms.CheckboxInput:
    """Return a tick box in the site's look."""
    return forms.CheckboxInput(attrs={"class": "form-check-input"})


class RuleNumberField(ExactNumberField):
    """A number of a rule: any that a scheme can hold."""

    def __init__(self, *, is_positive: bool, **told: Any) -> None:
        """Take whether 0 is refused."""
        self.is_positive = is_positive
        super().__init__(places=_PLACES, maximum=_MAXIMUM, **told)

    def clean(self, value: object) -> Decimal | None:
        """Return the number. Raises: ValidationError."""
        number: Decimal | None = super().clean(value)
        if number is not None and self.is_positive and not number:
            raise ValidationError(_("Type a number above 0."))
        return number


def number_field(kind: ParameterType, **told: Any) -> ExactNumberField:
    """Return the field for a number of this type."""
    told.pop("required", None)
    is_signed = kind is ParameterType.NUMBER
    return RuleNumberField(
        is_positive=kind is ParameterType.POSITIVE,
        minimum=-_MAXIMUM if is_signed else Decimal(0),
        **told,
    )


def _bare(where: str) -> str:
    return re.sub(rf"^{ROOT}-", "", where)
