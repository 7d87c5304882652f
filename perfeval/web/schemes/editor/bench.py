"""The bench of an indicator: type what its rule reads, see the points and how they come about."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from perfeval.schemes.trying import amounts_read, try_indicator, with_rule
from perfeval.scoring.figures import Answer, Goal
from perfeval.scoring.result import IndicatorResult
from perfeval.scoring.scheme.lint import parameter_problems
from perfeval.scoring.scheme.tree import Indicator, Rule, Scheme
from perfeval.web.fields import AmountField, ExactNumberField
from perfeval.web.filling.answer_forms import AnswerForm
from perfeval.web.filling.groups import ShownStep
from perfeval.words.scoring import describe_problem, describe_step

#: The fields of the bench begin with this; no indicator is called so.
PREFIX = "try"
#: Goals that can be typed for each category.
GOALS = 3


class Bench:
    """The fields for what a rule reads and, once typed, what it gives. Nothing of it is stored."""

    def __init__(
        self, scheme: Scheme, node: Indicator, rule: Rule | None, data: Mapping[str, Any] | None
    ) -> None:
        """Build the fields of ``rule``; ``data`` is what was typed into them."""
        is_whole = rule is not None and not parameter_problems(rule, "")
        self.rule = rule if is_whole else None
        self.answer: AnswerForm | None = None
        self.figures: _FiguresForm | None = None
        self.result: IndicatorResult | None = None
        if self.rule is None:
            return
        tried = replace(node, code=PREFIX, rule=self.rule)
        self.answer = AnswerForm(data, indicator=tried, answer=None)
        self.figures = _FiguresForm(scheme, self.rule, data)
        if data is not None and self.answer.is_valid() and self.figures.is_valid():
            self.result = try_indicator(
                with_rule(scheme, node.code, self.rule),
                node.code,
                answer=self.answer.answer() or Answer(),
                amounts=self.figures.amounts(),
                goals=self.figures.goals(),
            )

    @property
    def fields(self) -> list[forms.BoundField]:
        """Return what can be typed, figures of the report first."""
        found: list[forms.BoundField] = []
        for form in (self.figures, self.answer):
            found += list(form or ())
        return found

    @property
    def steps(self) -> list[ShownStep]:
        """Return how the points come about."""
        steps = self.result.steps if self.result else ()
        return [ShownStep(describe_step(step), step.expression, step.value) for step in steps]

    @property
    def problems(self) -> list[str]:
        """Return what is missing or wrong in what was typed."""
        found = self.result.problems if self.result else ()
        return [describe_problem(problem) for problem in found]


class _FiguresForm(forms.Form):
    """What a rule reads outside its indicator's own answer: cells of the budget table, goals."""

    def __init__(self, scheme: Scheme, rule: Rule, data: Mapping[str, Any] | None) -> None:
        super().__init__(data, prefix=PREFIX)
        self.cells = amounts_read(rule)
        for cell in self.cells:
            added = AmountField(label=scheme.amount_label(cell))
            added.unit = "万元"
            self.fields[f"amount-{cell}"] = added
        categories = rule.parameters.get("categories")
        self.categories = categories if isinstance(categories, tuple) else ()
        self.has_ratios = rule.kind in ("goal_ratio", "list_avg")
        names = {one.code: one.name for one in scheme.goal_categories}
        for category in self.categories:
            for n in range(1, GOALS + 1):
                told = {"name": names.get(category, category), "number": n}
                labels = {
                    "target": _("%(name)s, goal %(number)s: target") % told,
                    "actual": _("%(name)s, goal %(number)s: actual") % told,
                }
                if self.has_ratios:
                    labels["weight"] = _("%(name)s, goal %(number)s: ratio (weight)") % told
                for name, label in labels.items():
                    self.fields[f"goal-{category}-{n}-{name}"] = ExactNumberField(
                        label=label, places=4
                    )

    def amounts(self) -> dict[str, Decimal]:
        """Return the typed cells of the budget table."""
        typed = {cell: self.cleaned_data[f"amount-{cell}"] for cell in self.cells}
        return {cell: amount for cell, amount in typed.items() if amount is not None}

    def goals(self) -> tuple[Goal, ...]:
        """Return the goals of which a target or an actual value was typed."""
        found = []
        for category in self.categories:
            for n in range(1, GOALS + 1):
                start = f"goal-{category}-{n}-"
                target, actual = (
                    self.cleaned_data[f"{start}target"],
                    self.cleaned_data[f"{start}actual"],
                )
                if target is None and actual is None:
                    continue
                weight = self.cleaned_data.get(f"{start}weight") or Decimal(1)
                found.append(
                    Goal(
                        name=_("goal %(number)s") % {"number": n},
                        category=category,
                        target_value=target,
                        actual_value=actual,
                        weight=weight,
                    )
                )
        return tuple(found)
