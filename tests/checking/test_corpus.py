"""The corpus of passages and documents in ``corpus/``; its README says how to add to it."""

import random
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from passage_files import Case, cases

from benchmarks.change_one_figure import measure, mistyped, table
from benchmarks.marked_documents import Figure, Kind, documents_of, load
from perfeval.checking.services import check_text

CASES = cases()
DOCUMENTS = Path(__file__).parent / "corpus" / "documents"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_passage_gives_what_it_must_and_nothing_false(case):
    """An open passage must still fail: whoever mends the checker takes the mark away."""
    codes = [finding.code for finding in check_text(case.text).findings]

    assert case.holds(codes) is not case.is_open, codes


def test_each_class_has_three_passages_of_each_side():
    kinds = {case.kind for case in CASES}
    right = Counter(case.kind for case in CASES if case.name.endswith("-right"))
    wrong = Counter(case.kind for case in CASES if case.name.endswith("-wrong"))

    assert len(kinds) == 19
    assert {kind for kind in kinds if right[kind] < 3 or wrong[kind] < 3} == set()
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("must", "must_not", "codes", "holds"),
    [
        (("a",), (), ["a", "b"], True),
        (("a", "a"), (), ["a"], False),
        (("a|b", "a"), (), ["a", "b"], True),
        ((), ("a",), ["b"], True),
        ((), ("a",), ["a"], False),
        ((), ("*",), ["b"], False),
        ((), ("*",), [], True),
    ],
)
def test_case_holds_by_codes(must, must_not, codes, holds):
    assert Case("n", "k", "t", must, must_not, is_open=False).holds(codes) is holds


def test_documents_are_marked_and_their_text_has_no_marks():
    documents = list(documents_of(DOCUMENTS))

    assert len(documents) >= 20
    assert [document.name for document in documents if len(document.figures) < 15] == []
    for document in documents:
        if not document.name.endswith((".xlsx", ".html")):
            assert not set("⟦⟧⟪⟫~") & set(document.text()), document.name


def test_measure_counts_what_is_noticed_and_named(tmp_path):
    (tmp_path / "a.txt").write_text(
        "全年预算⟦~420⟧万元，实际支出⟦~399⟧万元，执行率⟦~95.00⟧%，培训⟦12⟧场。\n"
        "项目\t预算\n甲\t⟪10⟫\n乙\t⟪20⟫\n合计\t⟪30⟫\n",
        encoding="utf-8",
    )

    result = measure(load(tmp_path / "a.txt"))

    assert result.figures == Counter({Kind.PROSE: 4, Kind.TABLE: 3})
    # Nothing else speaks of the 12 events, so that their changes are the only ones missed.
    assert [miss.split(": ")[1].split(" ")[0] for miss in result.misses] == ["12"] * 3
    assert result.false == []
    assert result.noticed[Kind.PROSE] == result.changes[Kind.PROSE] - 3
    assert result.named[Kind.TABLE] == result.changes[Kind.TABLE] > 0
    assert next(reversed(list(table([result])))).startswith("| **1 documents** | 0, 0, 0 | 4, ")


def test_measure_of_a_text_without_marks_takes_all_its_figures(tmp_path):
    (tmp_path / "a.txt").write_text(
        "2022年预算420万元，支出399万元。\n合计\t30\t95.5%\n", encoding="utf-8"
    )

    figures = load(tmp_path / "a.txt").figures

    assert [(figure.written, figure.kind) for figure in figures] == [
        ("420", Kind.PROSE),
        ("399", Kind.PROSE),
        ("30", Kind.TABLE),
        ("95.5", Kind.TABLE),
    ]


def test_mistyped_figures_keep_their_length_and_differ():
    draw = random.Random(1)
    for written in ("420", "0.07", "1,204.50", "98.00%", "5"):
        others = list(mistyped(Figure(written, Kind.PROSE, is_coarse=False), draw))
        assert others
        assert written not in others
        assert all(len(other) == len(written) for other in others)
    for _ in range(20):
        for other in mistyped(Figure("420.55", Kind.PROSE, is_coarse=True), draw):
            assert other[1:] == "20.55"
            assert Decimal(other) != Decimal("420.55")
