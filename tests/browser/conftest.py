"""A real Chromium for the tests of the sandbox's page."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from tests.browser.driver import SandboxPage

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# What follows from a press goes through streams and queues before it is seen.
PATIENCE_MS = 60_000
DESK = ViewportSize(width=1280, height=800)

OpenPage = Callable[..., SandboxPage]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert CHROMIUM.exists(), "Chromium is missing: run `make browser`."
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, stack: Any) -> Iterator[OpenPage]:
    """Opens the sandbox's page in a window of its own; an uncaught error on it fails the test."""
    opened: list[SandboxPage] = []

    def opens(size: ViewportSize = DESK) -> SandboxPage:
        context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
        context.set_default_timeout(PATIENCE_MS)
        page = SandboxPage(context.new_page(), stack.base)
        opened.append(page)
        page.open()
        return page

    yield opens
    for page in opened:
        page.close()
        assert page.errors == []


@pytest.fixture
def mark() -> str:
    """Makes the words of this test its own: other tests write on the same stage."""
    return secrets.token_hex(3)
