"""The whole Zengcheng job in a real browser: four people, from an empty report to the PDF."""

import tomllib
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from perfeval.reports.models import Report
from perfeval.reports.queries import stored_result
from perfeval.reports.states import ReportState
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.scheme.reading import read_figures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DEMO = Path(__file__).resolve().parents[2] / "fixtures" / "demo"

#: What the published report states, cell by cell (万元).
AMOUNTS = {
    "total.initial_budget": "797.28",
    "total.adjusted_budget": "642.40",
    "total.executed_amount": "639.15",
    "basic.adjusted_budget": "552.69",
    "basic.executed_amount": "549.92",
    "project.adjusted_budget": "89.71",
    "project.executed_amount": "89.23",
}
#: Figures that the finished PDF must contain.
PRINTED = (
    *AMOUNTS.values(),
    "35.35",
    "35.29",
    "96.45",
    "48.95",
    "9.95",
    "99.49%",
    "99.50%",
    "99.46%",
    "99.83%",
    "97.90%",
    "83.33%",
    "12.5",
)


def test_zengcheng_report_from_empty_to_published(
    *, sit_down, live_server, zengcheng_scheme, preparer, reviewer, approver, outsider
):
    figures = read_figures(
        (DEMO / "zengcheng_2022.figures.toml").read_text(encoding="utf-8"),
        as_scoring_scheme(zengcheng_scheme),
    )
    clerk = sit_down(preparer)
    clerk.click(f'form:has(input[name=scheme][value="{zengcheng_scheme.pk}"]) button')
    report = Report.objects.get()
    here = f"{live_server.url}/reports/{report.pk}"
    clerk.wait_for_url(f"{here}/")

    fill_amounts(clerk, here)
    fill_key_task(clerk, here)
    fill_goals(clerk, here, figures)
    fill_answers(clerk, here, figures, report)
    # A first guess that the reviewer will not let pass: only 0.5 off for the use of results.
    take_off(clerk, here, "performance_management", "result_use", "0.5")
    fill_texts(clerk, here)
    hand_in(clerk, here)
    assert state_and_total(report) == (ReportState.SUBMITTED, Decimal("96.95"))

    judge = sit_down(reviewer)
    judge.goto(f"{here}/review/return/")
    judge.click("main button[type=submit]")
    assert state_and_total(report)[0] == ReportState.SUBMITTED  # no comment, no return
    judge.fill("main textarea[name=comment]", "评价结果应用缺漏较多，请按1分扣减。")
    judge.click("main button[type=submit]")
    judge.wait_for_load_state()
    assert state_and_total(report)[0] == ReportState.RETURNED

    clerk.goto(f"{here}/")
    expect(clerk.locator("main")).to_contain_text("评价结果应用缺漏较多")
    take_off(clerk, here, "performance_management", "result_use", "1")
    hand_in(clerk, here)

    judge.goto(f"{here}/review/approve/")
    judge.click("main button[type=submit]")
    judge.wait_for_load_state()
    assert state_and_total(report)[0] == ReportState.APPROVED

    publisher = sit_down(approver)
    publisher.goto(f"{here}/publication/publish/")
    publisher.click("main button[type=submit]")
    publisher.wait_for_url(f"{here}/publication/")
    assert state_and_total(report) == (ReportState.PUBLISHED, Decimal("96.45"))

    result = stored_result(report)
    assert (result.total, result.grade) == (Decimal("96.45"), "优")
    assert result.indicator("overall_effectiveness").points == Decimal("48.95")
    assert result.indicator("budget_execution_rate").points == Decimal("9.95")
    assert result.rate("execution").text == "99.49%"

    for reader in (clerk, judge, publisher):
        text = pdf_text(reader, f"{here}/publication/pdf/")
        assert [figure for figure in PRINTED if figure not in text] == []
        assert "等级为优" in text
        assert "草稿" not in text
        assert "99.50%" not in sentence_about(text, "部门预算资金支出率为")

    stranger = sit_down(outsider)
    found = {
        address: stranger.request.get(f"{live_server.url}{address}", max_redirects=0).status
        for address in report_addresses(report)
    }
    assert len(found) >= 15
    assert set(found.values()) == {404}, found


def fill_amounts(page: Page, here: str) -> None:
    page.goto(f"{here}/figures/")
    for cell, amount in AMOUNTS.items():
        page.fill(f'[name="{cell.replace(".", "--")}"]', amount)
    save(page)


def fill_key_task(page: Page, here: str) -> None:
    page.goto(f"{here}/key-tasks/")
    if not page.locator("[name=row-0-name]").is_visible():
        page.click("[data-add-row]")
    page.fill("[name=row-0-name]", "统筹增城区科普工作")
    page.fill("[name=row-0-adjusted_budget_wan]", "35.35")
    page.fill("[name=row-0-executed_amount_wan]", "35.29")
    save(page)


def fill_goals(page: Page, here: str, figures) -> None:
    for category in dict.fromkeys(goal.category for goal in figures.goals):
        page.goto(f"{here}/goals/{category}/")
        goals = [goal for goal in figures.goals if goal.category == category]
        for position, goal in enumerate(goals):
            if not page.locator(f"[name=row-{position}-name]").is_visible():
                page.click("[data-add-row]")
            page.fill(f"[name=row-{position}-name]", goal.name)
            page.select_option(f"[name=row-{position}-kind]", goal.kind)
            page.select_option(f"[name=row-{position}-direction]", goal.direction.value)
            page.fill(f"[name=row-{position}-target_value]", str(goal.target_value))
            page.fill(f"[name=row-{position}-actual_value]", str(goal.actual_value))
            page.fill(f"[name=row-{position}-unit]", goal.unit)
        save(page)


def fill_answers(page: Page, here: str, figures, report: Report) -> None:
    for group in as_scoring_scheme(report.scheme).scored_groups():
        page.goto(f"{here}/indicators/{group.code}/")
        for leaf in group.leaves():
            answer = figures.answers.get(leaf.code)
            if answer is None:
                continue
            for name, value in answer.inputs.items():
                field = f'[name="{leaf.code}-{name}"]'
                if isinstance(value, bool):
                    page.check(f'{field}[value="{"yes" if value else "no"}"]')
                elif isinstance(value, tuple):
                    for code in value:
                        page.check(f'{field}[value="{code}"]')
                else:
                    page.fill(field, str(value))
            if answer.deduction_points is not None:
                page.fill(f'[name="{leaf.code}-deduction_points"]', str(answer.deduction_points))
            if answer.deduction_reason:
                page.fill(f'[name="{leaf.code}-deduction_reason"]', answer.deduction_reason)
        save(page)


def take_off(page: Page, here: str, group: str, leaf: str, points: str) -> None:
    page.goto(f"{here}/indicators/{group}/")
    page.fill(f'[name="{leaf}-deduction_points"]', points)
    save(page)


def fill_texts(page: Page, here: str) -> None:
    texts = tomllib.loads((DEMO / "zengcheng_2022.narratives.toml").read_text(encoding="utf-8"))
    for section, text in texts.items():
        page.goto(f"{here}/texts/{section}/")
        page.fill("[name=text]", text.strip())
        save(page)


def save(page: Page) -> None:
    """Press the plain button that saves and stays, and see that nothing was refused."""
    with page.expect_navigation():
        page.click("button[name=go][value=stay]:not([aria-hidden])")
    assert page.locator(".error-summary").count() == 0


def hand_in(page: Page, here: str) -> None:
    page.goto(f"{here}/hand-in/")
    page.check("[name=confirmed]")
    with page.expect_navigation():
        page.click(".submit-form button[type=submit]")


def state_and_total(report: Report) -> tuple[str, Decimal]:
    report.refresh_from_db()
    return report.state, stored_result(report).total


def pdf_text(page: Page, address: str) -> str:
    """Download the PDF as this person and return its text without the breaks of lines."""
    response = page.request.get(address)
    assert (response.status, response.headers["content-type"]) == (200, "application/pdf")
    pages = PdfReader(BytesIO(response.body())).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def sentence_about(text: str, start: str) -> str:
    """Return what follows ``start`` up to the next full stop."""
    position = text.index(start)
    return text[position : text.index("。", position)]


def report_addresses(report: Report) -> list[str]:
    """Return every address below the report, taken from the URLconf itself."""
    leaf = report.scheme.indicators.filter(level=3).first()
    known = {
        "report_id": report.pk,
        "group": "overall_effectiveness",
        "section": "duties",
        "category": "output",
        "indicator": leaf.code,
        "evidence_id": 1,
    }
    addresses = []

    def walk(resolver: URLResolver, names: frozenset[str]) -> None:
        for pattern in resolver.url_patterns:
            taken = names | set(pattern.pattern.converters)
            if isinstance(pattern, URLResolver):
                walk(pattern, taken)
            elif isinstance(pattern, URLPattern) and "report_id" in taken:
                values = {name: known[name] for name in taken}
                addresses.append(reverse(f"web:{pattern.name}", kwargs=values))

    walk(get_resolver(), frozenset())
    return addresses
