"""A real Chromium and people who sit before it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from perfeval.accounts.models import User

# Playwright keeps an event loop running in the thread in which the tests use the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

#: Debian's Chromium, started so that it works as root and looks for nothing on the network.
CHROMIUM = os.environ.get("PERFEVAL_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).is_file():
        pytest.fail(f"no browser at {CHROMIUM}; run script/test, or set PERFEVAL_CHROMIUM")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield running
        running.close()


@pytest.fixture
def sit_down(browser, live_server, world) -> Iterator[Callable[..., Page]]:
    """Return a function that signs somebody in, in a browser of their own, and gives the page.

    Whatever the page's scripts complain of fails the test.
    """
    contexts = []
    complaints: list[str] = []

    def sign_in(user: User, *, width: int = 1280, locale: str = "zh-CN") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale=locale)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{live_server.url}/sign-in/")
        page.fill("[name=username]", user.username)
        page.fill("[name=password]", "perfeval-demo")
        page.click("main button[type=submit]")
        page.wait_for_url(f"{live_server.url}/")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert complaints == []
