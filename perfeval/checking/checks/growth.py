"""Growth and change against the year before, this year and each other."""

from collections.abc import Iterator

from perfeval.checking.findings import Hit
from perfeval.checking.prose import changes
from perfeval.checking.reading import Reading


def growth(reading: Reading) -> Iterator[Hit]:
    """Hold 增加 …元 against now and before, 增长 …% against the change and the base that it has."""
    for relation in changes.changes_and_growths(reading.model):
        reading.hold(*(figure.start for figure in relation.figures))
        hit = changes.judge(relation)
        if hit is not None:
            yield hit
