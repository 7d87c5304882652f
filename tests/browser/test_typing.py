"""What people type, right and wrong, in a real browser: said where it stands, and never lost."""

from decimal import Decimal

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from perfeval.reports.filled import read_filled
from perfeval.reports.models import Report
from perfeval.reports.states import ReportState
from perfeval.review.models import Transition

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: The button that saves and stays.
SAVE = "button[name=go][value=stay]:not([aria-hidden])"
GROUP = "performance_management"
INITIAL, ADJUSTED = '[name="total--initial_budget"]', '[name="total--adjusted_budget"]'


@pytest.fixture
def here(live_server, zengcheng_report) -> str:
    """Return the address of the complete report."""
    return f"{live_server.url}/reports/{zengcheng_report.pk}"


def leave(page: Page, field: str, typed: str) -> None:
    """Type into a field and go on to the next one, as people do."""
    page.fill(field, typed)
    page.press(field, "Tab")


def save(page: Page) -> None:
    with page.expect_navigation():
        page.click(SAVE)


def initial(report: Report) -> Decimal:
    return read_filled(report).figures.amounts["total.initial_budget"]


def test_two_windows_one_report(sit_down, here, preparer, zengcheng_report):
    page = sit_down(preparer)
    page.goto(f"{here}/figures/")
    other = page.context.new_page()
    other.goto(f"{here}/figures/")

    leave(page, INITIAL, "111")
    expect(page.locator("#save-status")).to_contain_text("已保存")
    page.reload()
    expect(page.locator(INITIAL)).to_have_value("111.00")

    # The other window is stale: both values stay in sight until somebody decides.
    leave(other, INITIAL, "222")
    expect(other.locator("#save-status")).to_contain_text("他人同时修改")
    save(other)
    expect(other.locator("#conflict")).to_be_visible()
    expect(other.locator(INITIAL)).to_have_value("222")
    expect(other.locator("#conflict .quoted")).to_have_text("111")
    assert initial(zengcheng_report) == Decimal(111)
    other.check("#conflict input[value=mine]")
    save(other)
    expect(other.locator("#conflict")).to_have_count(0)
    assert initial(zengcheng_report) == Decimal(222)

    # And the other way round; what was given up does not come back from the browser.
    leave(page, INITIAL, "333")
    expect(page.locator("#save-status")).to_contain_text("他人同时修改")
    save(page)
    page.check("#conflict input[value=theirs]")
    save(page)
    expect(page.locator(INITIAL)).to_have_value("222.00")
    page.reload()
    expect(page.locator(INITIAL)).to_have_value("222.00")
    expect(page.locator("#save-status")).to_have_text("")
    assert initial(zengcheng_report) == Decimal(222)


def test_save_button_stays_under_the_finger_whatever_the_status_says(
    sit_down, here, preparer, zengcheng_report
):
    page = sit_down(preparer)
    page.set_viewport_size({"width": 390, "height": 700})
    page.goto(f"{here}/figures/")
    before = page.locator(SAVE).bounding_box()

    # As long as the longest sentence of either language.
    page.evaluate(
        "document.getElementById('save-status').textContent = '已保存，但有他人同时修改的内容。'.repeat(3)"
    )
    assert page.locator(SAVE).bounding_box() == before
    page.evaluate("document.getElementById('save-status').textContent = ''")
    assert page.locator(SAVE).bounding_box() == before


def test_two_people_on_one_table(sit_down, here, preparer, zengcheng_report):
    pages = [sit_down(preparer) for _ in range(2)]
    for page in pages:
        page.goto(f"{here}/figures/")

    for _round in range(3):
        for page, field, typed in zip(pages, (INITIAL, ADJUSTED), ("11", "22"), strict=True):
            leave(page, field, f"{typed}{_round}")
            expect(page.locator("#save-status")).to_contain_text("已保存")

    amounts = read_filled(zengcheng_report).figures.amounts
    assert amounts["total.initial_budget"] == Decimal(112)
    assert amounts["total.adjusted_budget"] == Decimal(222)
    for page in pages:
        expect(page.locator("#conflict")).to_have_count(0)


def test_what_is_typed_while_the_server_is_away_is_sent_when_it_is_back(
    sit_down, here, preparer, zengcheng_report
):
    page = sit_down(preparer)
    page.goto(f"{here}/figures/")
    away = f"{here}/figures/"
    page.route(away, lambda route: route.abort("connectionrefused"))
    leave(page, INITIAL, "345")
    expect(page.locator("#save-status")).to_contain_text("未保存")
    page.unroute(away)
    # Nobody presses anything.
    expect(page.locator("#save-status")).to_contain_text("已保存")
    assert initial(zengcheng_report) == Decimal(345)

    # It also survives the page being closed; nobody else's account would get it.
    page.route(away, lambda route: route.abort("connectionrefused"))
    leave(page, INITIAL, "456")
    expect(page.locator("#save-status")).to_contain_text("未保存")
    context = page.context
    page.close(run_before_unload=False)
    again = context.new_page()
    again.goto(away)
    expect(again.locator("#save-status")).to_contain_text("已保存")
    expect(again.locator(INITIAL)).to_have_value("456")
    assert initial(zengcheng_report) == Decimal(456)
    again.reload()
    expect(again.locator(INITIAL)).to_have_value("456.00")
    assert again.evaluate("Object.keys(localStorage).filter(n => n.startsWith('perfeval:'))") == []


def test_rows_that_two_people_add_both_stay(sit_down, here, preparer, zengcheng_report):
    pages = [sit_down(preparer) for _ in range(2)]
    before = [task.name for task in read_filled(zengcheng_report).figures.key_tasks]
    for page in pages:
        page.goto(f"{here}/key-tasks/")
    for page, name in zip(pages, ("甲的任务", "乙的任务"), strict=True):
        page.click("[data-add-row]")
        leave(page, "[data-row]:last-child input[name$=-name]", name)
        expect(page.locator("#save-status")).to_contain_text("已保存")

    names = [task.name for task in read_filled(zengcheng_report).figures.key_tasks]
    assert sorted(names) == sorted([*before, "甲的任务", "乙的任务"])


def test_bad_amounts_are_explained_at_their_cells(sit_down, here, preparer, zengcheng_report):
    page = sit_down(preparer)
    before = read_filled(zengcheng_report).figures.amounts
    wrong = {
        "total--initial_budget": ("一百万", "不是数字"),
        "total--adjusted_budget": ("1.123456789012", "小数"),
        "total--executed_amount": ("1e5", "不是数字"),
    }

    page.goto(f"{here}/figures/")
    for name, (typed, told) in wrong.items():
        leave(page, f'[name="{name}"]', typed)
        expect(page.locator(f'[id="id_{name}_error"]')).to_contain_text(told)
    save(page)

    for name, (typed, told) in wrong.items():
        expect(page.locator(f'[name="{name}"]')).to_have_value(typed)
        expect(page.locator(f'[id="id_{name}_error"]')).to_contain_text(told)
        page.click(f'.error-summary a[href="#id_{name}"]')
        expect(page.locator(f'[name="{name}"]')).to_be_focused()
    assert read_filled(zengcheng_report).figures.amounts == before

    # A sum that does not add up is stored, and said at the cell and in the list before handing in.
    page.goto(f"{here}/figures/")
    leave(page, ADJUSTED, "652.40")
    expect(page.locator('[id="id_total--adjusted_budget_error"]')).to_contain_text("652.40")
    page.goto(f"{here}/hand-in/")
    expect(page.locator(".check-list .problem-error").first).to_contain_text("652.40")


def test_deduction_without_a_reason_is_asked_for(sit_down, here, preparer, zengcheng_report):
    page = sit_down(preparer)
    page.goto(f"{here}/indicators/{GROUP}/")
    page.fill('[name="result_use-deduction_points"]', "1")
    leave(page, '[name="result_use-deduction_reason"]', "")
    expect(page.locator("#save-status")).to_contain_text("已保存")
    at_field = page.locator('[id="id_result_use-deduction_reason_error"] .problem-error')
    expect(at_field).to_contain_text("请填写扣分原因")

    page.goto(f"{here}/hand-in/")
    page.click('.check-list a[href$="#id_result_use-deduction_reason"]')
    page.wait_for_url(f"{here}/indicators/{GROUP}/#id_result_use-deduction_reason")


def test_evidence_that_is_refused_loses_nothing(
    sit_down, here, preparer, zengcheng_report, tmp_path
):
    large, program, good = tmp_path / "大.pdf", tmp_path / "程序.pdf", tmp_path / "通知.png"
    large.write_bytes(b"%PDF-1.4\n" + b"0" * (30 * 1024 * 1024))
    program.write_bytes(b"MZ\x90\x00" + b"\x00" * 2000)
    Image.new("RGB", (2, 2)).save(good)
    page = sit_down(preparer)
    page.goto(f"{here}/indicators/{GROUP}/")
    page.fill('[name="result_use-deduction_reason"]', "写到一半")

    for file, told in ((large, "20"), (program, "程序.pdf")):
        page.set_input_files("#file-result_use", file)
        page.click("#evidence-result_use button")
        expect(page.locator("#evidence-result_use [role=alert]").first).to_contain_text(told)
        expect(page.locator('[name="result_use-deduction_reason"]')).to_have_value("写到一半")
    page.set_input_files("#file-result_use", good)
    page.click("#evidence-result_use button")

    expect(page.locator("#evidence-result_use .evidence-files")).to_contain_text("通知.png")
    assert [item.file_name for item in zengcheng_report.evidence_files.all()] == ["通知.png"]


def test_handing_in_twice_is_done_once_and_explained(sit_down, here, preparer, zengcheng_report):
    page = sit_down(preparer)
    other = page.context.new_page()
    for window in (page, other):
        window.goto(f"{here}/hand-in/")
        window.check("[name=confirmed]")

    for window in (page, other):
        with window.expect_navigation():
            window.click(".submit-form button")
        window.wait_for_url(f"{here}/")
        expect(window.locator("main")).to_contain_text("等待审核")

    zengcheng_report.refresh_from_db()
    assert zengcheng_report.state == ReportState.SUBMITTED
    assert Transition.objects.filter(report=zengcheng_report, move="submit").count() == 1


def test_a_group_is_filled_in_without_scripts(sit_down, here, preparer, zengcheng_report):
    page = sit_down(preparer, scripts=False)
    page.goto(f"{here}/indicators/{GROUP}/")
    page.fill('[name="result_use-deduction_points"]', "0.5")
    save(page)

    expect(page.locator("#points-result_use strong")).to_have_text("2.5")
    expect(page.locator("#score-bar .score-total strong")).to_have_text("96.95")
    page.click("#leaf-result_use .explanation summary")
    expect(page.locator("#leaf-result_use .explanation-steps")).to_contain_text("0.5")
