"""How well schemes of other bureaus are read: ``python -m benchmarks.standards``.

Holds the proposals for every scoring standard and the rows of every workbook of the corpus
(``tests/sheets/corpus``) against what they fix, and writes tables in Markdown. ``--faults`` lists each
case that is not read right. Ends with 1 when a proposal that is called clear gives other points.
"""

import argparse
import sys
from collections.abc import Callable, Iterable

from tests.sheets.books_corpus import books, compared, read_book
from tests.sheets.standards_corpus import Verdict, cases, judged


def put(text: str = "") -> None:
    """Write a line."""
    sys.stdout.write(f"{text}\n")


def percent(part: int, whole: int) -> str:
    """Return a share with one decimal."""
    return f"{100 * part / whole:.1f} %" if whole else "—"


def proposals(verdicts: Iterable[Verdict], is_meant: Callable[[Verdict], bool]) -> str:
    """Return how many of the proposals that are meant are right, how many wrong in what, as cells."""
    meant = [one for one in verdicts if one.is_proposed and is_meant(one)]
    right = sum(one.is_right for one in meant)
    points = sum(one.fault == "other points" for one in meant)
    return f"{right} | {points} | {len(meant) - right - points} | {percent(right, len(meant))}"


def write_standards(verdicts: list[Verdict]) -> None:
    """Write how many proposals are right, and how many of those that fix a rule got one."""
    put(f"{len(verdicts)} standards\n")
    put("| proposals | right | wrong: other points | wrong: asked or assumed | right, share |")
    put("|---|---|---|---|---|")
    put(f"| clear | {proposals(verdicts, lambda one: one.is_clear)} |")
    put(f"| all | {proposals(verdicts, lambda _: True)} |\n")
    put(
        "| standards | number | proposed | share | proposed right | share |\n|---|---|---|---|---|---|"
    )
    for name, word in (
        ("fix a rule of today's kinds", "rule"),
        ("fix points by a construct of their own", "needs"),
        ("by hand", "by_hand"),
    ):
        of_it = [one for one in verdicts if word in one.case]
        made = [one for one in of_it if one.is_proposed]
        right = sum(one.is_right for one in made)
        shares = (len(made), percent(len(made), len(of_it)), right, percent(right, len(of_it)))
        put(f"| {name} | {len(of_it)} | {' | '.join(map(str, shares))} |")
    put("\n| class of faults | standards | right |\n|---|---|---|")
    classes = sorted({one.case.get("fault", 0) for one in verdicts})
    for number in classes:
        of_it = [one for one in verdicts if one.case.get("fault", 0) == number]
        put(f"| {number or 'none'} | {len(of_it)} | {sum(one.is_right for one in of_it)} |")


def write_books(*, with_faults: bool) -> None:
    """Write how many rows and weights of the books are right."""
    found = [(book, compared(book, read_book(book))) for book in books()]
    put("\n| books | whole | rows | right | weights right | rows that are none | untold |")
    put("|---|---|---|---|---|---|---|")
    for name, some in (
        ("all", found),
        ("without the long one", [one for one in found if "generated" not in one[0]]),
    ):
        whole, extra = sum(c.is_whole for _, c in some), sum(c.extra for _, c in some)
        rows, right = sum(c.expected for _, c in some), sum(c.rows for _, c in some)
        weights, silent = sum(c.weights for _, c in some), sum(len(c.silent) for _, c in some)
        put(
            f"| {name}, {len(some)} | {whole} | {rows} | {right} ({percent(right, rows)}) "
            f"| {weights} ({percent(weights, rows)}) | {extra} | {silent} |"
        )
    if with_faults:
        for book, one in found:
            if not one.is_whole:
                put(f"\n{book['file']}: {one}")


def main() -> int:
    """Measure and write; return 1 when a clear proposal is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--faults", action="store_true", help="list what is not read right")
    with_faults = parser.parse_args().faults
    verdicts = [judged(case) for case in cases()]
    write_standards(verdicts)
    if with_faults:
        put()
        for one in verdicts:
            if not one.is_right:
                sure = one.proposal.confidence.value
                put(f"{one.case['file']}: {one.fault} ({sure}): {one.case['standard']}")
    write_books(with_faults=with_faults)
    return int(any(one.is_clear and not one.is_right for one in verdicts))


if __name__ == "__main__":
    sys.exit(main())
