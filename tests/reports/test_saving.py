"""Two people on one page: what they changed apart both stays, what both changed is told with both texts."""

import random
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import pytest

from perfeval.reports.filled import read_filled
from perfeval.reports.models import History, Report
from perfeval.reports.parts import FIGURES, GOALS
from perfeval.reports.places import GOAL_ORDER, contents_of, places_of, state_of
from perfeval.reports.services import ReportLocked, save_typed
from perfeval.scoring.canonical import result_as_json
from perfeval.scoring.engine import score
from tests.conftest import AT
from tests.reports.threads import at_once, shared_database

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(hours=1)
CELL, OTHER = "amount:total.adjusted_budget", "amount:total.executed_amount"
TEXT = "text:overview"


def stored(report: Report) -> dict[str, str]:
    return read_filled(Report.objects.get(pk=report.pk)).state


def shown(report: Report, part: str) -> dict[str, str]:
    """Return what a page of the part is made from."""
    filled = read_filled(Report.objects.get(pk=report.pk))
    state = filled.state
    return {place: state[place] for place in places_of(part, filled.scheme, state)}


def save(report: Report, part: str, loaded: Mapping[str, str], typed: Mapping[str, str], **more):
    told = {"by": None, "at": LATER} | more
    return save_typed(report=report, part=part, loaded=loaded, typed=typed, **told)


def test_state_says_all_that_is_filled_in(zengcheng_report, guangzhou_report):
    for report in (zengcheng_report, guangzhou_report):
        filled = read_filled(report)

        assert contents_of(filled.issued, filled.state) == filled.contents
        assert state_of(contents_of(filled.issued, filled.state)) == filled.state


def test_cells_that_two_people_changed_apart_both_stay(zengcheng_report, preparer, outsider):
    loaded = shown(zengcheng_report, FIGURES)

    save(zengcheng_report, FIGURES, loaded, loaded | {CELL: "700"}, by=preparer)
    saved = save(zengcheng_report, FIGURES, loaded, loaded | {OTHER: "600.5"}, by=outsider)

    assert saved.conflicts == {}
    state = stored(zengcheng_report)
    assert (state[CELL], state[OTHER]) == ("700", "600.5")
    assert saved.filled.figures.amounts["total.adjusted_budget"] == Decimal(700)


def test_cell_that_both_changed_stays_and_is_told_with_who_wrote_it(
    zengcheng_report, preparer, outsider
):
    loaded = shown(zengcheng_report, FIGURES)
    save(zengcheng_report, FIGURES, loaded, loaded | {CELL: "700"}, by=preparer)

    saved = save(zengcheng_report, FIGURES, loaded, loaded | {CELL: "701", OTHER: "5"}, by=outsider)

    assert saved.conflicts == {CELL: "700"}
    change = saved.collisions[CELL]
    assert (change.after, change.by, change.at) == ("700", preparer, LATER)
    assert (stored(zengcheng_report)[CELL], stored(zengcheng_report)[OTHER]) == ("700", "5")


def test_late_and_repeated_requests_do_no_harm(zengcheng_report):
    loaded = shown(zengcheng_report, FIGURES)
    first, second = loaded | {CELL: "700"}, loaded | {CELL: "800"}
    save(zengcheng_report, FIGURES, loaded, first)
    save(zengcheng_report, FIGURES, first, second)
    revision = Report.objects.get().revision if Report.objects.count() == 1 else None

    repeated = save(zengcheng_report, FIGURES, first, second)
    late = save(zengcheng_report, FIGURES, loaded, first)

    assert (repeated.conflicts, repeated.written) == ({}, {})
    assert late.conflicts == {CELL: "800"}
    assert stored(zengcheng_report)[CELL] == "800"
    assert revision is None or Report.objects.get().revision == revision


def test_text_is_merged_by_paragraphs_and_within_them(zengcheng_report):
    base = "第一段，共3场。\n第二段。\n第三段，投入5万元。"
    save(
        zengcheng_report,
        "narrative:overview",
        shown(zengcheng_report, "narrative:overview"),
        {TEXT: base},
    )
    mine, theirs = base.replace("3场", "4场"), base.replace("5万元", "6万元")

    save(zengcheng_report, "narrative:overview", {TEXT: base}, {TEXT: theirs})
    saved = save(zengcheng_report, "narrative:overview", {TEXT: base}, {TEXT: mine})

    assert saved.conflicts == {}
    assert stored(zengcheng_report)[TEXT] == "第一段，共4场。\n第二段。\n第三段，投入6万元。"


def test_rows_that_two_people_add_both_stay(zengcheng_report):
    loaded = shown(zengcheng_report, GOALS)

    def with_row(name: str) -> dict[str, str]:
        return loaded | {
            GOAL_ORDER: f"{loaded[GOAL_ORDER]} {name}",
            f"goal:{name}.name": f"目标{name}",
            f"goal:{name}.category": "output",
        }

    save(zengcheng_report, GOALS, loaded, with_row("aaa"))
    saved = save(zengcheng_report, GOALS, loaded, with_row("bbb"))

    names = [goal.name for goal in saved.filled.figures.goals]
    assert {"目标aaa", "目标bbb"} <= set(names)
    assert len(names) == len(loaded[GOAL_ORDER].split()) + 2


def test_row_that_one_removed_and_another_changed_stays_and_is_told(zengcheng_report):
    loaded = shown(zengcheng_report, GOALS)
    first, *others = loaded[GOAL_ORDER].split()
    without = {p: t for p, t in loaded.items() if not p.startswith(f"goal:{first}.")}
    changed = loaded | {f"goal:{first}.actual_value": "99"}

    save(zengcheng_report, GOALS, loaded, changed)
    saved = save(zengcheng_report, GOALS, loaded, without | {GOAL_ORDER: " ".join(others)})

    assert list(saved.conflicts) == [GOAL_ORDER]
    assert stored(zengcheng_report)[f"goal:{first}.actual_value"] == "99"


def test_change_in_a_row_that_is_gone_is_told_and_not_lost_in_silence(zengcheng_report):
    loaded = shown(zengcheng_report, GOALS)
    first, *others = loaded[GOAL_ORDER].split()
    without = {p: t for p, t in loaded.items() if not p.startswith(f"goal:{first}.")}
    save(zengcheng_report, GOALS, loaded, without | {GOAL_ORDER: " ".join(others)})

    saved = save(zengcheng_report, GOALS, loaded, loaded | {f"goal:{first}.actual_value": "99"})

    assert saved.conflicts == {f"goal:{first}.actual_value": ""}


def test_unreadable_place_blocks_only_itself(zengcheng_report):
    loaded = shown(zengcheng_report, FIGURES)
    typed = {place: text for place, text in loaded.items() if place != CELL} | {OTHER: "5"}

    saved = save(zengcheng_report, FIGURES, loaded, typed, skip={CELL})

    assert saved.written == {OTHER: "5"}
    assert stored(zengcheng_report)[CELL] == loaded[CELL]


def test_locked_report_takes_nothing(in_state):
    report = in_state("submitted")
    loaded = shown(report, FIGURES)

    with pytest.raises(ReportLocked):
        save(report, FIGURES, loaded, loaded | {CELL: "1"})


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_both_keep_their_cells(empty_report, tmp_path):
    with shared_database(tmp_path):
        calls = [
            lambda place=place: save(empty_report, FIGURES, {}, {place: "1"})
            for place in (CELL, OTHER)
        ]
        done = at_once(*calls)
        (state,) = at_once(lambda: stored(empty_report))

    assert [sorted(one.conflicts) for one in done] == [[], []]
    assert (state[CELL], state[OTHER]) == ("1", "1")


@pytest.mark.parametrize("seed", range(12))
def test_no_acknowledged_text_is_overwritten_unseen_and_history_gives_what_is_stored(
    empty_report, seed
):
    """Three clients with lost, repeated and late requests; a model holds what each was shown."""
    luck = random.Random(seed)
    places = [CELL, OTHER, "amount:basic.adjusted_budget"]
    clients = [{"loaded": {}, "typed": {}, "late": []} for _ in range(3)]
    seen: list[set[tuple[str, str]]] = [set() for _ in clients]
    for _ in range(25):
        number = luck.randrange(3)
        client = clients[number]
        if luck.random() < 0.2:
            client["loaded"] = client["typed"] = shown(empty_report, FIGURES)
            seen[number] |= set(client["loaded"].items())
        client["typed"] = client["typed"] | {luck.choice(places): str(luck.randrange(1, 9))}
        sent = (dict(client["loaded"]), dict(client["typed"]))
        client["late"].append(sent)
        loaded, typed = luck.choice(client["late"]) if luck.random() < 0.2 else sent
        before = stored(empty_report)
        saved = save(empty_report, FIGURES, loaded, typed)
        for place in saved.written:
            held = before.get(place, "")
            assert held == loaded.get(place, "") or (place, held) in seen[number] or not held
        if luck.random() < 0.8 and (loaded, typed) == sent:
            seen[number] |= set(saved.conflicts.items())
            client["loaded"] = {
                place: text for place, text in typed.items() if place not in saved.conflicts
            } | saved.conflicts

    replayed: dict[str, str] = {}
    for change in History.objects.filter(report=empty_report):
        assert replayed.get(change.place, "") == change.before
        replayed[change.place] = change.after
    filled = read_filled(Report.objects.get())
    assert {place: text for place, text in replayed.items() if text} == filled.state
    assert result_as_json(filled.result) == result_as_json(score(filled.issued, filled.figures))


def test_page_that_was_read_before_a_save_still_finds_a_result(zengcheng_report):
    read_before = read_filled(Report.objects.get(pk=zengcheng_report.pk))
    loaded = shown(zengcheng_report, FIGURES)

    saved = save(zengcheng_report, FIGURES, loaded, loaded | {CELL: "700"})

    assert read_before.result == saved.filled.result
