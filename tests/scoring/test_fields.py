"""Some fields of a scheme as TOML text of their own, and back."""

from dataclasses import fields

import pytest

from perfeval.scoring.scheme.reading import SchemeProblems, read_fields, read_scheme
from perfeval.scoring.scheme.tree import Scheme
from perfeval.scoring.scheme.writing import write_fields
from tests.scoring.building import SCHEMES

NAMES = ("figure_columns", "figure_lines", "breakdowns", "rates", "goal_categories", "phrases")


@pytest.mark.parametrize("path", sorted(SCHEMES.glob("*.toml")), ids=lambda path: path.stem)
def test_fields_read_back_equal(path) -> None:
    scheme = read_scheme(path.read_text(encoding="utf-8"))

    found = read_fields(write_fields(scheme, NAMES), NAMES)

    missing = {spec.name for spec in fields(Scheme)} - set(found)
    assert {name: getattr(scheme, name) for name in found} == found
    assert not any(getattr(scheme, name) for name in missing if name in NAMES)


def test_other_fields_and_faults_are_told_together() -> None:
    with pytest.raises(SchemeProblems) as refused:
        read_fields('name = "甲"\n[[figure_column]]\ncode = 5\nname = "乙"\n', NAMES)

    assert [str(problem) for problem in refused.value.problems] == [
        "figure_column[0].code: wrong_type (expected text, found 5)",
        "name: unknown_key",
    ]
