"""A real Chromium and people who sit before it."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from perfeval.accounts.models import User

# Playwright keeps an event loop running in the thread in which the tests use the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

#: Debian's Chromium, started so that it works as root and looks for nothing on the network.
#: A page that needs longer than this will never come; how fast a machine is may not matter.
PATIENCE_MS = 120_000
expect.set_options(timeout=PATIENCE_MS)
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
        # While Playwright's event loop runs, this thread has a connection of its own kind, which
        # nobody finds any more once the loop is gone.
        connections.close_all()


#: What Chromium and htmx write to the console about answers that the pages themselves explain.
EXPECTED = re.compile(
    r"Failed to load resource: the server responded with a status of (401|404|409|422|503)"
    r"|Response Status Error Code 401"
    # A server that is away: the page says so and tries again.
    r"|Failed to load resource: net::ERR_CONNECTION_REFUSED|htmx:(afterRequest|sendError)"
)

#: As if the person had hidden the preview beside the forms before.
HIDE_PREVIEW = "try { localStorage.setItem('perfeval-preview-wide', 'hidden') } catch {}"

MISSING = re.compile(r"Failed to load resource: the server responded with a status of 404")


@pytest.fixture
def sit_down(browser, live_server, world) -> Iterator[Callable[..., Page]]:
    """Return a function that signs somebody in, in a browser of their own, and gives the page.

    Whatever the page's scripts or the browser complain of fails the test: errors, warnings, breaches
    of the content security policy, files that are not there.
    """
    contexts = []
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # htmx itself lies below /static/, and a report may have the number 404.
        is_missing_file = "/static/" in message.location.get("url", "") and bool(
            MISSING.match(message.text)
        )
        is_expected = bool(EXPECTED.match(message.text)) and not is_missing_file
        if message.type in ("error", "warning") and not is_expected:
            complaints.append(f"{message.page and message.page.url}: {message.text}")

    def sign_in(
        user: User,
        *,
        width: int = 1280,
        locale: str = "zh-CN",
        scripts: bool = True,
        has_preview: bool = False,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale=locale, java_script_enabled=scripts
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        if not has_preview:  # laying out a page of each form would cost every test time
            context.add_init_script(HIDE_PREVIEW)
        context.on("console", listen)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        page = context.new_page()
        page.goto(f"{live_server.url}/sign-in/")
        fill_sign_in(page, user)
        page.wait_for_url(f"{live_server.url}/")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert complaints == []


def fill_sign_in(page: Page, user: User) -> None:
    """Fill in the sign-in page and press its button."""
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", "perfeval-demo")
    page.click("main button[type=submit]")
