"""The page as it will print, beside the form while somebody writes."""

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SPENT = '[name="total--executed_amount"]'
PICTURE, PROBLEM = "[data-preview-picture]", "[data-preview-problem]"
NUMBER, TOGGLE = "[data-preview-number]", "[data-preview-toggle]"


@pytest.fixture
def here(live_server, zengcheng_report) -> str:
    return f"{live_server.url}/reports/{zengcheng_report.pk}"


def new_picture(page: Page, old: str | None) -> str:
    """Wait for a picture other than ``old`` and return it."""
    page.wait_for_function(
        "old => ![null, '', old].includes(document.querySelector('[data-preview-picture]').getAttribute('src'))",
        arg=old,
    )
    return page.locator(PICTURE).get_attribute("src") or ""


def test_picture_follows_what_is_typed(sit_down, here, preparer, zengcheng_report):
    page = sit_down(preparer, has_preview=True)
    page.goto(f"{here}/figures/")
    saved = new_picture(page, None)
    expect(page.locator(NUMBER)).to_have_text("第 3 页，共 10 页")
    assert page.locator("#page-preview").bounding_box()["x"] > 640

    # Typed, not left: the picture shows it.
    page.locator(SPENT).press_sequentially("9")
    typed = new_picture(page, saved)

    # What can't be read leaves the picture alone and says so, until it can be.
    page.locator(SPENT).fill("-")
    expect(page.locator(PROBLEM)).to_contain_text("暂时无法识别")
    assert page.locator(PICTURE).get_attribute("src") == typed
    page.locator(SPENT).fill("600.5")
    new_picture(page, typed)
    expect(page.locator(PROBLEM)).to_be_empty()

    # Leafing, and back by going on to write.
    page.click("[data-preview-step='1']")
    expect(page.locator(NUMBER)).to_have_text("第 4 页，共 10 页")
    page.locator('[name="basic--executed_amount"]').focus()
    expect(page.locator(NUMBER)).to_have_text("第 3 页，共 10 页")

    # An indicator is shown where its row is printed.
    page.goto(f"{here}/indicators/procurement/#leaf-procurement_intention")
    expect(page.locator(NUMBER)).to_have_text("第 10 页，共 10 页")

    page.click(TOGGLE)
    expect(page.locator("#preview-body")).to_be_hidden()
    page.reload()
    expect(page.locator("#preview-body")).to_be_hidden()
    expect(page.locator(TOGGLE)).to_have_text("显示预览")
    assert page.locator(PICTURE).get_attribute("src") is None


def test_one_picture_at_a_time_and_the_last_one_stays(sit_down, here, preparer):
    page = sit_down(preparer, has_preview=True)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/preview.png*", hold)
    page.clock.install()
    with page.expect_request("**/preview.png*"):
        page.goto(f"{here}/figures/")
    # The page's own clock is put forward: how long that takes here does not matter.
    for amount in ("610", "620", "630"):
        page.fill(SPENT, amount)
        page.clock.run_for(10_000)
    assert len(held) == 1
    expect(page.locator("[data-preview-busy]")).to_be_visible()

    page.route("**/preview.png*", lambda route: (held.append(route), route.continue_()))
    held[0].continue_()
    first = new_picture(page, None)
    new_picture(page, first)
    assert len(held) == 2
    assert "630" in (held[1].request.post_data or "")

    # Without an answer nothing is held up: it is said beside the old picture, until one comes.
    old = page.locator(PICTURE).get_attribute("src")
    page.route("**/preview.png*", lambda route: route.fulfill(status=401))
    page.fill(SPENT, "640")
    expect(page.locator(PROBLEM)).to_contain_text("登录已过期")
    assert page.locator(PICTURE).get_attribute("src") == old
    page.unroute_all()
    page.fill(SPENT, "650")
    new_picture(page, old)
    expect(page.locator(PROBLEM)).to_be_empty()


def test_narrow_windows_have_it_behind_a_button(sit_down, here, preparer):
    page = sit_down(preparer, width=390, has_preview=True)
    page.goto(f"{here}/texts/problems/")
    expect(page.locator("#preview-body")).to_be_hidden()
    page.click(".preview-link")
    new_picture(page, None)
    expect(page.locator(NUMBER)).to_have_text("第 7 页，共 10 页")
    page.click("[data-preview-zoom='large']")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
