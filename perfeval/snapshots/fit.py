"""Whether the figures and the prose of a file fit a scheme and can be kept."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models as fields

from perfeval.reports.models import Answer, FigureEntry, Goal, KeyTask, OwnIndicator
from perfeval.scoring import figures as frozen
from perfeval.scoring.codec import FormatProblem, shown
from perfeval.scoring.lookup import wrong_input
from perfeval.scoring.own_part import OWN_CODE, with_own_part
from perfeval.scoring.quantity import AMOUNT_LIMIT, plain
from perfeval.scoring.scheme.tree import Indicator, Scheme
from perfeval.snapshots.snapshot import Snapshot

#: Columns that may hold any number, and the largest of those that are limited.
_UNLIMITED = frozenset({"target_value", "actual_value"})
_LARGEST = {
    "amount_wan": AMOUNT_LIMIT,
    "adjusted_budget_wan": AMOUNT_LIMIT,
    "executed_amount_wan": AMOUNT_LIMIT,
    "completion_percent": Decimal(100),
}


def check_fit(scheme: Scheme, snapshot: Snapshot) -> Iterator[FormatProblem]:
    """Yield everything in the file that the scheme does not know or the rows cannot hold."""
    yield from _check_amounts(scheme, snapshot.figures)
    yield from _check_goals(scheme, snapshot.figures)
    for position, task in enumerate(snapshot.figures.key_tasks):
        yield from _check_columns(KeyTask, task, f"figures.key_tasks[{position}]")
    yield from _check_own_part(scheme, snapshot.figures)
    yield from _check_answers(with_own_part(scheme, snapshot.figures.own_part), snapshot.figures)
    sections = {section.code for section in scheme.outline if section.takes_text}
    for code in snapshot.narratives:
        if code not in sections:
            yield FormatProblem(f"narratives.{shown(code)}", "unknown_section")


def _check_amounts(scheme: Scheme, figures: frozen.Figures) -> Iterator[FormatProblem]:
    known = set(scheme.amount_references())
    for reference, amount in figures.amounts.items():
        path = f"figures.amounts.{shown(reference)}"
        if reference not in known:
            yield FormatProblem(path, "unknown_reference", {"reference": shown(reference)})
        else:
            yield from _check_column(FigureEntry, "amount_wan", amount, path)


def _check_goals(scheme: Scheme, figures: frozen.Figures) -> Iterator[FormatProblem]:
    kinds = {
        category.code: {kind.code for kind in category.kinds} for category in scheme.goal_categories
    }
    for position, goal in enumerate(figures.goals):
        path = f"figures.goals[{position}]"
        if goal.category not in kinds:
            allowed = ", ".join(kinds)
            yield FormatProblem(
                f"{path}.category",
                "unknown_word",
                {"found": shown(goal.category), "allowed": allowed},
            )
        elif goal.kind and goal.kind not in kinds[goal.category]:
            allowed = ", ".join(sorted(kinds[goal.category]))
            yield FormatProblem(
                f"{path}.kind",
                "unknown_word",
                {"found": shown(goal.kind), "allowed": allowed},
            )
        yield from _check_columns(Goal, goal, path)


def _check_own_part(scheme: Scheme, figures: frozen.Figures) -> Iterator[FormatProblem]:
    slots = [slot.indicator for slot in scheme.slots]
    counted = Counter(own.code for own in figures.own_part)
    for position, own in enumerate(figures.own_part):
        path = f"figures.own_part[{position}]"
        if own.slot not in slots:
            told = {"found": shown(own.slot), "allowed": ", ".join(slots)}
            yield FormatProblem(f"{path}.slot", "unknown_word", told)
        if not OWN_CODE.fullmatch(own.code):
            yield FormatProblem(f"{path}.code", "bad_code", {"code": shown(own.code)})
        if counted[own.code] > 1:
            yield FormatProblem(f"{path}.code", "duplicate_code", {"count": str(counted[own.code])})
        yield from _check_columns(OwnIndicator, own, path)


def _check_answers(scheme: Scheme, figures: frozen.Figures) -> Iterator[FormatProblem]:
    leaves = {leaf.code: leaf for leaf in scheme.leaves()}
    for code, answer in figures.answers.items():
        path = f"figures.answers.{shown(code)}"
        if code not in leaves:
            yield FormatProblem(path, "unknown_indicator")
            continue
        yield from _check_inputs(leaves[code], answer, path)
        yield from _check_column(
            Answer,
            "deduction_points",
            answer.deduction_points,
            f"{path}.deduction_points",
        )


def _check_inputs(leaf: Indicator, answer: frozen.Answer, path: str) -> Iterator[FormatProblem]:
    specs = {spec.name: spec for spec in leaf.rule.inputs} if leaf.rule else {}
    for name, value in answer.inputs.items():
        where = f"{path}.inputs.{shown(name)}"
        if name not in specs:
            yield FormatProblem(where, "unknown_input")
        elif wrong := wrong_input(specs[name], value):
            yield FormatProblem(where, wrong, {"label": specs[name].label})


def _check_columns(
    model: type[fields.Model],
    value: frozen.Goal | frozen.KeyTask | frozen.OwnIndicator,
    path: str,
) -> Iterator[FormatProblem]:
    """Hold each text and number of ``value`` against the column of the same name."""
    for field in model._meta.get_fields():
        if isinstance(field, fields.CharField | fields.TextField | fields.DecimalField):
            name = field.name
            # Of the answer, which is checked by itself; the name of a row is no part of its value.
            if name.startswith("deduction_") or name == "row":
                continue
            yield from _check_column(model, name, getattr(value, name), f"{path}.{name}")


def _check_column(
    model: type[fields.Model], name: str, value: object, path: str
) -> Iterator[FormatProblem]:
    """Yield what the column's own validators say of ``value``."""
    if value is None or value == "":
        return
    field = model._meta.get_field(name)
    if not isinstance(field, fields.Field):
        return
    if isinstance(value, Decimal) and (wrong := _out_of_range(name, value)):
        yield FormatProblem(path, wrong, {"weight": plain(value)})
        return
    try:
        field.run_validators(value)
    except ValidationError as error:
        for message in error.messages:
            yield FormatProblem(path, "not_storable", {"detail": str(message)})


def _out_of_range(name: str, value: Decimal) -> str:
    """Return the code of what the table's constraints would refuse, empty when nothing is."""
    if name == "weight":
        return "" if value > 0 else "weight_not_positive"
    if name in _UNLIMITED:
        return ""
    if value < 0:
        return "number_negative"
    return "number_out_of_range" if value > _LARGEST.get(name, value) else ""
