"""Every change of a scheme is told, and a change that is called harmless changes no score."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from perfeval.scoring.canonical import FormatError, draft_from_json, scheme_as_json
from perfeval.scoring.engine import score
from perfeval.scoring.scheme.reading import read_figures, read_scheme
from perfeval.scoring.scheme.tree import Scheme
from perfeval.scoring.versions.changes import Change, Effect, worst
from perfeval.scoring.versions.difference import difference
from tests.scoring.building import ROOT, fixture

HERE = ROOT / "tests" / "scoring"
EVERY_KIND = read_scheme((HERE / "every_kind.toml").read_text(encoding="utf-8"))
FIGURES = read_figures((HERE / "every_kind.figures.toml").read_text(encoding="utf-8"), EVERY_KIND)
SCHEMES = {
    "every_kind": (EVERY_KIND, FIGURES),
    "zengcheng_2022": fixture("zengcheng_2022"),
}


def mutations(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield every JSON that differs in one place: a value, a key left out, a list turned round."""

    if isinstance(data, dict):
        for key in data:
            yield f"without {key}", {name: item for name, item in data.items() if name != key}
            for told, item in mutations(data[key]):
                yield f"{key}.{told}", {**data, key: item}
    elif isinstance(data, list):
        for n, item in enumerate(data):
            yield f"without [{n}]", [*data[:n], *data[n + 1 :]]
            for told, inner in mutations(item):
                yield f"[{n}].{told}", [*data[:n], inner, *data[n + 1 :]]
        if len(data) > 1 and data != data[::-1]:
            yield "turned round", data[::-1]
    elif isinstance(data, bool):
        yield "flipped", not data
    elif isinstance(data, int):
        yield "one more", data + 1
    elif isinstance(data, str) and data.replace(".", "", 1).isdigit():
        yield "one more", str(Decimal(data) + 1)
    elif isinstance(data, str):
        yield "another text", f"{data}x"


def mutated(scheme: Scheme) -> Iterator[tuple[str, Scheme]]:
    """Yield each scheme that can be read and says something else."""
    for told, data in mutations(scheme_as_json(scheme)):
        try:
            found = draft_from_json(data)
        except FormatError:
            continue
        if found != scheme and (found.code, found.version) == (scheme.code, scheme.version):
            yield told, found


@pytest.mark.parametrize("name", SCHEMES)
def test_every_change_is_told_and_a_harmless_one_changes_no_score(name):
    scheme, figures = SCHEMES[name]
    before = score(scheme, figures)
    silent, wrong, count = [], [], 0

    for told, other in mutated(scheme):
        count += 1
        changes = difference(scheme, other)
        if not changes:
            silent.append(told)
        elif worst(changes) is Effect.NONE:
            after = score(other, figures)
            points = {node.code: node.points for node in after.walk()}
            is_same = (after.total, after.grade, after.is_complete) == (
                before.total,
                before.grade,
                before.is_complete,
            )
            if not is_same or points != {node.code: node.points for node in before.walk()}:
                wrong.append(told)

    assert (silent, wrong) == ([], [])
    assert count > 500


@pytest.mark.parametrize("name", SCHEMES)
def test_a_version_is_no_different_from_itself(name):
    scheme = SCHEMES[name][0]

    assert difference(scheme, replace(scheme, version=2)) == ()


def with_leaf(scheme: Scheme, code: str, change: Any) -> Scheme:
    """Return the scheme with ``change`` applied to one indicator."""

    def walk(node):
        if node.code == code:
            return change(node)
        return replace(node, children=tuple(walk(child) for child in node.children))

    return replace(scheme, indicators=tuple(walk(node) for node in scheme.indicators))


def kind_of(scheme: Scheme, kind: str) -> str:
    """Return the code of the first leaf of a kind."""
    return next(leaf.code for leaf in scheme.leaves() if leaf.rule and leaf.rule.kind == kind)


def test_weight_text_and_parameter_are_told_with_both_values():
    code = kind_of(EVERY_KIND, "per_defect")
    leaf = EVERY_KIND.indicator(code)
    rule = replace(leaf.rule, parameters={**leaf.rule.parameters, "points_each": Decimal(7)})
    new = with_leaf(
        EVERY_KIND,
        code,
        lambda node: replace(node, weight=node.weight + 1, standard="每发现一起扣7分。", rule=rule),
    )

    assert difference(EVERY_KIND, new) == (
        Change(
            "number",
            Effect.COMPATIBLE,
            f"indicator:{code}",
            {"field": "weight", "old": str(leaf.weight), "new": str(leaf.weight + 1)},
        ),
        Change(
            "text",
            Effect.NONE,
            f"indicator:{code}",
            {"field": "standard", "old": leaf.standard, "new": "每发现一起扣7分。"},
        ),
        Change(
            "parameter",
            Effect.COMPATIBLE,
            f"indicator:{code}",
            {
                "parameter": "points_each",
                "option": "",
                "old": str(leaf.rule.parameters["points_each"]),
                "new": "7",
            },
        ),
    )


def test_renamed_code_is_words_where_the_mapping_says_so_and_a_break_where_not():
    code = next(EVERY_KIND.leaves()).code
    new = with_leaf(EVERY_KIND, code, lambda node: replace(node, code="renamed"))
    mapping = {node.code: node.code for node in EVERY_KIND.walk()} | {code: "renamed"}

    confirmed = difference(EVERY_KIND, new, mapping)
    unknown = difference(EVERY_KIND, new)

    told = {"old": code, "new": "renamed"}
    assert confirmed == (Change("code", Effect.NONE, "indicator:renamed", told),)
    assert [(one.code, one.effect) for one in unknown] == [
        ("indicator_added", Effect.INCOMPATIBLE),
        ("indicator_removed", Effect.INCOMPATIBLE),
    ]


def test_another_kind_or_input_makes_an_answer_invalid():
    code = kind_of(EVERY_KIND, "yes_no")
    other = EVERY_KIND.indicator(kind_of(EVERY_KIND, "states")).rule
    new = with_leaf(EVERY_KIND, code, lambda node: replace(node, rule=other))

    found = difference(EVERY_KIND, new)

    assert worst(found) is Effect.INCOMPATIBLE
    assert {one.code for one in found if one.effect is Effect.INCOMPATIBLE} == {
        "kind",
        "input_added",
        "input_removed",
    }
