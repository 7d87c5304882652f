"""Parts against their whole, changes against their sum, totals against what they total."""

from collections.abc import Iterator

from perfeval.checking.findings import Hit
from perfeval.checking.prose import changes, products, sums, totals
from perfeval.checking.reading import Reading


def parts_of_a_whole(reading: Reading) -> Iterator[Hit]:
    """Hold each list (其中, 分别为, brackets, numbered paragraphs) against its whole: levels and changes."""
    for relation in sums.sums(reading.model):
        hit = sums.judge(relation)
        if relation.is_strong or hit is not None or relation.added == relation.whole.value:
            reading.hold(*(figure.start for figure in relation.figures))
        if hit is not None:
            yield hit


def totals_and_rests(reading: Reading) -> Iterator[Hit]:
    """Hold 合计, 加上 … 总计, 结余 and what was added within the year against the figures before them."""
    scores = {total.start for total in reading.totals}
    for relation in totals.totals(reading.model):
        if relation.stated.start in scores:
            continue  # the scored items say it better
        reading.hold(*(figure.start for figure in relation.figures))
        hit = totals.judge(relation)
        if hit is not None:
            yield hit
    for average in products.averages(reading.model):
        reading.hold(*(figure.start for figure in average.figures))
        hit = products.judge(average)
        if hit is not None:
            yield hit
    for final, terms in changes.flows(reading.model):
        reading.hold(final.start, *(figure.start for figure, _ in terms))
        hit = changes.judge_flow(final, terms)
        if hit is not None:
            yield hit
