"""What must hold for any input of the rules by step, state, level and imported score."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from perfeval.scoring.quantity import Rounding
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
