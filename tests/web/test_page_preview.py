"""The picture of the page beside the form."""

import xml.etree.ElementTree as ET
from contextlib import ExitStack
from io import BytesIO

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlencode
from lxml import html
from PIL import Image

from perfeval.accounts.models import Department
from perfeval.demo.services import load_schemes
from perfeval.reports.filled import Filled, read_filled
from perfeval.reports.models import Score
from perfeval.reports.services import start_report
from perfeval.reports.states import ReportState
from perfeval.schemes.models import Scheme
from perfeval.snapshots.services import fill_report
from perfeval.typesetting.preview import MOST_AT_ONCE, turn
from perfeval.web.filling.typed import UnreadableForm, typed
from tests.conftest import AT, FIXTURES
from tests.scoring.building import library

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"
CELL = "total--executed_amount"


@pytest.fixture
def address(zengcheng_report) -> str:
    return reverse("web:page_preview", args=[zengcheng_report.pk])


def form_of(client, page: str, **changed: str) -> dict[str, list[str]]:
    """Return what the form of a page would send, with ``changed`` typed into it."""
    form = next(
        one
        for one in html.fromstring(client.get(page).text).forms
        if one.get("data-guard") is not None
    )
    held: dict[str, list[str]] = {}
    for name, value in form.form_values():
        held.setdefault(name, []).append(value)
    assert set(changed) <= set(held)
    return held | {name: [value] for name, value in changed.items()}


def sent(form: dict[str, list[str]]) -> QueryDict:
    return QueryDict(urlencode(form, doseq=True))


def test_part_shows_the_page_it_is_printed_on(client_of, preparer, zengcheng_report, address):
    client = client_of(preparer)
    form = client.get(reverse("web:section", args=[zengcheng_report.pk, "problems"]))
    assert f"{address}?part=narrative%3Aproblems&amp;revision=" in form.text

    upright = client.get(address, {"part": "narrative:problems"})
    landscape = client.get(address, {"part": "answers:procurement", "place": "no_such"})

    sizes = [Image.open(BytesIO(one.content)).size for one in (upright, landscape)]
    assert [one["Content-Type"] for one in (upright, landscape)] == ["image/png"] * 2
    assert [width > height for width, height in sizes] == [False, True]
    pages = [(one["Preview-Page"], one["Preview-Pages"]) for one in (upright, landscape)]
    assert pages == [("7", "10"), ("10", "10")]


#: A part, the page of its form, and what is typed there.
PARTS = {
    "figures": ("figures/", {CELL: "1,600.5"}),
    "answers:performance_management": (
        "indicators/performance_management/",
        {"result_use-deduction_points": "0.5", "result_use-deduction_reason": "新\u2028原因"},
    ),
    "narrative:problems": ("texts/problems/", {"text": "一\r\n二\x07"}),
    "key_tasks": ("key-tasks/", {"row-0-executed_amount_wan": "7", "row-0-name": "新的任务"}),
    "goals:output": ("goals/output/", {"row-0-actual_value": "41", "row-1-name": "新的指标"}),
}


def told(filled: Filled) -> tuple[object, ...]:
    """Return what is filled in and what comes of it."""
    return filled.figures, filled.narratives, filled.result


def test_what_is_typed_is_read_as_saving_reads_it(client_of, preparer, zengcheng_report):
    client = client_of(preparer)
    for part, (below, changed) in PARTS.items():
        page = reverse("web:report", args=[zengcheng_report.pk]) + below
        form = form_of(client, page, **changed)
        before = told(read_filled(zengcheng_report))

        read = told(typed(read_filled(zengcheng_report), part, sent(form)))
        assert told(read_filled(zengcheng_report)) == before != read, part

        assert client.post(page, {**form, "go": "stay"}).status_code == 302, part
        zengcheng_report.refresh_from_db()
        assert told(read_filled(zengcheng_report)) == read, part


def test_own_indicators_are_read_as_saving_reads_them(client_of, preparer):
    load_schemes(folder=FIXTURES / "schemes", at=AT, names="sichuan_2017")
    report = start_report(
        department=Department.objects.get(code="zengcheng-kexie"),
        scheme=Scheme.objects.get(code="sichuan_2017"),
        by=preparer,
        at=AT,
    )
    fill_report(
        report=report, figures=library("sichuan_2017")[1], narratives={}, by=preparer, at=AT
    )
    client = client_of(preparer)
    page = reverse("web:own_part", args=[report.pk])
    # A new one in place of the first, another way of scoring the second.
    form = form_of(
        client, page, **{"row-0-code": "", "row-0-name": "新设指标", "row-1-kind": "manual"}
    )
    before = told(read_filled(report))

    read = told(typed(read_filled(report), "own_part", sent(form)))
    assert told(read_filled(report)) == before != read

    assert client.post(page, {**form, "go": "stay"}).status_code == 302
    report.refresh_from_db()
    assert told(read_filled(report)) == read


def test_picture_is_of_what_is_typed_and_nothing_is_saved(
    client_of, preparer, zengcheng_report, address
):
    client = client_of(preparer)
    page = reverse("web:figures", args=[zengcheng_report.pk])
    form = form_of(client, page, **{CELL: "600.5"})
    asked = f"{address}?part=figures&place=basic"
    before = client.get(asked)
    scores = list(Score.objects.values_list("revision", flat=True))

    now = client.post(asked, form)
    assert (now.status_code, now["Cache-Control"]) == (200, "private, no-store")
    assert now.content != before.content
    assert list(Score.objects.values_list("revision", flat=True)) == scores

    client.post(page, {**form, "go": "stay"})
    assert client.get(asked).content == now.content


def test_half_a_number_is_no_picture_and_no_error(client_of, preparer, zengcheng_report, address):
    client = client_of(preparer)
    form = form_of(client, reverse("web:figures", args=[zengcheng_report.pk]), **{CELL: "-"})

    asked = {"figures": 422, "": 422, "figures_": 422, "own_part": 422}
    asked |= {"goals": 404, "goals:none": 404, "narrative:none": 404, "answers:none": 404}
    got = {part: client.post(f"{address}?part={part}", form).status_code for part in asked}
    assert got == asked
    with pytest.raises(UnreadableForm):
        typed(read_filled(zengcheng_report), "figures", sent(form))


def test_report_that_is_handed_in_shows_what_is_saved(client_of, preparer, in_state, address):
    client = client_of(preparer)
    report = in_state(ReportState.DRAFT)
    form = form_of(client, reverse("web:figures", args=[report.pk]), **{CELL: "600.5"})
    in_state(ReportState.SUBMITTED)
    asked = f"{address}?part=figures"

    assert client.post(asked, form).content == client.get(asked).content


def test_pages_can_be_leafed_through(client_of, preparer, zengcheng_report, address):
    client = client_of(preparer)
    page = reverse("web:preview", args=[zengcheng_report.pk])

    def links(answer) -> dict[str, str]:
        found = html.fromstring(answer.text).xpath(
            "//nav[contains(@class, 'preview-steps')]//a[@rel]"
        )
        return {one.get("rel"): one.get("href") for one in found}

    part = "narrative%3Aproblems"
    assert links(client.get(page, {"part": "narrative:problems"})) == {
        "prev": f"?page=6&part={part}",
        "next": f"?page=8&part={part}",
    }
    assert links(client.get(page)) == {"next": "?page=2&part="}
    assert links(client.get(page, {"page": "99"})) == {"prev": "?page=9&part="}
    last = client.get(address, {"page": "99"})
    assert (last["Preview-Page"], "Preview-Spot" in last) == ("10", False)


def test_queries_do_not_grow_with_rows(client_of, preparer, zengcheng_report, address):
    client = client_of(preparer)
    page = reverse("web:key_tasks", args=[zengcheng_report.pk])
    counts = []
    for rows in (1, 3):
        names = {f"row-{n}-name": [f"任务{n}"] for n in range(rows)}
        form = form_of(client, page) | names | {"rows": [str(rows)]}
        assert client.post(page, form | {"go": ["stay"]}).status_code == 302
        with CaptureQueriesContext(connection) as queries:
            shown = client.post(f"{address}?part=key_tasks", form)
        counts.append((shown.status_code, len(queries)))
    assert counts[0] == counts[1] == (200, 13)


def test_many_who_look_take_no_thread_from_those_who_save(
    client_of, preparer, zengcheng_report, address
):
    client = client_of(preparer)
    asked = {"part": "figures"}
    with ExitStack() as others:
        for _ in range(MOST_AT_ONCE):
            others.enter_context(turn())
        form = form_of(client, reverse("web:figures", args=[zengcheng_report.pk]))
        busy = client.post(f"{address}?part=figures", form)
        picture = client.get(address, asked)
        page = client.get(reverse("web:preview", args=[zengcheng_report.pk]), asked)
    got = [
        (one.status_code, one["Content-Type"].partition(";")[0]) for one in (busy, picture, page)
    ]
    assert got == [(503, "application/json"), (503, "image/svg+xml"), (503, "text/html")]
    assert client.get(address, asked).status_code == 200


def test_page_that_cannot_be_set_says_so_in_the_picture(
    client_of, preparer, zengcheng_report, address
):
    zengcheng_report.narratives.filter(section="problems").update(text="长" * 200_001)
    client = client_of(preparer)
    told = [
        "This page can’t be shown just now.",
        "What you saved is safe. If it stays so, tell your administrator.",
    ]
    asked = {"part": "narrative:problems"}
    english = {"accept-language": "en"}

    picture = client.get(address, asked, headers=english)
    assert (picture.status_code, picture["Content-Type"]) == (409, "image/svg+xml")
    assert [text.text for text in ET.fromstring(picture.content).iter(SVG + "text")] == told

    data = client.get(address, asked, headers=english | {"accept": "image/png, application/json"})
    assert (data.status_code, list(data.json().values())) == (409, told)

    page = client.get(reverse("web:preview", args=[zengcheng_report.pk]), headers=english)
    assert page.status_code == 409
    assert all(line in page.text for line in told)
