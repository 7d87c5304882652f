"""Each passage gives exactly the findings that stand beside it, and no other."""

import tomllib
from pathlib import Path

import pytest

from perfeval.checking.services import check_text

PASSAGES = tomllib.loads((Path(__file__).parent / "passages.toml").read_text(encoding="utf-8"))[
    "passage"
]


@pytest.mark.parametrize("passage", PASSAGES, ids=lambda passage: passage["name"])
def test_passage_gives_exactly_its_findings(passage):
    found = check_text(passage["text"])

    assert sorted(finding.code for finding in found.findings) == sorted(passage["findings"])


def test_passages_are_sixty_at_least_and_each_named_once():
    names = [passage["name"] for passage in PASSAGES]

    assert len(names) >= 60
    assert len(set(names)) == len(names)
