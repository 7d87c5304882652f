"""Every code that a room can give has a sentence, every sentence a code, every gap a value.

The codes are read off the sources, so that a new one without words fails here before a clerk sees
a code.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from django.utils import translation

import perfeval
from perfeval.reports.parts import narrative_problems
from perfeval.scoring.codec import FormatError, FormatProblem
from perfeval.scoring.engine import score
from perfeval.scoring.figures import Answer, Figures, Goal, GoalDirection, KeyTask
from perfeval.scoring.result import Problem, Result, Severity, Step, StepKind
from perfeval.scoring.scheme.reading import read_figures, read_scheme
from perfeval.scoring.scheme.tree import Rule, Scheme
from perfeval.words.scoring import (
    FORMAT_PROBLEMS,
    PROBLEMS,
    STEPS,
    describe_format_problem,
    describe_problem,
    describe_step,
)
from tests.conftest import FIXTURES

ROOT = Path(perfeval.__file__).parent
PLACEHOLDER = re.compile(r"%\((\w+)\)s")

#: Name of the call -> (the table its code belongs to, position of the code among its arguments).
GIVERS = {
    "Problem": ("problems", 0),
    "failed": ("problems", 0),
    "FormatProblem": ("format", 1),
    "refuse": ("format", 1),
    "Step": ("steps", 1),
    "Outcome": ("steps", 2),
}
#: The rooms that give codes of scoring.
GIVING_ROOMS = ("scoring", "reading", "schemes", "reports", "snapshots", "review", "documents")
TABLES = {"problems": PROBLEMS, "steps": STEPS, "format": FORMAT_PROBLEMS}


@cache
def sources() -> dict[str, ast.Module]:
    """Return the parsed modules that give codes, by path."""
    files = [file for room in GIVING_ROOMS for file in (ROOT / room).rglob("*.py")]
    return {str(file): ast.parse(file.read_text(encoding="utf-8")) for file in files}


@cache
def codes() -> dict[str, dict[str, set[str]]]:
    """Return for each table the codes that the sources give, with the modules that give them."""
    found: dict[str, dict[str, set[str]]] = {table: defaultdict(set) for table in TABLES}
    for path, tree in sources().items():
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for function in functions:
            for table, code in _given_in(function):
                found[table][code].add(path)
    return found


def _given_in(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    for call in ast.walk(function):
        if isinstance(call, ast.Tuple) and len(call.elts) == 3 and _is_severity(call.elts[1]):
            for code in _texts(call.elts[0], function):
                yield "problems", code
        if isinstance(call, ast.Call):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            table, position = GIVERS.get(name, ("", 0))
            if table and len(call.args) > position:
                for code in _texts(call.args[position], function):
                    yield table, code


def _is_severity(node: ast.expr) -> bool:
    """Return whether ``node`` is a member of Severity, as in ``(code, Severity.ERROR, told)``."""
    return isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "Severity"


def _texts(node: ast.expr, function: ast.FunctionDef) -> set[str]:
    """Return every text that ``node`` can be; what is passed on from elsewhere gives none."""
    if isinstance(node, ast.Constant):
        return {node.value} - {""}
    if isinstance(node, ast.IfExp):
        return _texts(node.body, function) | _texts(node.orelse, function)
    if isinstance(node, ast.JoinedStr):
        return _filled(node, function)
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _GIVING:
        return _returned(node.func.id)
    if isinstance(node, ast.Name):
        return {text for value in _assigned(node.id, function) for text in _texts(value, function)}
    return set()


def _assigned(name: str, function: ast.FunctionDef) -> Iterator[ast.expr]:
    """Yield every value that the function gives to ``name``, also by ``:=``."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.NamedExpr):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id == name:
                yield node.value


def _filled(node: ast.JoinedStr, function: ast.FunctionDef) -> set[str]:
    """Return what ``f"clamp_{name}"`` can be, its name being that of a loop over constants."""
    words = {
        part.value
        for loop in ast.walk(function)
        if isinstance(loop, ast.For) and isinstance(loop.iter, ast.Tuple)
        for part in loop.iter.elts
        if isinstance(part, ast.Constant)
    }
    return {
        "".join(part.value if isinstance(part, ast.Constant) else word for part in node.values)
        for word in words
    }


#: Functions that return a code, empty when nothing is wrong.
_GIVING = ("wrong_input", "_out_of_range")


def _returned(name: str) -> set[str]:
    """Return every text that the function ``name`` of the sources can return."""
    (function,) = [
        node
        for tree in sources().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    return {text for value in returned if value for text in _texts(value, function)}


def _names_in(path: str) -> set[str]:
    """Return every name of a parameter that a module gives: keys of tables, keywords of calls."""
    found: set[str] = set()
    for node in ast.walk(sources()[path]):
        if isinstance(node, ast.Dict):
            found |= {key.value for key in node.keys if isinstance(key, ast.Constant)}
        if isinstance(node, ast.Call):
            found |= {keyword.arg for keyword in node.keywords if keyword.arg}
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            found.add(node.slice.value)
    return found


def test_codes_are_read_off_the_sources_also_where_they_are_put_together():
    found = codes()

    assert {"clamp_bonus", "clamp_penalty"} <= set(found["steps"])
    assert _returned("wrong_input") == {
        "input_wrong_type",
        "input_unknown_choice",
        "input_negative",
        "input_not_whole",
    }
    assert _returned("wrong_input") <= set(found["problems"])
    assert _returned("wrong_input") <= set(found["format"])
    assert {"deduction_too_precise", "amount_needed"} <= set(found["problems"])


@pytest.mark.parametrize("table", TABLES)
def test_every_code_has_a_sentence_and_every_sentence_a_code(table):
    assert sorted(TABLES[table]) == sorted(codes()[table])


@pytest.mark.parametrize("table", TABLES)
def test_every_placeholder_is_a_parameter_where_the_code_is_given(table):
    astray = {
        (code, name)
        for code, paths in codes()[table].items()
        for name in PLACEHOLDER.findall(str(TABLES[table][code]))
        for path in paths
        if name not in _names_in(path)
    }

    assert astray == set()


def _fixture(name: str) -> tuple[Scheme, Figures]:
    scheme = read_scheme((FIXTURES / "schemes" / f"{name}.toml").read_text(encoding="utf-8"))
    text = (FIXTURES / "demo" / f"{name}.figures.toml").read_text(encoding="utf-8")
    return scheme, read_figures(text, scheme)


def _untold(result: Result) -> set[tuple[str, str]]:
    """Return each code of a result whose sentence names something that it does not give."""
    found: set[tuple[str, str]] = set()
    for problem in result.all_problems():
        names = set(PLACEHOLDER.findall(str(PROBLEMS[problem.code])))
        found |= {(problem.code, name) for name in names - set(problem.parameters)}
    for node in result.walk():
        for step in node.steps:
            names = set(PLACEHOLDER.findall(str(STEPS[step.code])))
            found |= {(step.code, name) for name in names - set(step.parameters)}
    return found


def _broken_answers(scheme: Scheme, value: object) -> dict[str, Answer]:
    return {
        leaf.code: Answer(
            {spec.name: value for spec in leaf.rule.inputs} | {"surplus": True},
            Decimal("0.001"),
        )
        for leaf in scheme.leaves()
    }


BROKEN_GOALS = (
    Goal("", "luck", "kind", weight=Decimal(0), target_value=Decimal(0)),
    Goal("one", "output", "no_kind", target_value=Decimal(2), actual_value=Decimal(1)),
    Goal("two", "output", direction=GoalDirection.QUALITATIVE),
    Goal("six", "output", direction=GoalDirection.QUALITATIVE, completion_percent=Decimal(101)),
)
BROKEN_TASKS = (
    KeyTask("", None, Decimal("-1.001")),
    KeyTask("two", Decimal(1), Decimal(999999999)),
)
VALUES = [Decimal(-1), Decimal("0.5"), Decimal(0), Decimal(10**6), True, False, "x", ("x",), ()]


@pytest.mark.parametrize("name", ["zengcheng_2022", "guangzhou_2021"])
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_no_sentence_of_a_broken_report_has_a_gap(name, value):
    scheme, figures = _fixture(name)
    amounts = {reference: Decimal("-0.001") for reference in scheme.amount_references()}
    broken = Figures(
        {**amounts, "total.executed_amount": Decimal(999999999), "no.such": Decimal(1)},
        BROKEN_GOALS,
        BROKEN_TASKS,
        _broken_answers(scheme, value) | {"no_such": Answer()},
    )
    halves = [
        broken,
        replace(broken, amounts=figures.amounts),
        replace(figures, answers=broken.answers),
        replace(figures, goals=broken.goals, key_tasks=broken.key_tasks),
        replace(figures, amounts=dict.fromkeys(figures.amounts, Decimal(0))),
        Figures(),
        figures,
    ]

    assert [_untold(score(scheme, half)) for half in halves] == [set()] * len(halves)


def test_no_sentence_of_an_unusable_rule_has_a_gap():
    scheme, figures = _fixture("zengcheng_2022")
    for rule in (
        None,
        Rule("no_such_kind"),
        Rule("rate"),
        Rule("rate", {"numerator": "no.such", "denominator": "no.such"}),
    ):
        leaf = replace(scheme.indicators[0], rule=rule, children=())
        assert _untold(score(replace(scheme, indicators=(leaf,)), figures)) == set()


def test_prose_problems_have_no_gap():
    scheme, _figures = _fixture("zengcheng_2022")

    found = narrative_problems(scheme, {"achievements": "字" * 10_000})

    assert {problem.code for problem in found} == {"narrative_missing", "narrative_too_long"}
    assert [
        describe_problem(problem) for problem in found if "…" in describe_problem(problem)
    ] == []


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("version = 1", "version = 0", "version"),
        ("year = 2022", "year = 1000", "year"),
        ("full_score = 100", "full_score = 99", "full_score"),
        ("full_score = 100", "full_score = nan", "full_score"),
        ("full_score = 100", "full_score = 1e-13", "full_score"),
        ("digits = 2", "digits = 7", "rounding.digits"),
        ('mode = "half_up"', 'mode = "up"', "rounding.mode"),
        ("minimum = 80", "minimum = 95", "grade_band[1].minimum"),
        ('code = "zengcheng_2022"', 'code = "Z"', "code"),
        ('code = "zengcheng_2022"', "", "code"),
        ('annex_mark = "附件2"', 'annexe = "附件2"', "annexe"),
    ],
)
def test_refused_scheme_says_where_without_a_gap(old, new, place):
    text = (FIXTURES / "schemes" / "zengcheng_2022.toml").read_text(encoding="utf-8")

    with pytest.raises(FormatError) as refused:
        read_scheme(text.replace(old, new, 1))

    first = refused.value.problems[0]
    names = set(PLACEHOLDER.findall(str(FORMAT_PROBLEMS[first.code])))
    assert (first.path, names - set(first.parameters)) == (place, set())
    assert describe_format_problem(first).startswith(f"{place}: ")


def test_sentences_are_filled_in_whole():
    problem = Problem("reason_missing", Severity.ERROR, "", {"points": "4", "weight": "5"})
    step = Step(StepKind.CAP, "cap", "min(6, 5)", Decimal(5), {"weight": "5"})
    placed = FormatProblem("full_score", "weights_do_not_add_up", {"sum": "99", "expected": "100"})

    assert _english(describe_problem, problem) == (
        "It earns 4 of 5 points: give the reason for the loss."
    )
    assert _english(describe_step, step) == "Not more than the weight of 5."
    assert _english(describe_format_problem, placed) == (
        "full_score: the weights add up to 99, but 100 is expected"
    )
    assert _english(describe_format_problem, replace(placed, path="")) == (
        "the weights add up to 99, but 100 is expected"
    )


def test_percent_sign_of_a_value_is_kept():
    problem = Problem(
        "goal_completion_out_of_range", Severity.ERROR, "", {"name": "100%s", "percent": "101"}
    )

    assert _english(describe_problem, problem) == "Goal “100%s”: 101% is not between 0% and 100%."


def _english(describe, told) -> str:
    with translation.override("en"):
        return describe(told)
