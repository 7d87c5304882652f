"""Correct reports of many styles give nothing; one changed digit gives something.

Run with ``-s`` to see the share found of each kind and every miss.
"""

import random
from collections import Counter

import pytest
from generator import MONEY, SCORES, generate, is_still_true, mutate

from perfeval.checking.services import check_text

STYLES = len(MONEY) * len(SCORES)


@pytest.mark.parametrize("seed", range(4 * STYLES))
def test_correct_report_gives_nothing(seed):
    report = generate(seed)

    assert check_text(report.text).findings == ()


@pytest.mark.parametrize("rounds", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_one_changed_digit_is_found(rounds):
    draw = random.Random(7)
    changed: Counter[str] = Counter()
    found: Counter[str] = Counter()
    missed = []
    for seed in range(rounds * STYLES):
        report = generate(seed)
        for figure in draw.sample(report.figures, min(5, len(report.figures))):
            text = mutate(report, figure, draw)
            if is_still_true(report, figure, text):
                continue
            changed[figure.kind] += 1
            if check_text(text).findings:
                found[figure.kind] += 1
            else:
                missed.append((report.style, figure.kind, text[figure.start - 14 : figure.end + 4]))

    shares = {kind: round(100 * found[kind] / changed[kind], 1) for kind in sorted(changed)}
    print(f"\n{sum(changed.values())} changed digits, found in percent: {shares}")  # noqa: T201
    print("\n".join(map(str, missed)))  # noqa: T201
    assert {kind: share for kind, share in shares.items() if share < 95} == {}
