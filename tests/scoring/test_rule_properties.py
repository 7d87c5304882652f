"""What must hold for any input of the rules by step, state, level and imported score."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from perfeval.scoring.quantity import Rounding
from perfeval.scoring.weights import shared
from tests.scoring.building import COUNTS, ROUNDINGS, WEIGHTS, points_of, scored_case

PERCENTS = st.decimals(0, 100, places=2)


@given(WEIGHTS, st.tuples(COUNTS, COUNTS), st.decimals("0.1", 20, places=1), st.booleans())
def test_per_step_never_rises_with_the_excess_and_begun_steps_cost_more(
    weight: Decimal, pair: tuple[Decimal, Decimal], step: Decimal, is_above: bool
) -> None:
    few, many = sorted(pair)
    rounding = Rounding()
    taken: dict[str, Any] = {
        "threshold": Decimal(100),
        "step": step,
        "points_each": Decimal("0.7"),
        "direction": "above" if is_above else "below",
    }
    near, far = (few, many) if is_above else (many, few)

    first = points_of("per_step", weight, rounding, value=near, **taken)
    second = points_of("per_step", weight, rounding, value=far, **taken)
    begun = points_of("per_step", weight, rounding, value=far, started=True, **taken)

    assert weight >= first >= second >= begun >= 0


def _choice(name: str, *codes: str) -> dict[str, Any]:
    choices = [{"code": code, "label": code} for code in codes]
    return {"name": name, "label": name, "kind": "choice", "choices": choices}


@given(st.sampled_from(("good", "fair", "bad")), st.decimals(0, 3, places=2))
def test_states_give_the_points_of_the_state_and_never_more_than_the_weight(
    state: str, middle: Decimal
) -> None:
    table = {"good": Decimal(3), "fair": middle, "bad": Decimal(0)}
    case = {
        "weight": Decimal(3),
        "parameters": {"state": "answer.state", "points": table},
        "inputs": [_choice("state", *table)],
        "answer": {"state": state},
    }

    points = scored_case("states", case).points

    assert points == table[state]
    assert 0 <= points <= 3


LEVELS = {
    "reached": {"at_least": Decimal(80), "at_most": Decimal(100)},
    "partly": {"at_least": Decimal(60), "below": Decimal(80)},
    "not": {"at_least": Decimal(0), "below": Decimal(60)},
}


@given(WEIGHTS, st.sampled_from(tuple(LEVELS)), PERCENTS)
def test_level_scores_the_percent_exactly_when_it_lies_in_the_level(
    weight: Decimal, level: str, percent: Decimal
) -> None:
    case = {
        "weight": weight,
        "parameters": {"level": "answer.level", "percent": "answer.percent", "levels": LEVELS},
        "inputs": [
            _choice("level", *LEVELS),
            {"name": "percent", "label": "percent", "kind": "percent"},
        ],
        "answer": {"level": level, "percent": percent},
    }
    belongs = "reached" if percent >= 80 else "partly" if percent >= 60 else "not"

    points = scored_case("level", case).points

    if level == belongs:
        assert points == min(weight, Rounding().apply(weight * percent / 100))
    else:
        assert points is None


@given(WEIGHTS, ROUNDINGS, PERCENTS, PERCENTS)
def test_imported_score_grows_with_the_score_and_stays_within_the_weight(
    weight: Decimal, rounding: Rounding, one: Decimal, other: Decimal
) -> None:
    low, high = sorted((one, other))

    fewer = points_of("imported", weight, rounding, score=low)
    more = points_of("imported", weight, rounding, score=high)

    assert 0 <= fewer <= more <= weight


PARTS = st.lists(st.decimals("0.5", 40, places=1), min_size=1, max_size=9)


@given(st.decimals("0.01", 100, places=2), PARTS, st.integers(0, 4))
def test_shares_add_up_and_differ_from_the_exact_ones_by_less_than_a_unit(
    total: Decimal, parts: list[Decimal], digits: int
) -> None:
    shares = shared(total, parts, digits)

    unit = Decimal(1).scaleb(-digits)
    assert sum(shares) == total
    for share, part in zip(shares, parts, strict=True):
        assert share >= 0
        assert abs(share - total * part / sum(parts)) < 2 * unit


GOALS = st.lists(PERCENTS, min_size=1, max_size=12)


def _goals(completions: list[Decimal], ratios: list[Decimal] | None = None) -> list[dict[str, Any]]:
    return [
        {
            "name": str(n),
            "category": "output",
            "direction": "qualitative",
            "completion_percent": completion,
            "deviation_reason": "说明",
            "weight": ratios[n] if ratios else Decimal(1),
        }
        for n, completion in enumerate(completions)
    ]


@given(WEIGHTS, GOALS, st.integers(0, 2))
def test_split_stays_within_the_weight_grows_and_is_full_when_all_is_reached(
    weight: Decimal, completions: list[Decimal], digits: int
) -> None:
    def points(reached: list[Decimal]) -> Decimal:
        case = {
            "weight": weight,
            "parameters": {"categories": ["output"], "digits": digits},
            "goals": _goals(reached),
        }
        found = scored_case("split", case).points
        assert found is not None
        return found

    better = [max(completion, Decimal(50)) for completion in completions]

    assert 0 <= points(completions) <= points(better) <= weight
    assert points([Decimal(100)] * len(completions)) == weight


@given(WEIGHTS, st.lists(PERCENTS, min_size=4, max_size=4), st.integers(1, 97))
def test_goal_ratio_stays_within_the_weight_and_is_full_when_all_is_reached(
    weight: Decimal, completions: list[Decimal], first: int
) -> None:
    ratios = [Decimal(first), Decimal(1), Decimal(1), Decimal(98 - first)]

    def points(reached: list[Decimal]) -> Decimal | None:
        goals = _goals(reached, ratios)
        case = {"weight": weight, "parameters": {"categories": ["output"]}, "goals": goals}
        return scored_case("goal_ratio", case).points

    found = points(completions)

    assert found is not None
    assert 0 <= found <= weight
    assert points([Decimal(100)] * 4) == weight


@given(WEIGHTS, st.booleans(), PERCENTS)
def test_one_of_gives_what_the_chosen_rule_gives_alone(
    weight: Decimal, is_first: bool, value: Decimal
) -> None:
    first = {"score": "answer.value"}
    second = {"value": "answer.value", "threshold": Decimal(50), "points_each": Decimal("0.3")}
    spec = {"name": "value", "label": "value", "kind": "percent"}
    options = {"first": {"kind": "imported", **first}, "second": {"kind": "per_point", **second}}
    case = {
        "weight": weight,
        "parameters": {"chosen": "answer.metric", "options": options},
        "inputs": [_choice("metric", *options), spec],
        "answer": {"metric": "first" if is_first else "second", "value": value},
    }
    alone = {
        "weight": weight,
        "parameters": first if is_first else second,
        "inputs": [spec],
        "answer": {"value": value},
    }

    points = scored_case("one_of", case).points

    assert points == scored_case("imported" if is_first else "per_point", alone).points
    assert points is not None
    assert 0 <= points <= weight
