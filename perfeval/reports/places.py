"""Everything that can be typed into a report has one name, its place, and one plain text there.

``amount:<line>.<column>``, ``goal:<row>.<field>``, ``task:<row>.<field>``, ``own:<code>.<field>``,
``answer:<indicator>.<input>`` (also ``deduction_points`` and ``deduction_reason``), ``text:<section>``; which rows there
are and in which order: ``order:goals``, ``order:tasks``, ``order:own``, their names joined by a space. An empty text is
nothing filled in. History keeps these texts, and saving compares them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from perfeval.scoring.figures import (
    BY_HAND,
    Answer,
    Figures,
    Goal,
    GoalDirection,
    InputValue,
    KeyTask,
    OwnIndicator,
)
from perfeval.scoring.own_part import with_own_part
from perfeval.scoring.quantity import plain
from perfeval.scoring.scheme.tree import InputKind, Scheme

State = Mapping[str, str]

GOAL_ORDER, TASK_ORDER, OWN_ORDER = "order:goals", "order:tasks", "order:own"
DEDUCTION, REASON = "deduction_points", "deduction_reason"
_NUMBER_KINDS = frozenset({InputKind.COUNT, InputKind.NUMBER, InputKind.AMOUNT, InputKind.PERCENT})
#: What an amount in 万元 is kept to.
CENT = Decimal("0.01")
_YES, _NO = "yes", "no"
#: What a list of choices says in which nothing holds; else "none" and "not answered" look alike.
_NONE = "-none-"
#: Fields of rows that are numbers.
_NUMBERS = frozenset(
    {
        "target_value", "actual_value", "weight", "completion_percent", "adjusted_budget_wan",
        "executed_amount_wan", "target", "points_each",
    }
)  # fmt: skip
#: Fields of prose, in which two people's changes are merged.
PROSE = frozenset(
    {
        "target_text", "actual_text", "deviation_reason", "progress", "standard", "evidence",
        REASON,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FilledIn:
    """All that is filled in: figures, prose by section, and the names of the rows of goals and key tasks, in order."""

    figures: Figures
    narratives: Mapping[str, str]
    goal_rows: tuple[str, ...] = ()
    task_rows: tuple[str, ...] = ()


def state_of(contents: FilledIn) -> dict[str, str]:
    """Return the text at every place that holds one."""
    figures = contents.figures
    found = {f"amount:{cell}": plain(amount) for cell, amount in figures.amounts.items()}
    found |= _rows("goal", contents.goal_rows, figures.goals)
    found |= _rows("task", contents.task_rows, figures.key_tasks)
    own = [one.code for one in figures.own_part]
    found |= _rows("own", own, figures.own_part, skip=("code",))
    for order, names in (
        (GOAL_ORDER, contents.goal_rows),
        (TASK_ORDER, contents.task_rows),
        (OWN_ORDER, own),
    ):
        found[order] = " ".join(names)
    for code, answer in figures.answers.items():
        found |= _answer_state(code, answer)
    found |= {f"text:{section}": text for section, text in contents.narratives.items()}
    return {place: text for place, text in found.items() if text}


def contents_of(scheme: Scheme, state: State) -> FilledIn:
    """Return what a state says; ``scheme`` is the issued one, without the department's own part.

    Raises: ValueError, ArithmeticError for a text that its place cannot hold.
    """
    goals = _row_values(state, "goal", state.get(GOAL_ORDER, ""))
    tasks = _row_values(state, "task", state.get(TASK_ORDER, ""))
    own = _row_values(state, "own", state.get(OWN_ORDER, ""))
    categories = [category.code for category in scheme.goal_categories]
    goals.sort(key=lambda row: _rank(categories, row[1].get("category", "")))
    own_part = tuple(OwnIndicator(code=code, **_own_defaults(given)) for code, given in own)
    figures = Figures(
        amounts={cell: Decimal(text).quantize(CENT) for cell, text in _below(state, "amount")},
        goals=tuple(_goal(given) for _, given in goals),
        key_tasks=tuple(KeyTask(**{"name": "", **given}) for _, given in tasks),
        own_part=own_part,
    )
    whole = with_own_part(scheme, own_part)
    answers = _answers(whole, state)
    return FilledIn(
        Figures(
            amounts=figures.amounts,
            goals=figures.goals,
            key_tasks=figures.key_tasks,
            answers=answers,
            own_part=own_part,
        ),
        dict(_below(state, "text")),
        tuple(row for row, _ in goals),
        tuple(row for row, _ in tasks),
    )


def is_prose(place: str) -> bool:
    """Return whether two people's changes of this place are merged."""
    return place.startswith("text:") or place.rpartition(".")[2] in PROSE


def row_of(place: str) -> tuple[str, str]:
    """Return the kind and the name of the row that a place belongs to; both empty where it is of none."""
    kind, _colon, rest = place.partition(":")
    return (kind, rest.partition(".")[0]) if kind in ("goal", "task", "own") else ("", "")


#: The order that says which rows of a kind there are.
ORDER_OF = {"goal": GOAL_ORDER, "task": TASK_ORDER, "own": OWN_ORDER}


def _rank(categories: Sequence[str], category: str) -> int:
    """Return where a category stands; goals of one that the scheme has no longer stand first."""
    return categories.index(category) + 1 if category in categories else 0


def _rows(
    kind: str, names: Sequence[str], values: Sequence[Any], skip: tuple[str, ...] = ()
) -> dict[str, str]:
    return {
        f"{kind}:{name}.{spec.name}": _text(getattr(value, spec.name))
        for name, value in zip(names, values, strict=True)
        for spec in fields(value)
        if spec.name not in skip
    }


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    return str(value.value) if isinstance(value, GoalDirection) else str(value)


def _answer_state(code: str, answer: Answer) -> Iterator[tuple[str, str]]:
    for name, value in answer.inputs.items():
        yield f"answer:{code}.{name}", _input_text(value)
    yield f"answer:{code}.{DEDUCTION}", _text(answer.deduction_points)
    yield f"answer:{code}.{REASON}", answer.deduction_reason


def _input_text(value: InputValue) -> str:
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, tuple):
        return "\n".join(value) or _NONE
    return _text(value)


def _below(state: State, kind: str) -> Iterator[tuple[str, str]]:
    for place, text in state.items():
        if place.startswith(f"{kind}:") and text:
            yield place.removeprefix(f"{kind}:"), text


def _row_values(state: State, kind: str, order: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows of a kind in their order, each with what is filled in."""
    held: dict[str, dict[str, Any]] = {name: {} for name in order.split()}
    for rest, text in _below(state, kind):
        name, _, field = rest.partition(".")
        if name in held:
            held[name][field] = _read(field, text)
    return list(held.items())


def _read(field: str, text: str) -> Decimal | str:
    """Return a field's value; amounts as their columns keep them."""
    if field not in _NUMBERS:
        return text
    return Decimal(text).quantize(CENT) if field.endswith("_wan") else Decimal(text)


def _goal(given: Mapping[str, Any]) -> Goal:
    told = {"name": "", "category": "", **given}
    told["direction"] = GoalDirection(told.get("direction") or GoalDirection.POSITIVE)
    told["weight"] = told.get("weight") or Decimal(1)
    return Goal(**told)


def _own_defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"slot": "", "name": "", "kind": "", "weight": Decimal(0), **given}


def _answers(scheme: Scheme, state: State) -> dict[str, Answer]:
    """Return the answers by indicator, inputs typed as their rule declares them."""
    kinds = {
        leaf.code: {spec.name: spec.kind for spec in leaf.rule.inputs}
        for leaf in scheme.leaves()
        if leaf.rule
    }
    held: dict[str, dict[str, str]] = {}
    for rest, text in _below(state, "answer"):
        code, _, name = rest.partition(".")
        held.setdefault(code, {})[name] = text
    return {code: _answer(given, kinds.get(code, {})) for code, given in held.items()}


def _answer(given: Mapping[str, str], kinds: Mapping[str, InputKind]) -> Answer:
    deduction = given.get(DEDUCTION)
    return Answer(
        inputs={
            name: _input(text, InputKind.YES_NO if name == BY_HAND else kinds.get(name))
            for name, text in given.items()
            if name not in (DEDUCTION, REASON)
        },
        deduction_points=Decimal(deduction) if deduction else None,
        deduction_reason=given.get(REASON, ""),
    )


def _input(text: str, kind: InputKind | None) -> InputValue:
    if kind in _NUMBER_KINDS:
        return Decimal(text)
    if kind is InputKind.YES_NO:
        return text == _YES
    if kind is InputKind.MULTIPLE:
        return () if text == _NONE else tuple(text.split("\n"))
    return text


def places_of(part: str, scheme: Scheme, state: Iterable[str]) -> set[str]:
    """Return the places of ``state`` that belong to a part as ``parts`` names it.

    Of the goals also one category alone: ``goals:<category>`` has the places of all goals, since their order is one.
    """
    kind, _, code = part.partition(":")
    if kind == "answers":
        nodes = [node for node in scheme.walk() if node.code == code]
        leaves = {leaf.code for node in nodes for leaf in node.leaves()}
        return {
            place
            for place in state
            if place.startswith("answer:") and place[7:].partition(".")[0] in leaves
        }
    starts = {
        "figures": ("amount:",),
        "goals": ("goal:", GOAL_ORDER),
        "key_tasks": ("task:", TASK_ORDER),
        "own_part": ("own:", OWN_ORDER),
        "narrative": (f"text:{code}",),
    }[kind]
    if kind == "narrative":
        return {place for place in state if place == starts[0]}
    return {place for place in state if place.startswith(starts)}
