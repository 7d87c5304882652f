"""Shares (占…%) against their part and whole, and lists of shares against 100."""

from collections.abc import Iterator

from perfeval.checking.findings import Hit
from perfeval.checking.prose import shares as relations
from perfeval.checking.reading import Reading


def shares(reading: Reading) -> Iterator[Hit]:
    """Hold each 占… % against its part and the whole of its name or its list; shares of a list against 100."""
    for group in relations.share_groups(reading.model):
        hits, held = relations.judge(group)
        reading.hold(*(figure.start for figure in held))
        yield from hits
        together = relations.not_whole(group)
        if together is not None:
            yield together
