"""The catalogue, its sentences and its page hold together."""

from pathlib import Path

import pytest

from perfeval.checking.catalogue import CATALOGUE
from perfeval.checking.findings import SEVERITIES
from perfeval.checking.services import check_text
from perfeval.inspections.management.commands.list_checks import page
from perfeval.words.checking import SENTENCES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("check", CATALOGUE, ids=lambda check: check.run.__name__)
def test_example_of_a_check_gives_its_first_code(check):
    codes = [finding.code for finding in check_text(check.example, known=check.known).findings]

    assert check.codes[0] in codes


def test_every_code_has_one_sentence_and_every_sentence_a_check():
    of_checks = {code for check in CATALOGUE for code in check.codes}

    assert of_checks == set(SEVERITIES) == set(SENTENCES)


def test_page_in_docs_is_current():
    written = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")

    assert written == page(), "run: .venv/bin/python manage.py list_checks > docs/checks.md"
