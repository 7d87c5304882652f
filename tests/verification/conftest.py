"""The published PDFs of the two demonstration reports, set once for all tests."""

import pytest

from tests.typesetting.documents import make_official


@pytest.fixture(scope="session")
def official() -> bytes:
    return make_official("zengcheng_2022")


@pytest.fixture(scope="session")
def other() -> bytes:
    return make_official("guangzhou_2021")
