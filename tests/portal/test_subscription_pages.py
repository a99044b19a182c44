"""Promise: a unit subscribes by itself on the pages, is told, and sees what was sent."""

from uuid import uuid4

import httpx
from playwright.sync_api import Browser, Page

from infra.local.stack import Stack
from services.notifications.deliveries.schemas import AttemptOut, DeliveryOut
from services.notifications.subscriptions.subscription_request import SUBSCRIBABLE
from services.portal.subscription_words import ATTEMPT_OUTCOMES, DELIVERY_STATES, NEWS_TITLES
from tests.portal.browsing import CAMPAIGN, check_shown, signed_in
from tests.submissions.replica import essay

PLACE = f"{CAMPAIGN}/thong-bao"


def subscribe(page: Page) -> None:
    page.click("main button:has-text('Thêm đăng ký')")


def test_the_form_has_every_event_that_can_be_asked_for() -> None:
    assert NEWS_TITLES.keys() == SUBSCRIBABLE


def test_every_state_and_outcome_has_its_words() -> None:
    states = DeliveryOut.model_json_schema()["properties"]["state"]["enum"]
    assert DELIVERY_STATES.keys() == set(states)
    outcome = AttemptOut.model_json_schema()["properties"]["outcome"]["anyOf"]
    assert ATTEMPT_OUTCOMES.keys() == {*outcome[0]["enum"], None}


def test_a_unit_subscribes_is_told_and_unsubscribes_without_javascript(
    stack: Stack, browser: Browser
) -> None:
    page = signed_in(browser, stack, "unit", "Q009", java_script_enabled=False)
    page.goto(f"{stack.portal_url}{PLACE}/moi")
    for event in ("deadline-approaching", "deadline-missed"):
        page.uncheck(f"#news-{event}")
    page.fill("[name=note]", "Hộp thư <b>chung</b>")
    subscribe(page)
    assert page.locator("#f-event-types .govuk-error-message").count() == 1
    page.check("#news-essay-submitted")
    page.fill("[name=address]", "no-address")
    subscribe(page)
    assert "ten@donvi.gov.vn" in page.inner_text("#f-address-error")
    assert page.input_value("[name=note]") == "Hộp thư <b>chung</b>"
    page.fill("[name=address]", "officer@example.org")
    subscribe(page)
    assert "Đã đăng ký. Thông báo được gửi từ thời điểm này." in page.inner_text("main")
    assert "Hộp thư <b>chung</b>" in page.inner_text("main")
    one = page.url.partition("?")[0]
    sent = httpx.post(
        f"{stack.url('submissions')}/v1/campaigns/hanoi-2020/essays",
        json=essay("Q009"),
        headers={
            "Authorization": f"Bearer {stack.token('unit', 'Q009')}",
            "Idempotency-Key": str(uuid4()),
        },
    )
    assert sent.status_code == httpx.codes.CREATED, sent.text
    for _ in range(300):
        page.goto(one)
        if "nơi nhận đã tiếp nhận" in page.inner_text("main"):
            break
        page.wait_for_timeout(100)
    assert "Bài dự thi đã tiếp nhận" in page.inner_text("main table")
    assert "nơi nhận đã tiếp nhận" in page.inner_text("main table")
    page.click("text=Xóa đăng ký")
    page.click("main button:has-text('Xóa đăng ký')")
    assert page.url == stack.portal_url + PLACE
    assert "Hộp thư" not in page.inner_text("main")
    page.context.close()


def test_a_webhooks_secret_is_shown_once(stack: Stack, browser: Browser) -> None:
    page = signed_in(browser, stack, "unit", "Q009")
    page.goto(f"{stack.portal_url}{PLACE}/moi")
    page.check("[name=channel][value=webhook]")
    page.fill("[name=url]", "https://receiver.example.org/thidua")
    subscribe(page)
    assert page.input_value("#secret").startswith("whsec_")
    check_shown(page)
    page.reload()  # sends the form again
    assert page.locator("#secret").count() == 0
    assert "không hiển thị lại" in page.inner_text("main")
    page.click("text=Xem đăng ký")
    assert "whsec_" not in page.content()
    check_shown(page)
    page.context.close()


def test_another_units_subscription_is_not_found(stack: Stack, browser: Browser) -> None:
    page = signed_in(browser, stack, "unit", "Q009")
    page.goto(f"{stack.portal_url}{PLACE}/moi")
    page.fill("[name=address]", "other@example.org")
    subscribe(page)
    one = page.url.partition("?")[0]
    page.context.close()
    stranger = signed_in(browser, stack, "unit", "Q001")
    for path in (one, f"{one}/xoa"):
        answer = stranger.goto(path)
        assert answer is not None
        assert answer.status == httpx.codes.NOT_FOUND
    stranger.context.close()
