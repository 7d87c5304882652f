"""Two people at the same report at the same moment: nothing is lost, nobody meets a locked database."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from perfeval.reports.filled import Filled, read_filled
from perfeval.reports.models import Report
from perfeval.reports.parts import FIGURES, narrative_part
from perfeval.reports.queries import stored_result
from perfeval.reports.services import (
    AlreadyStarted,
    PartChanged,
    save_figures,
    save_narrative,
    start_report,
)
from tests.conftest import AT
from tests.reports.threads import at_once, shared_database

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 3


@pytest.fixture
def shared(empty_report, tmp_path) -> Iterator[Report]:
    """Return a report that other threads can see too."""
    with shared_database(tmp_path):
        yield empty_report


def _saving_total(report: Report, amount: int, version: str) -> Callable[[], Filled]:
    amounts = {"total.adjusted_budget": Decimal(amount)}
    return lambda: save_figures(report=report, amounts=amounts, version=version, by=None, at=AT)


def _saving_overview(report: Report, text: str, version: str) -> Callable[[], Filled]:
    return lambda: save_narrative(
        report=report, section="overview", text=text, version=version, by=None, at=AT
    )


def _stored(report: Report) -> tuple[int, int, dict, dict]:
    """Return revision, number of Scores, amounts and prose as another thread sees them."""

    def read() -> tuple[int, int, dict, dict]:
        row = Report.objects.get(pk=report.pk)
        return (
            row.revision,
            row.scores.count(),
            read_filled(row).figures.amounts,
            read_filled(row).narratives,
        )

    (found,) = at_once(read)
    return found


def test_of_two_who_save_the_same_part_one_wins_and_one_is_told(shared):
    version = read_filled(shared).version(FIGURES)

    for time in range(TIMES):
        before, count, _amounts, _prose = _stored(shared)
        first, second = 10 * time + 1, 10 * time + 2
        done = at_once(
            _saving_total(shared, first, version), _saving_total(shared, second, version)
        )

        (winner,) = [found for found in done if isinstance(found, Filled)]
        (loser,) = [found for found in done if isinstance(found, PartChanged)]
        won = first if done[0] is winner else second
        assert (loser.part, winner.report.revision) == (FIGURES, before + 1)
        assert _stored(shared) == (
            before + 1,
            count + 1,
            {"total.adjusted_budget": Decimal(won)},
            {},
        )
        version = loser.version


def test_two_who_save_different_parts_both_save_and_the_last_score_holds_both(shared):
    for time in range(TIMES):
        before, count, _amounts, _prose = _stored(shared)
        versions = {}
        for part in (FIGURES, narrative_part("overview")):
            (versions[part],) = at_once(
                lambda part=part: read_filled(Report.objects.get(pk=shared.pk)).version(part)
            )

        done = at_once(
            _saving_total(shared, time + 1, versions[FIGURES]),
            _saving_overview(shared, f"文{time}", versions[narrative_part("overview")]),
        )

        assert sorted(found.report.revision for found in done) == [before + 1, before + 2]
        assert _stored(shared) == (
            before + 2,
            count + 2,
            {"total.adjusted_budget": Decimal(time + 1)},
            {"overview": f"文{time}"},
        )


def test_many_who_save_different_cells_knowingly_meet_no_locked_database(shared):
    calls = [
        _saving_overview(shared, f"文{number}", None)
        if number % 2
        else _saving_total(shared, number + 1, None)
        for number in range(8)
    ]

    done = at_once(*calls)

    assert sorted(found.report.revision for found in done) == list(range(1 + 1, 1 + 8 + 1))
    assert _stored(shared)[:2] == (9, 9)


def test_last_of_many_scores_is_the_score_of_what_is_stored(shared):
    at_once(*(_saving_total(shared, number + 1, None) for number in range(4)))

    def both() -> tuple[object, object]:
        row = Report.objects.get(pk=shared.pk)
        stored = {problem.place for problem in stored_result(row).all_problems()}
        return stored, read_filled(row).figures.amounts

    ((places, amounts),) = at_once(both)
    assert list(amounts) == ["total.adjusted_budget"]
    assert "amount:total.adjusted_budget" not in places


def test_of_two_who_start_the_same_report_one_gets_the_other_told(
    zengcheng_scheme, outsider, tmp_path
):
    department = outsider.memberships.get().department

    with shared_database(tmp_path):
        done = at_once(
            *(
                lambda: start_report(department=department, scheme=zengcheng_scheme, by=None, at=AT)
                for _person in range(2)
            )
        )

    (report,) = [found for found in done if isinstance(found, Report)]
    (refused,) = [found for found in done if isinstance(found, AlreadyStarted)]
    assert (refused.report, report.revision) == (report, 1)
