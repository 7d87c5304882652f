"""Carries what was filled in on one version of a scheme to the next, and names what has no place.

Nothing is guessed: an answer goes to the indicator that the mapping names, an input stays where the
same input is asked for in the same kind and unit, a choice where it can still be chosen. What does
not fit is left out and told whole, so that it can be typed anew, and never bent to fit.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeVar

from perfeval.scoring.figures import Answer, Figures, Goal, OwnIndicator
from perfeval.scoring.quantity import format_wan, plain
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.scheme.tree import Indicator, InputSpec, Scheme

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Loss:
    """Something filled in that the next version has no place for: a code, where, and its values.

    ``place`` is ``indicator:<code>`` of the earlier version, ``budget``, ``goals`` or ``outline``.
    """

    code: str
    place: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Carried:
    """What goes on: figures and prose for the next version, and what was left behind."""

    figures: Figures
    narratives: Mapping[str, str]
    losses: tuple[Loss, ...]


class Carrier:
    """The way from one version of a scheme to another, worked out once for all reports."""

    def __init__(self, old: Scheme, new: Scheme, mapping: Mapping[str, str]) -> None:
        """Take the full mapping of codes (``mapping.full_mapping``)."""
        self.mapping = mapping
        self._names = {node.code: node.name for node in old.walk()}
        self._sources = {leaf.code: leaf for leaf in old.leaves()}
        leaves = {leaf.code: leaf for leaf in new.leaves()}
        self._targets = {
            code: leaves[mapping[code]] for code in self._sources if mapping.get(code, "") in leaves
        }
        self._old = old
        self._cells = frozenset(new.amount_references())
        self._kinds = {
            category.code: {kind.code for kind in category.kinds}
            for category in new.goal_categories
        }
        self._slots = {slot.indicator for slot in new.slots}
        self._sections = {section.code for section in new.outline if section.takes_text}

    def target(self, code: str) -> str:
        """Return the code of the leaf to which the answer of ``code`` goes, empty when to none."""
        return self._targets[code].code if code in self._targets else ""

    def keeps_cell(self, reference: str) -> bool:
        """Return whether the budget table still has the cell ``line.column``."""
        return reference in self._cells

    def goal_kind(self, category: str, kind: str) -> str | None:
        """Return the kind that a goal keeps, empty when that is gone, None when its category is."""
        if category not in self._kinds:
            return None
        return kind if kind in self._kinds[category] else ""

    def keeps_section(self, code: str) -> bool:
        """Return whether prose is still written under the section ``code``."""
        return code in self._sections

    def keeps_deduction(self, code: str) -> bool:
        """Return whether points may still be taken off by hand from what ``code`` became."""
        rule = self._targets[code].rule if code in self._targets else None
        return rule is not None and (
            rule.deduction_allowed or (rule.kind in RULES and RULES[rule.kind].needs_deduction)
        )

    def inputs(self, code: str, inputs: Mapping[str, _T]) -> dict[str, _T]:
        """Return the inputs of the answer of ``code`` that go on, typed or as they are stored."""
        new, old = _specs(self._targets.get(code)), _specs(self._sources.get(code))
        return {
            name: value
            for name, value in inputs.items()
            if name in new and name in old and _fits(old[name], new[name], value)
        }

    def carry(self, figures: Figures, narratives: Mapping[str, str]) -> Carried:
        """Return what goes on of a report, and what does not, in the order of the scheme."""
        losses: list[Loss] = []
        answers = {}
        own_part = tuple(self._own_part(figures, losses))
        own = {indicator.code for indicator in own_part}
        for code, answer in figures.answers.items():
            if code not in self._sources:
                if code in own:
                    answers[code] = answer
                continue
            losses += self._answer_losses(code, answer)
            target = self.target(code)
            if target:
                answers[target] = self._answer(code, answer)
        losses += self._other_losses(figures, narratives)
        carried = replace(
            figures,
            answers=answers,
            amounts={key: item for key, item in figures.amounts.items() if self.keeps_cell(key)},
            goals=tuple(self._goals(figures)),
            own_part=own_part,
        )
        kept = {code: text for code, text in narratives.items() if self.keeps_section(code)}
        return Carried(carried, kept, tuple(losses))

    def _answer(self, code: str, answer: Answer) -> Answer:
        points = answer.deduction_points if self.keeps_deduction(code) else None
        return replace(answer, inputs=self.inputs(code, answer.inputs), deduction_points=points)

    def _answer_losses(self, code: str, answer: Answer) -> Iterator[Loss]:
        place, named = f"indicator:{code}", {"name": self._names[code]}
        specs = _specs(self._sources[code])
        kept = self.inputs(code, answer.inputs)
        is_gone = not self.target(code)
        for name, value in answer.inputs.items():
            if name not in kept:
                spec = specs.get(name)
                values = {"input": spec.label if spec else name, "value": _shown(spec, value)}
                yield Loss("answer_gone" if is_gone else "input_gone", place, named | values)
        deduction = answer.deduction_points
        if deduction and not self.keeps_deduction(code):
            values = {"points": plain(deduction), "reason": answer.deduction_reason}
            yield Loss("deduction_gone", place, named | values)
        elif is_gone and answer.deduction_reason:
            yield Loss("reason_gone", place, named | {"reason": answer.deduction_reason})

    def _other_losses(self, figures: Figures, narratives: Mapping[str, str]) -> Iterator[Loss]:
        for reference, amount in figures.amounts.items():
            if not self.keeps_cell(reference):
                name = self._old.amount_label(reference) or reference
                yield Loss("amount_gone", "budget", {"name": name, "amount": format_wan(amount)})
        for goal in figures.goals:
            kind = self.goal_kind(goal.category, goal.kind)
            if kind is None:
                yield Loss("goal_gone", "goals", {"name": goal.name})
            elif kind != goal.kind:
                yield Loss("goal_kind_gone", "goals", {"name": goal.name})
        titles = {section.code: section.title for section in self._old.outline}
        for code, text in narratives.items():
            if text and not self.keeps_section(code):
                values = {"name": titles.get(code, code), "text": text}
                yield Loss("text_gone", "outline", values)

    def slot(self, code: str) -> str:
        """Return the code of the slot that ``code`` became, empty when there is none any more."""
        target = self.mapping.get(code, "")
        return target if target in self._slots else ""

    def _own_part(self, figures: Figures, losses: list[Loss]) -> Iterator[OwnIndicator]:
        """Yield the department's own indicators whose slot is still open."""
        for own in figures.own_part:
            slot = self.slot(own.slot)
            if slot:
                yield replace(own, slot=slot)
            else:
                losses.append(Loss("own_gone", f"indicator:{own.slot}", {"name": own.name}))

    def _goals(self, figures: Figures) -> Iterator[Goal]:
        for goal in figures.goals:
            kind = self.goal_kind(goal.category, goal.kind)
            if kind is not None:
                yield replace(goal, kind=kind)


def _specs(leaf: Indicator | None) -> dict[str, InputSpec]:
    return {spec.name: spec for spec in leaf.rule.inputs} if leaf and leaf.rule else {}


def _fits(old: InputSpec, new: InputSpec, value: object) -> bool:
    """Return whether a value given for ``old`` says the same under ``new``."""
    if (old.kind, old.unit) != (new.kind, new.unit):
        return False
    if not new.choices:
        return True
    codes = {choice.code for choice in new.choices}
    return set(value) <= codes if isinstance(value, list | tuple) else value in codes


def _shown(spec: InputSpec | None, value: object) -> str:
    """Return a typed value as people read it; yes and no stand for themselves."""
    labels = {choice.code: choice.label for choice in spec.choices} if spec else {}
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, list | tuple):
        return "、".join(labels.get(str(item), str(item)) for item in value)
    return labels.get(str(value), str(value))
