"""The documents of the two demonstration reports with their PDFs, set once for all tests."""

import pytest

from perfeval.documents.building import build
from tests.typesetting.documents import HANZI, Made, demo_snapshot, make, small_document


@pytest.fixture(scope="session")
def zengcheng() -> Made:
    return make(build(*demo_snapshot("zengcheng_2022")))


@pytest.fixture(scope="session")
def guangzhou() -> Made:
    return make(build(*demo_snapshot("guangzhou_2021")))


@pytest.fixture(scope="session")
def empty() -> Made:
    return make(build(*demo_snapshot("zengcheng_2022", is_empty=True), watermark="草稿"))


@pytest.fixture(scope="session")
def plain() -> Made:
    """A document of pages full of characters and nothing else."""
    return make(small_document(*[HANZI * 12] * 6))
