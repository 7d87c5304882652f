"""A year's scheme comes as the bureau's sheet, with faults: mended in the editor, issued, filled in."""

import pytest
from playwright.sync_api import Page, expect

from perfeval.reports.models import Report
from perfeval.schemes.models import Scheme, SchemeState
from perfeval.schemes.queries import as_scoring_scheme
from tests.sheets.books import HEAD, workbook

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Five faults: the leaves of 预算管理 add up to 28, 预算调整率 has no standard, the first level adds up
#: to 105, a cost earns more the more it is, and 群众满意度 has no weight.
SHEET = (
    ("某市部门整体支出绩效评价指标体系",),
    HEAD,
    ("预算执行（40分）", "预算管理（30分）", "预算支出率", 18, "得分=支出率×分值，支出率=实际支出数÷调整预算数×100%。", "决算报表"),
    (None, None, "预算调整率", 10, None, "预算调整文件"),
    (None, "采购管理（10分）", "采购合规性", 10, "每发现一宗违规扣2分，扣完为止。", "采购文件"),
    ("履职效能（65分）", "产出（40分）", "任务完成率", 40, "完成率达到95%得满分，每低1个百分点扣1分，扣完为止。", "总结"),
    (None, "成本（10分）", "单位成本", 10, "成本率达到95%得满分，每低1个百分点扣1分，扣完为止。", "核算表"),
    (None, "效益（10分）", "群众满意度", None, "满意度达到90%得满分，每低1个百分点扣1分，扣完为止。", "问卷"),
)  # fmt: skip
NAMED = {
    "name": "某市部门整体支出绩效评价指标体系（2026年）",
    "code": "city_2026",
    "version": "1",
    "year": "2026",
    "authority": "某市财政局",
    "source": "某财绩〔2026〕1号",
}
FAULTS = "#findings li"


def type_weight(page: Page, code: str, weight: str, faults: int) -> None:
    """Type a weight as people do, and see how many faults are left."""
    page.fill(f"[name=weight-{code}]", weight)
    page.press(f"[name=weight-{code}]", "Tab")
    expect(page.locator(FAULTS)).to_have_count(faults)


def import_sheet(page: Page, site: str) -> None:
    """Send the sheet, name the scheme, take every proposed rule."""
    page.goto(f"{site}/schemes/import/")
    page.set_input_files(
        "[name=file]", {"name": "指标.xlsx", "mimeType": "", "buffer": workbook(SHEET)}
    )
    page.click("main form.card button[type=submit]")
    for name, text in NAMED.items():
        page.fill(f"[name={name}]", text)
    for choice in page.locator("input[type=radio][value=take]").all():
        choice.check()
    page.click("button[name=step][value=confirm]")


def move_rows(page: Page) -> None:
    """Move a row by keys, and drag its neighbour back in front of it."""
    page.focus("#grip-i1_1_2")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".edit-row-3").first).to_have_id("node-i1_1_2")
    expect(page.locator("#grip-i1_1_2")).to_be_focused()
    page.drag_and_drop("#grip-i1_1_1", "#node-i1_1_2", target_position={"x": 300, "y": 3})
    expect(page.locator(".edit-row-3").first).to_have_id("node-i1_1_1")


def issue(page: Page, site: str) -> None:
    """Issue the draft: only who ticks the box does."""
    page.click(".editor-tabs a:last-child")
    page.click("main button[type=submit]")
    expect(page.locator(".error-summary")).to_be_visible()
    page.check("[name=is_sure]")
    page.click("main button[type=submit]")
    page.wait_for_url(f"{site}/schemes/city_2026/1/")


def test_sheet_with_five_faults_is_mended_issued_and_started(
    sit_down, live_server, scheme_owner, preparer
):
    page = sit_down(scheme_owner)
    import_sheet(page, live_server.url)

    # In the editor: the faults in a list, the weights mended with their sums in sight.
    expect(page.locator(FAULTS)).to_have_count(7)
    row = Scheme.objects.get(code="city_2026")
    here = f"{live_server.url}/schemes/{row.pk}/edit"
    type_weight(page, "i1_1_1", "20", 6)
    expect(page.locator("#sum-i1_1")).to_contain_text("30")
    type_weight(page, "i2", "60", 4)
    expect(page.locator("#tree-total")).to_contain_text("100")
    type_weight(page, "i2_3_1", "10", 2)

    move_rows(page)

    # Each fault leads to the page on which it is mended.
    page.click(f"{FAULTS} a:has-text('预算调整率')")
    page.fill("[name=standard]", "预算调整率为0的得满分；调整的酌情扣分并说明原因。")
    page.click(".save-bar button[value=stay]")
    expect(page.locator(".messages")).to_contain_text("已保存")
    page.goto(f"{here}/#findings")
    page.click(f"{FAULTS} a:has-text('单位成本')")
    expect(page.locator("#rule .found")).to_be_visible()
    page.select_option("[name=rule-kind]", "ratio_down")
    expect(page.locator("[name=rule-actual-label]")).to_have_value("成本率")
    page.select_option("[name=rule-target-from]", "number")
    page.fill("[name=rule-target-number]", "95")
    page.fill("#bench [name=try-value]", "100")
    page.click("#bench button[name=try]")
    expect(page.locator("#bench .bench-result strong").first).to_have_text("9.5")
    page.click(".save-bar button[value=stay]")
    expect(page.locator("#rule .found")).to_have_count(0)

    # Issued after a question, frozen since.
    issue(page, live_server.url)
    row.refresh_from_db()
    assert (row.state, row.issued_by) == (SchemeState.ISSUED, scheme_owner)
    assert [
        (leaf.name, leaf.weight, leaf.rule.kind) for leaf in as_scoring_scheme(row).leaves()
    ] == [
        ("预算支出率", 20, "rate"),
        ("预算调整率", 10, "manual"),
        ("采购合规性", 10, "per_defect"),
        ("任务完成率", 40, "per_point"),
        ("单位成本", 10, "ratio_down"),
        # Without a weight on the sheet no rule is proposed: what it says cannot be tried.
        ("群众满意度", 10, "manual"),
    ]
    page.goto(f"{here}/")
    expect(page.locator(".notice-lock")).to_be_visible()

    clerk = sit_down(preparer)
    clerk.click("details:has(.start-item) > summary")
    with clerk.expect_navigation():
        clerk.click(f".start-item:has-text('{NAMED['name']}') button")
    report = Report.objects.get(scheme=row)
    clerk.goto(f"{live_server.url}/reports/{report.pk}/indicators/i2_2/")
    expect(clerk.locator("main")).to_contain_text("单位成本")
