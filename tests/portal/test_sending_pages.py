"""Promise: a unit sends its reports and figures on the pages, without JavaScript."""

import httpx
from playwright.sync_api import Browser

from infra.local.stack import Stack
from tests.portal.browsing import CAMPAIGN, signed_in


def test_a_contest_is_reported_from_what_is_owed_and_the_deed_is_shown(
    stack: Stack, browser: Browser
) -> None:
    page = signed_in(browser, stack, "unit", "Q007", java_script_enabled=False)
    page.goto(f"{stack.portal_url}{CAMPAIGN}/noi-dung/D6")
    page.click("text=Báo cáo tổng kết Cuộc thi")
    page.fill("[name='entries']", "12")
    page.fill("[name='prizes']", "120")
    page.click("button:has-text('Gửi báo cáo')")
    assert "Số giải (120) nhiều hơn số bài (12)" in page.inner_text("#f-prizes-error")
    page.fill("[name='entries']", "120")
    page.fill("[name='prizes']", "12")
    page.click("button:has-text('Gửi báo cáo')")
    assert page.url.endswith("/noi-dung/D6")
    assert "Đã ghi nhận hoàn thành đúng hạn." in page.inner_text("main")
    page.context.close()


def test_a_figure_is_reported_and_corrected_and_what_it_was_is_shown(
    stack: Stack, browser: Browser
) -> None:
    page = signed_in(browser, stack, "unit", "Q007", java_script_enabled=False)
    page.goto(f"{stack.portal_url}{CAMPAIGN}/so-lieu")
    page.click("#documents-over-the-bus >> text=năm 2020")
    page.fill("[name='value']", "12,5")
    page.click("button:has-text('Gửi số liệu')")
    assert page.locator("#f-evidence-error").count() == 1
    page.fill("[name='evidence']", "Báo cáo số 12/BC-UBND")
    page.click("button:has-text('Gửi số liệu')")
    assert page.locator("#f-value-error").count() == 1
    for value in ("812", "830"):
        page.fill("[name='value']", value)
        page.fill("[name='evidence']", "Báo cáo số 12/BC-UBND")
        page.click("button:has-text('Gửi số liệu')")
        assert value in page.inner_text("#documents-over-the-bus")
        page.click("#documents-over-the-bus >> text=năm 2020")
    shown = page.inner_text("main")
    assert "Đã báo cáo 830" in shown
    assert "Trước đó: 812" in shown
    page.context.close()


def test_a_declared_report_is_refused_at_its_fields_sent_returned_and_sent_again(
    stack: Stack, browser: Browser
) -> None:
    page = signed_in(browser, stack, "unit", "Q007", java_script_enabled=False)
    page.goto(f"{stack.portal_url}{CAMPAIGN}/noi-dung/E1")
    page.click("main .govuk-button")
    page.fill("[name='answers.households']", "9001")
    page.fill("[name='answers.met_on']", "31/02/2020")
    page.fill("[name='answers.decision.number']", "15/QĐ")
    page.click("button:has-text('Gửi báo cáo')")
    for field in ("summary", "households", "met-on", "decision-date", "way", "joined", "contact"):
        assert page.locator(f"#f-answers-{field}-error").count() == 1, field
    for link in page.locator(".govuk-error-summary a").all():
        assert page.locator(str(link.get_attribute("href"))).count() == 1
    page.fill("[name='answers.summary']", "Sôi nổi <b>\nđều khắp")
    page.fill("[name='answers.households']", "120")
    page.fill("[name='answers.budget']", "1.234,5")
    page.fill("[name='answers.met_on']", "05/01/2020")
    page.fill("[name='answers.decision.date']", "04/01/2020")
    page.check("[name='answers.way'][value='team']")
    page.check("[name='answers.joined'][value='true']")
    page.fill("[name='answers.contact']", "Người liên hệ mô phỏng")
    page.click("button:has-text('Gửi báo cáo')")
    shown = page.inner_text("main")
    for text in ("Sôi nổi <b>", "1.234,5", "05/01/2020", "số 15/QĐ ngày 04/01/2020", "Tổ", "Có"):
        assert text in shown, text
    assert "Người liên hệ mô phỏng" in shown
    receipt = page.url
    report = receipt.rpartition("/")[2]
    answer = httpx.post(
        f"{stack.url('submissions')}/v1/campaigns/hanoi-2020/reports"
        f"/quarterly-summary/{report}/return",
        headers={
            "Authorization": f"Bearer {stack.token('board')}",
            "Idempotency-Key": "the-report-is-returned",
        },
        json={"document": "Công văn số 05 (mô phỏng)", "reason": "Thiếu số hộ của hai phường"},
        trust_env=False,
    )
    assert answer.status_code == 201, answer.text
    page.goto(receipt)
    page.click("text=Gửi lại báo cáo")
    assert "Thiếu số hộ của hai phường" in page.inner_text("main")
    assert page.input_value("[name='answers.budget']") == "1234,5"
    assert page.input_value("[name='answers.decision.date']") == "04/01/2020"
    page.fill("[name='answers.households']", "150")
    page.click("button:has-text('Gửi lại báo cáo')")
    assert page.url == receipt
    assert "Lần gửi thứ 2" in page.inner_text("main")
    page.context.close()
