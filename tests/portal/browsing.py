"""Somebody in chromium: logs in, and holds what is open to what pages are to be."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from infra.local.stack import Stack
from tests.portal.laws import broken_laws

CAMPAIGN = "/dot/hanoi-2020"
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def signed_in(browser: Browser, stack: Stack, role: str, unit: str = "", **more: bool) -> Page:
    """A page of somebody who has logged in."""
    page = browser.new_context(**more).new_page()  # type: ignore[arg-type]
    page.goto(f"{stack.portal_url}/dang-nhap")
    page.select_option("#role", role)
    page.fill("#unit", unit)
    page.click("button")
    page.wait_for_url(f"{stack.portal_url}/**")
    return page


def open_page(page: Page, address: str) -> None:
    """A page that is there, and is as pages are to be."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, f"{address}: {answer.status}"
    broken = broken_laws(answer.text())
    assert not broken, f"{address}: {broken}"
    check_shown(page)


def check_shown(page: Page) -> None:
    """What axe finds on the page that is open, and whether it fits 320 px."""
    page.wait_for_load_state("load")  # after a click it may be there without its style
    page.evaluate("document.fonts.ready.then(() => true)")
    violations = Axe().run(page, options=AXE).response["violations"]
    found = [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in violations]
    assert not found, f"{page.url}: {found}"
    page.set_viewport_size({"width": 320, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide == 320, f"{page.url} is {wide} px wide"
    page.set_viewport_size({"width": 1280, "height": 900})
