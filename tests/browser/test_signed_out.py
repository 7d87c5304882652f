"""Somebody is signed out while typing: nothing is lost, and saving works after signing in again."""

from decimal import Decimal

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from perfeval.accounts.models import User
from perfeval.reports.filled import read_filled
from tests.browser.conftest import fill_sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: The button that saves and stays.
SAVE = "button[name=go][value=stay]:not([aria-hidden])"


def sign_in_elsewhere(page: Page, user: User) -> None:
    """Follow the page's link to the sign-in, which opens a window of its own, and sign in there."""
    with page.context.expect_page() as opened:
        page.click('main a[target="_blank"][href="/sign-in/"]')
    fill_sign_in(opened.value, user)
    opened.value.wait_for_selector(".person")
    opened.value.close()


def test_typing_goes_on_after_signing_in_again(sit_down, live_server, preparer, zengcheng_report):
    page = sit_down(preparer)
    here = f"{live_server.url}/reports/{zengcheng_report.pk}"

    # An autosave meets the end of the session: it says so and keeps everything.
    page.goto(f"{here}/figures/")
    Session.objects.all().delete()
    page.fill('[name="total--initial_budget"]', "801.5")
    page.press('[name="total--initial_budget"]', "Tab")
    told = page.locator("#signed-out")
    expect(told).to_be_visible()
    expect(told).to_have_text("登录已超时，内容尚未保存。请在新窗口登录，然后再点保存。")
    expect(page.locator("#save-status")).not_to_contain_text("已保存")
    sign_in_elsewhere(page, preparer)
    expect(page.locator('[name="total--initial_budget"]')).to_have_value("801.5")
    with page.expect_navigation():
        page.click(SAVE)
    expect(page.locator(".notice-success")).to_be_visible()
    assert read_filled(zengcheng_report).figures.amounts["total.initial_budget"] == Decimal(
        "801.50"
    )

    # The button pressed at once: a page says where the text is, and there it is.
    page.goto(f"{here}/texts/duties/")
    Session.objects.all().delete()
    page.fill("[name=text]", "写了一个下午的文字。")
    with page.expect_navigation():
        page.click(SAVE)
    expect(page.locator("main h1")).to_have_text("登录已超时")
    sign_in_elsewhere(page, preparer)
    page.go_back()
    expect(page.locator("[name=text]")).to_have_value("写了一个下午的文字。")
    expect(page.locator("#save-status")).to_contain_text("未保存")
    with page.expect_navigation():
        page.click(SAVE)
    assert read_filled(zengcheng_report).narratives["duties"] == "写了一个下午的文字。"

    # Rows that a script added do not come back by going back: the page itself sends them again.
    page.goto(f"{here}/key-tasks/")
    rows = page.locator("[data-row]").count()
    page.click("[data-add-row]")
    Session.objects.all().delete()
    page.fill(f"[name=row-{rows}-name]", "新增的重点任务")
    with page.expect_navigation():
        page.click(SAVE)
    sign_in_elsewhere(page, preparer)
    with page.expect_navigation():
        page.click("main form button")
    expect(page.locator(f"[name=row-{rows}-name]")).to_have_value("新增的重点任务")
    assert read_filled(zengcheng_report).figures.key_tasks[-1].name == "新增的重点任务"
