"""Promise: a unit has its calendar on the pages, and in its calendar program by a secret link."""

import httpx
from icalendar import Calendar
from playwright.sync_api import Browser

from infra.local.stack import Stack
from tests.portal.browsing import CAMPAIGN, check_shown, signed_in

PLACE = f"{CAMPAIGN}/lich"


def test_a_link_is_shown_once_is_read_without_login_and_is_revoked(
    stack: Stack, browser: Browser
) -> None:
    page = signed_in(browser, stack, "unit", "Q009")
    page.goto(stack.portal_url + PLACE)
    page.fill("[name=note]", "Điện thoại <b>của văn thư</b>")
    page.click("main button:has-text('Tạo đường dẫn')")
    address = page.input_value("#address")
    check_shown(page)
    answer = httpx.get(address)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert len(Calendar.from_ical(answer.text).events) > 0
    page.reload()  # sends the form again
    assert "không hiển thị lại" in page.inner_text("main")
    page.click("text=Trở lại lịch")
    assert address.rpartition("/")[2] not in page.content()
    assert "Điện thoại <b>của văn thư</b>" in page.inner_text("main")
    page.click("text=Thu hồi >> nth=-1")
    check_shown(page)
    page.click("main button:has-text('Thu hồi đường dẫn')")
    assert httpx.get(address).status_code == httpx.codes.NOT_FOUND
    log = (stack.directory / "logs" / "portal.log").read_text()
    assert address.rpartition("/")[2].removesuffix(".ics") not in log
    page.context.close()


def test_a_unit_sees_no_other_units_calendar(stack: Stack, browser: Browser) -> None:
    page = signed_in(browser, stack, "unit", "Q009")
    answer = page.goto(f"{stack.portal_url}{PLACE}?don_vi=Q001")
    assert answer is not None
    assert answer.status == httpx.codes.FORBIDDEN
    page.context.close()
