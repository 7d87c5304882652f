"""Small schemes and figures for the tests of scoring, built from plain tables as TOML gives them."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from perfeval.scoring.canonical import read_rule
from perfeval.scoring.codec import Decoder
from perfeval.scoring.engine import score
from perfeval.scoring.figures import Answer, Figures, Goal
from perfeval.scoring.quantity import Rounding, RoundingMode
from perfeval.scoring.result import IndicatorResult
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.scheme.reading import read_figures, read_scheme
from perfeval.scoring.scheme.tree import Choice, GoalCategory, Indicator, Rule, Scheme

ROOT = Path(__file__).parents[2]
SCHEMES = ROOT / "fixtures" / "schemes"
DEMO = ROOT / "fixtures" / "demo"
CASES = Path(__file__).parent / "cases"
LIBRARY = Path(__file__).parent / "library"
MODIFIERS = Path(__file__).parent / "modifiers"
LEAF = "leaf"

CATEGORIES = tuple(
    GoalCategory(code, code, (Choice("quantity", "数量指标"),))
    for code in ("output", "benefit", "satisfaction")
)


def load(path: Path) -> dict[str, Any]:
    """Return a TOML file with exact numbers."""
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def scheme_text(code: str) -> str:
    """Return the text of an official scheme of the fixtures."""
    return (SCHEMES / f"{code}.toml").read_text(encoding="utf-8")


def fixture(code: str) -> tuple[Scheme, Figures]:
    """Return an official scheme with its demonstration figures."""
    scheme = read_scheme(scheme_text(code))
    text = (DEMO / f"{code}.figures.toml").read_text(encoding="utf-8")
    return scheme, read_figures(text, scheme)


def library(code: str) -> tuple[Scheme, Figures]:
    """Return a scheme of the library with the figures worked by hand."""
    scheme = read_scheme(scheme_text(code))
    file = LIBRARY / f"{code}.figures.toml"
    if not file.exists():
        file = DEMO / file.name
    return scheme, read_figures(file.read_text(encoding="utf-8"), scheme)


def rule_of(kind: str, parameters: Mapping[str, Any], **own: Any) -> Rule:
    """Return a rule; ``own`` are its inputs, deduction_allowed and loss_phrase."""
    decoder = Decoder(hooks={Rule: read_rule})
    own.setdefault("deduction_allowed", RULES[kind].needs_deduction)
    rule = decoder.value(Rule, {"kind": kind, "parameters": parameters, **own}, "rule")
    decoder.finish()
    return rule


def scheme_of(rule: Rule, weight: Decimal | int, rounding: Rounding | None = None) -> Scheme:
    """Return a scheme of one leaf; an adjustment stands beside the full score."""
    leaf = Indicator(
        code=LEAF,
        name="指标",
        level=1,
        weight=Decimal(weight),
        rule=rule,
        is_adjustment=RULES[rule.kind].is_adjustment,
    )
    return Scheme(
        code="one_leaf",
        version=1,
        name="一项",
        authority="财政局",
        year=2022,
        source="tests",
        indicators=(leaf,),
        rounding=rounding or Rounding(),
        full_score=Decimal(weight),
        goal_categories=CATEGORIES,
    )


def figures_of(answer: Mapping[str, Any], goals: list[dict[str, Any]]) -> Figures:
    """Return figures with one answer, read as the TOML of a demonstration is, and some goals."""
    decoder = Decoder()
    own = ("deduction_points", "deduction_reason")
    table = {key: answer[key] for key in own if key in answer}
    table["inputs"] = {key: item for key, item in answer.items() if key not in own}
    found = decoder.value(Answer, table, "answer")
    rows = decoder.value(tuple[Goal, ...], goals, "goal")
    decoder.finish()
    return Figures(goals=rows, answers={LEAF: found} if answer else {})


def modifier_cases(name: str) -> list[Any]:
    """Return every case of one file of modifiers as a parameter."""
    table = load(MODIFIERS / f"{name}.toml")
    return [pytest.param(case, id=f"{name}: {case['name']}") for case in table["case"]]


def cases() -> list[Any]:
    """Return every case of the case files as a parameter: kind and case."""
    return [
        pytest.param(table["kind"], case, id=f"{table['kind']}: {case['name']}")
        for table in (load(path) for path in sorted(CASES.glob("*.toml")))
        for case in table["case"]
    ]


def scored_case(kind: str, case: dict[str, Any]) -> IndicatorResult:
    """Return the result of the one leaf that a case describes."""
    rule = rule_of(
        kind,
        case["parameters"],
        inputs=case.get("inputs", []),
        loss_phrase="" if kind in ("adjustment", "manual") else "{rate}",
        **case.get("rule", {}),
    )
    given_rounding = case.get("rounding", {"mode": "half_up", "digits": 2})
    rounding = Rounding(RoundingMode(given_rounding["mode"]), given_rounding["digits"])
    figures = figures_of(case.get("answer", {}), case.get("goals", []))
    return score(scheme_of(rule, case["weight"], rounding), figures).indicator(LEAF)


AMOUNTS = st.decimals(0, 1_000_000, places=2)
POSITIVE = st.decimals("0.01", 1_000_000, places=2)
WEIGHTS = st.decimals("0.5", 100, places=1)
COUNTS = st.integers(0, 200).map(Decimal)
ROUNDINGS = st.builds(Rounding, st.sampled_from(RoundingMode), st.integers(0, 4))


def points_of(kind: str, weight: Decimal, rounding: Rounding, **parameters: object) -> Decimal:
    """Return the points of one leaf that reads no answer."""
    rule = rule_of(kind, parameters, loss_phrase="{rate}")
    points = score(scheme_of(rule, weight, rounding), figures_of({}, [])).indicator(LEAF).points
    assert points is not None
    return points
