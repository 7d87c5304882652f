"""The filling pages: saving part by part, and what they do with everything that goes wrong."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from perfeval.reports.filled import read_filled
from perfeval.reports.parts import FIGURES, GOALS, KEY_TASKS, answers_part, narrative_part
from perfeval.reports.queries import stored_result
from perfeval.reports.services import save_figures, save_key_tasks
from perfeval.reports.states import ReportState
from perfeval.review.services import submit
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.figures import Answer, KeyTask
from perfeval.scoring.scheme.tree import InputKind
from tests.conftest import AT

GROUP = "performance_management"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def english(settings):
    """Read the pages as they are written in the source."""
    settings.LANGUAGE_CODE = "en"


def address(name, report, **names):
    """Return the address of one of the report's pages."""
    return reverse(f"web:{name}", kwargs={"report_id": report.pk, **names})


def every_page(report):
    """Return the addresses of all filling pages of the report."""
    scheme = as_scoring_scheme(report.scheme)
    return [
        *(address(name, report) for name in ("report", "figures", "key_tasks", "goals", "hand_in")),
        *(address("goal_category", report, category=c.code) for c in scheme.goal_categories),
        *(address("group", report, group=group.code) for group in scheme.scored_groups()),
        *(address("section", report, section=s.code) for s in scheme.outline if s.takes_text),
    ]


def cells(report, **changed):
    """Return the budget table as its form posts it, some cells changed (``total__initial``)."""
    posted = {
        reference.replace(".", "--"): str(read_filled(report).figures.amounts.get(reference, ""))
        for reference in as_scoring_scheme(report.scheme).amount_references()
    }
    return posted | {"version": read_filled(report).version(FIGURES)} | changed


def answers(report, **changed):
    """Return the answers of the group as its form posts them, some fields changed."""
    posted = {}
    stored = read_filled(report).figures.answers
    for leaf in as_scoring_scheme(report.scheme).indicator(GROUP).leaves():
        answer = stored.get(leaf.code, Answer())
        for name, value in answer.inputs.items():
            posted[f"{leaf.code}-{name}"] = list(value) if isinstance(value, tuple) else str(value)
        taken = answer.deduction_points
        posted[f"{leaf.code}-deduction_points"] = "" if taken is None else str(taken)
        posted[f"{leaf.code}-deduction_reason"] = answer.deduction_reason
    return posted | {"version": read_filled(report).version(answers_part(GROUP))} | changed


def text_of(response):
    """Return the page as text."""
    return response.content.decode()


@pytest.mark.parametrize("state", list(ReportState))
def test_every_page_opens_in_every_state(client_of, preparer, in_state, state):
    report = in_state(state)
    client = client_of(preparer)

    answered = {page: client.get(page).status_code for page in every_page(report)}

    assert set(answered.values()) == {200}, answered


def test_every_page_of_an_empty_report_opens(client_of, preparer, empty_report):
    client = client_of(preparer)

    assert {client.get(page).status_code for page in every_page(empty_report)} == {200}


def test_no_page_has_inline_style_or_script(client_of, preparer, zengcheng_report):
    client = client_of(preparer)

    for page in every_page(zengcheng_report):
        html = text_of(client.get(page))
        assert " style=" not in html
        assert " onclick=" not in html
        assert "<script>" not in html


def test_pages_of_another_department_are_not_found(client_of, outsider, zengcheng_report):
    client = client_of(outsider)

    assert {client.get(page).status_code for page in every_page(zengcheng_report)} == {404}


def test_a_reviewer_reads_but_may_not_save(client_of, reviewer, in_state):
    report = in_state(ReportState.SUBMITTED)
    client = client_of(reviewer)

    assert client.get(address("figures", report)).status_code == 200
    assert client.post(address("figures", report), cells(report)).status_code == 403


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("group", {"group": "nothing"}),
        ("section", {"section": "nothing"}),
        ("goal_category", {"category": "nothing"}),
        ("attach_evidence", {"indicator": "nothing"}),
    ],
)
def test_unknown_parts_are_not_found(client_of, preparer, zengcheng_report, name, names):
    assert client_of(preparer).post(address(name, zengcheng_report, **names)).status_code == 404


# ---- the budget table


def test_figures_are_saved_and_scored(client_of, preparer, zengcheng_report):
    report = zengcheng_report
    page = address("figures", report)

    response = client_of(preparer).post(page, cells(report, **{"total--initial_budget": "1,000"}))

    assert response.url == page
    assert read_filled(report).figures.amounts["total.initial_budget"] == Decimal("1000.00")


def test_save_and_continue_leads_to_the_next_part(client_of, preparer, zengcheng_report):
    report = zengcheng_report

    response = client_of(preparer).post(address("figures", report), cells(report, go="next"))

    assert response.url == address("key_tasks", report)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("abc", "is not a number"),
        ("1e5", "is not a number"),
        ("NaN", "is not a number"),
        ("12,5", "read in two ways"),
        ("552\t89.71", "more than one number"),
        ("1.123456789012", "more than 2 decimals"),
        ("1" * 30, "too large"),
        ("9" * 5000, "is not a number"),
        ("１２x", "is not a number"),
    ],
)
def test_a_bad_amount_is_explained_and_everything_typed_is_kept(
    client_of, preparer, zengcheng_report, typed, told
):
    report = zengcheng_report
    before = read_filled(report).figures.amounts
    posted = cells(report, **{"total--initial_budget": typed, "basic--initial_budget": "12.5"})

    response = client_of(preparer).post(address("figures", report), posted)

    (error,) = response.context["errors"]
    assert response.status_code == 422
    assert error.href == "#id_total--initial_budget"
    assert told in error.text
    form = response.context["form"]
    assert form["total.initial_budget"].value() == typed
    assert form["basic.initial_budget"].value() == "12.5"
    assert read_filled(report).figures.amounts == before


@pytest.mark.parametrize("typed", ["１２３４.５０", "1,234.50", "1，234.5", " 1234.5 "])
def test_amounts_are_read_as_people_write_them(client_of, preparer, zengcheng_report, typed):
    report = zengcheng_report

    client_of(preparer).post(
        address("figures", report), cells(report, **{"total--initial_budget": typed})
    )

    assert read_filled(report).figures.amounts["total.initial_budget"] == Decimal("1234.50")


def test_a_stale_table_shows_both_versions_and_overwrites_only_when_saved_again(
    client_of, preparer, zengcheng_report
):
    report, client = zengcheng_report, client_of(preparer)
    page = address("figures", report)
    posted = cells(report, **{"total--initial_budget": "111"})
    theirs = dict(read_filled(report).figures.amounts) | {"total.initial_budget": Decimal(222)}
    save_figures(report=report, amounts=theirs, version=None, by=preparer, at=AT)

    refused = client.post(page, posted)

    assert refused.status_code == 409
    assert refused.context["conflict"].by == preparer
    assert "222.00" in text_of(refused)
    assert 'value="111"' in text_of(refused)
    assert read_filled(report).figures.amounts["total.initial_budget"] == Decimal(222)

    client.post(page, posted | {"version": refused.context["version"]})

    assert read_filled(report).figures.amounts["total.initial_budget"] == Decimal(111)


def test_saving_the_same_values_twice_is_no_conflict(client_of, preparer, zengcheng_report):
    report, client = zengcheng_report, client_of(preparer)
    posted = cells(report, **{"total--initial_budget": "111"})

    answered = [client.post(address("figures", report), posted).status_code for _ in range(2)]

    assert answered == [302, 302]


def test_a_table_locked_meanwhile_keeps_what_was_typed(client_of, preparer, zengcheng_report):
    report = zengcheng_report
    posted = cells(report, **{"total--initial_budget": "111"})
    submit(report=report, by=preparer, at=AT)

    response = client_of(preparer).post(address("figures", report), posted)

    assert response.status_code == 409
    assert 'value="111"' in text_of(response)
    assert "was submitted meanwhile" in text_of(response)


def test_autosave_of_the_table_answers_with_bits_only(client_of, preparer, zengcheng_report):
    report = zengcheng_report

    response = client_of(preparer).post(
        address("figures", report),
        cells(report, **{"total--executed_amount": "500"}),
        headers=HTMX,
    )

    html = text_of(response)
    assert response.status_code == 200
    assert "<html" not in html
    assert 'id="score-bar"' in html
    assert f'value="{read_filled(report).version(FIGURES)}"' in html
    assert 'id="id_total--executed_amount"' not in html


# ---- key tasks and goals


def task_rows(report, *rows, **more):
    """Return rows of key tasks as the form posts them."""
    posted = {"rows": str(len(rows)), "version": read_filled(report).version(KEY_TASKS), **more}
    for number, row in enumerate(rows):
        posted |= {f"row-{number}-{name}": value for name, value in row.items()}
    return posted


def test_key_tasks_are_saved_without_empty_rows(client_of, preparer, zengcheng_report):
    report = zengcheng_report
    rows = task_rows(
        report, {"name": "科普", "adjusted_budget_wan": "10", "executed_amount_wan": "9.5"}, {}
    )

    client_of(preparer).post(address("key_tasks", report), rows)

    assert read_filled(report).figures.key_tasks == (KeyTask("科普", Decimal(10), Decimal("9.5")),)


def test_adding_a_row_saves_nothing_and_keeps_what_was_typed(client_of, preparer, zengcheng_report):
    report = zengcheng_report
    before = read_filled(report).figures.key_tasks

    response = client_of(preparer).post(
        address("key_tasks", report), task_rows(report, {"name": "新任务"}, add="1")
    )

    rows = response.context["rows"]
    assert [row.form["name"].value() for row in rows] == ["新任务", None]
    assert read_filled(report).figures.key_tasks == before


def test_removing_a_row_leaves_the_others(client_of, preparer, zengcheng_report):
    report = zengcheng_report

    response = client_of(preparer).post(
        address("key_tasks", report),
        task_rows(report, {"name": "甲"}, {"name": "乙"}, remove="0"),
    )

    assert [row.form["name"].value() for row in response.context["rows"]] == ["乙"]


def test_a_bad_row_is_named_and_nothing_is_lost(client_of, preparer, zengcheng_report):
    report = zengcheng_report

    response = client_of(preparer).post(
        address("key_tasks", report),
        task_rows(report, {"name": "甲"}, {"name": "乙" * 300, "executed_amount_wan": "x"}),
    )

    assert response.status_code == 422
    assert [error.href for error in response.context["errors"]] == [
        "#id_row-1-name",
        "#id_row-1-executed_amount_wan",
    ]
    assert response.context["rows"][0].form["name"].value() == "甲"


def test_stale_key_tasks_show_what_is_stored(client_of, preparer, zengcheng_report):
    report = zengcheng_report
    posted = task_rows(report, {"name": "我的"})
    theirs = [KeyTask("他们的", Decimal(1), Decimal(1))]
    save_key_tasks(report=report, key_tasks=theirs, version=None, by=preparer, at=AT)

    response = client_of(preparer).post(address("key_tasks", report), posted)

    assert response.status_code == 409
    assert "他们的" in text_of(response)
    assert response.context["rows"][0].form["name"].value() == "我的"


def test_goals_of_one_category_are_replaced_and_the_others_stay(
    client_of, preparer, zengcheng_report
):
    report = zengcheng_report
    before = read_filled(report).figures.goals
    posted = {
        "rows": "1",
        "version": read_filled(report).version(GOALS),
        "row-0-name": "场次",
        "row-0-kind": "quantity",
        "row-0-direction": "positive",
        "row-0-target_value": "10",
        "row-0-actual_value": "9",
        "row-0-unit": "场",
        "row-0-weight": "",
        "row-0-deviation_reason": "疫情",
    }

    response = client_of(preparer).post(address("goal_category", report, category="output"), posted)

    goals = read_filled(report).figures.goals
    assert response.url == address("goals", report)
    assert [goal.name for goal in goals if goal.category == "output"] == ["场次"]
    assert [goal for goal in goals if goal.category != "output"] == [
        goal for goal in before if goal.category != "output"
    ]


@pytest.mark.parametrize("rows", ["-1", "x", "99999999999", "", "5000"])
def test_a_nonsense_number_of_rows_does_no_harm(client_of, preparer, zengcheng_report, rows):
    report = zengcheng_report
    posted = {"rows": rows, "version": read_filled(report).version(KEY_TASKS), "add": "1"}

    assert client_of(preparer).post(address("key_tasks", report), posted).status_code == 200


# ---- indicators


def test_answers_are_saved_and_change_the_score(client_of, preparer, zengcheng_report):
    report = zengcheng_report

    response = client_of(preparer).post(
        address("group", report, group=GROUP),
        answers(report, **{"result_use-deduction_points": "0.5"}),
    )

    report.refresh_from_db()
    assert response.status_code == 302
    assert stored_result(report).total == Decimal("96.95")


def test_autosave_of_a_group_swaps_results_but_no_inputs(client_of, preparer, zengcheng_report):
    report = zengcheng_report

    response = client_of(preparer).post(
        address("group", report, group=GROUP),
        answers(report, **{"result_use-deduction_points": "0.5"}),
        headers=HTMX,
    )

    html = text_of(response)
    assert 'id="points-result_use"' in html
    assert 'id="result-result_use"' in html
    assert 'name="result_use-deduction_points"' not in html


def test_autosave_of_something_unreadable_says_so_at_the_field(
    client_of, preparer, zengcheng_report
):
    report = zengcheng_report

    response = client_of(preparer).post(
        address("group", report, group=GROUP),
        answers(report, **{"result_use-deduction_points": "两分"}),
        headers=HTMX,
    )

    assert response.status_code == 422
    assert "“两分” is not a number" in text_of(response)
    assert 'id="id_result_use-deduction_points_error"' in text_of(response)


def test_a_reason_that_is_too_long_is_kept_and_explained(client_of, preparer, zengcheng_report):
    report = zengcheng_report
    long = "长" * 2001

    response = client_of(preparer).post(
        address("group", report, group=GROUP),
        answers(report, **{"result_use-deduction_reason": long}),
    )

    assert response.status_code == 422
    assert "2001 characters; at most 2000" in text_of(response)
    assert long in text_of(response)


def test_none_of_these_is_an_answer_and_contradicts_others(client_of, preparer, zengcheng_report):
    report, client = zengcheng_report, client_of(preparer)
    page = address("group", report, group=GROUP)
    (name,) = (
        f"performance_rules-{spec.name}"
        for spec in as_scoring_scheme(report.scheme).indicator("performance_rules").rule.inputs
    )

    both = client.post(page, answers(report, **{name: ["goals", "-none-"]}))
    none = client.post(page, answers(report, **{name: ["-none-"]}))

    assert both.status_code == 422
    assert none.status_code == 302
    (stored,) = read_filled(report).figures.answers["performance_rules"].inputs.values()
    assert stored == ()


def test_a_deduction_above_the_points_stands_at_its_field(client_of, preparer, zengcheng_report):
    report, client = zengcheng_report, client_of(preparer)
    page = address("group", report, group=GROUP)

    client.post(page, answers(report, **{"result_use-deduction_points": "99"}))
    cards = client.get(page).context["cards"]

    (card,) = (card for card in cards if card.indicator.code == "result_use")
    told = {box.field.name: [one.severity for one in box.problems] for box in card.fields}
    assert told == {"deduction_points": ["error"], "deduction_reason": []}


def test_the_explanation_lists_the_steps_in_order(client_of, preparer, zengcheng_report):
    page = address("group", zengcheng_report, group="overall_effectiveness")

    cards = client_of(preparer).get(page).context["cards"]

    (card,) = (card for card in cards if card.indicator.code == "budget_execution_rate")
    assert [(step.expression, step.value) for step in card.steps][-1][1] == Decimal("9.95")
    assert all(step.sentence for step in card.steps)


# ---- texts


def test_a_text_is_saved_with_plain_line_ends(client_of, preparer, zengcheng_report):
    report = zengcheng_report
    section = next(s.code for s in as_scoring_scheme(report.scheme).outline if s.takes_text)

    client_of(preparer).post(
        address("section", report, section=section),
        {"text": "一\r\n二", "version": read_filled(report).version(narrative_part(section))},
    )

    assert read_filled(report).narratives[section] == "一\n二"


def test_a_text_that_is_too_long_is_kept(client_of, preparer, zengcheng_report):
    report = zengcheng_report
    section = next(s for s in as_scoring_scheme(report.scheme).outline if s.takes_text)
    long = "长" * (section.max_length + 1)

    response = client_of(preparer).post(
        address("section", report, section=section.code),
        {"text": long, "version": read_filled(report).version(narrative_part(section.code))},
    )

    assert response.status_code == 422
    assert long in text_of(response)


# ---- evidence


def upload(client, report, name, content, **more):
    """Upload a file behind one indicator."""
    page = address("attach_evidence", report, indicator="result_use")
    return client.post(page, {"file": SimpleUploadedFile(name, content)}, **more)


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"


def test_evidence_that_is_refused_says_why(client_of, preparer, zengcheng_report, settings):
    settings.EVIDENCE_MAX_BYTES = 10
    client = client_of(preparer)

    large = upload(client, zengcheng_report, "大.pdf", PDF, headers=HTMX)
    empty = upload(client, zengcheng_report, "空.pdf", b"", headers=HTMX)
    missing = client.post(
        address("attach_evidence", zengcheng_report, indicator="result_use"), headers=HTMX
    )

    assert "大.pdf" in large.context["refusal"]
    assert empty.context["refusal"]
    assert missing.context["refusal"] == "Choose a file first, then upload it."


def test_evidence_of_a_locked_report_stays(client_of, preparer, in_state):
    report = in_state(ReportState.SUBMITTED)

    response = upload(client_of(preparer), report, "a.pdf", PDF, headers=HTMX)

    assert "submitted meanwhile" in response.context["refusal"]
    assert report.evidence_files.count() == 0


# ---- handing in


def test_handing_in_needs_the_tick(client_of, preparer, zengcheng_report):
    response = client_of(preparer).post(address("hand_in", zengcheng_report))

    assert response.status_code == 422
    assert [error.href for error in response.context["errors"]] == ["#id_confirmed"]


def test_handing_in_submits(client_of, preparer, zengcheng_report):
    report = zengcheng_report

    response = client_of(preparer).post(address("hand_in", report), {"confirmed": "yes"})

    report.refresh_from_db()
    assert response.url == address("report", report)
    assert report.state == ReportState.SUBMITTED


def test_an_unfinished_report_is_refused_with_every_problem(client_of, preparer, empty_report):
    response = client_of(preparer).post(address("hand_in", empty_report), {"confirmed": "yes"})

    empty_report.refresh_from_db()
    listed = [one for group in response.context["groups"] for one in group.problems]
    assert response.status_code == 422
    assert empty_report.state == ReportState.DRAFT
    assert len(listed) > 20


def test_every_problem_links_to_a_field_that_is_there(client_of, preparer, empty_report):
    client = client_of(preparer)
    groups = client.get(address("hand_in", empty_report)).context["groups"]
    pages = {}

    lost = []
    for problem in (one for group in groups for one in group.problems):
        page, _hash, field = problem.href.partition("#")
        if page not in pages:
            pages[page] = text_of(client.get(page))
        if field and f'id="{field}"' not in pages[page]:
            lost.append(problem.href)

    assert lost == []


def test_a_returned_report_carries_the_reviewers_word_on_every_page(client_of, preparer, in_state):
    report = in_state(ReportState.RETURNED)
    client = client_of(preparer)

    for page in every_page(report):
        assert "请补充扣分原因。" in text_of(client.get(page)), page


# ---- cost


def test_a_page_asks_the_database_as_often_for_three_rows_as_for_one(
    client_of, preparer, zengcheng_report
):
    report, client = zengcheng_report, client_of(preparer)
    counted = []
    for number in (1, 3):
        tasks = [KeyTask(f"任务{n}", Decimal(1), Decimal(1)) for n in range(number)]
        save_key_tasks(report=report, key_tasks=tasks, version=None, by=preparer, at=AT)
        client.get(address("key_tasks", report))
        with CaptureQueriesContext(connection) as queries:
            client.get(address("key_tasks", report))
        counted.append(len(queries))

    assert counted[0] == counted[1]


@pytest.mark.parametrize("name", ["goals", "key_tasks"])
def test_a_part_that_the_scheme_does_not_ask_for_has_no_page_and_no_link(
    client_of, guangzhou_report, name
):
    client, page = client_of(guangzhou_report.created_by), address(name, guangzhou_report)

    assert client.get(page).status_code == 404
    for place in ("report", "figures", "hand_in"):
        assert page not in text_of(client.get(address(place, guangzhou_report)))


def test_a_report_without_goals_and_key_tasks_reaches_all_completed(client_of, guangzhou_report):
    client = client_of(guangzhou_report.created_by)

    page = client.get(address("report", guangzhou_report)).context["page"]
    next_part = client.get(address("figures", guangzhou_report)).context["page"].next

    assert page.completed == len(page.parts)
    assert next_part.kind == "answers"


def test_yes_and_no_are_said_in_the_readers_language(client_of, preparer, zengcheng_report):
    report, client = zengcheng_report, client_of(preparer)
    client.cookies["django_language"] = "zh-hans"
    scheme = as_scoring_scheme(report.scheme)
    asked = [
        (group.code, spec.label)
        for group in scheme.scored_groups()
        for leaf in group.leaves()
        for spec in leaf.rule.inputs
        if spec.kind is InputKind.YES_NO
    ]

    for group, label in asked:
        html = text_of(client.get(address("group", report, group=group)))
        assert f'<th scope="row">{label}</th><td class="number">是' in html

    assert asked


# ---- signed out meanwhile


def test_autosave_without_a_session_is_no_success(client, zengcheng_report):
    response = client.post(address("figures", zengcheng_report), {}, headers=HTMX)

    assert (response.status_code, response.content) == (401, b"")


def test_form_sent_without_a_session_is_told_where_the_text_is(client, zengcheng_report):
    report = zengcheng_report
    before = read_filled(report).figures.amounts

    response = client.post(address("figures", report), {"total--initial_budget": "1"})

    assert response.status_code == 401
    assert "one page back" in text_of(response)
    assert 'href="/sign-in/" target="_blank"' in text_of(response)
    assert '<input type="hidden" name="total--initial_budget" value="1">' in text_of(response)
    assert read_filled(report).figures.amounts == before


def test_every_request_lengthens_the_session(client_of, preparer, zengcheng_report):
    response = client_of(preparer).get(address("figures", zengcheng_report))

    assert "sessionid" in response.cookies
