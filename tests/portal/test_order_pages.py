"""Promise: the Board sees whom an order touches before it is done, and does it once."""

from playwright.sync_api import Browser

from infra.local.stack import Stack
from services.portal.forms import day_typed
from tests.portal.browsing import CAMPAIGN, check_shown, signed_in


def test_a_day_moves_after_a_preview_and_is_taken_back(stack: Stack, browser: Browser) -> None:
    page = signed_in(browser, stack, "board", java_script_enabled=False)
    page.goto(f"{stack.portal_url}{CAMPAIGN}/dieu-chinh-thoi-han")
    page.select_option("[name='option']", "D7")
    page.fill("[name='date']", "31/08/2020")
    page.fill("[name='scope.units']", "Q009\nquan dong da\nkhông có")
    page.fill("[name='document']", "Công văn số 01 (mô phỏng)")
    page.click("button:has-text('Xem trước')")
    assert "Văn bản chưa được ghi nhận" in page.inner_text(".govuk-error-summary")
    assert page.locator("#f-reason-error").count() == 1
    page.fill("[name='reason']", "Gia hạn <b>theo</b> đề nghị")
    page.click("button:has-text('Xem trước')")
    assert "“không có”: " in page.inner_text("#f-scope-units-error")
    page.fill("[name='scope.units']", "Q009\nquan dong da")
    page.click("button:has-text('Xem trước')")
    assert "cho 2 đơn vị?" in page.inner_text("main")
    assert "Gia hạn <b>theo</b> đề nghị" in page.inner_text("main")
    page.click("button:has-text('Sửa lại')")
    assert page.input_value("[name='date']") == "31/08/2020"
    page.click("button:has-text('Xem trước')")
    form = page.locator("main form input[type=hidden]")
    typed = dict(form.evaluate_all("all => all.map(one => [one.name, one.value])"))
    address = page.url
    page.click("button:has-text('Xác nhận')")
    assert "Đã ghi nhận văn bản thứ" in page.inner_text("main")
    orders = page.locator("main section").count()
    page.context.request.post(  # a second click does nothing more
        address, form={**typed, "step": "confirm"}, headers={"Origin": stack.portal_url}
    )
    page.reload()
    assert page.locator("main section").count() == orders
    page.click("main section:first-of-type >> text=Thu hồi văn bản thứ")
    page.fill("[name='document']", "Công văn số 02 (mô phỏng)")
    page.fill("[name='reason']", "Giữ thời hạn cũ")
    page.click("button:has-text('Xem trước')")
    assert "đối với 2 đơn vị?" in page.inner_text("main")
    page.click("button:has-text('Xác nhận')")
    assert "Bị thu hồi bởi văn bản thứ" in page.inner_text("main")
    page.context.close()


def test_a_waiver_of_a_unit_is_shown_before_it_is_entered(stack: Stack, browser: Browser) -> None:
    page = signed_in(browser, stack, "board")
    page.goto(f"{stack.portal_url}/en{CAMPAIGN}/mien-thuc-hien?don_vi=Q001&noi_dung=D2")
    page.fill("[name='document']", "Công văn số 03 (mô phỏng)")
    page.fill("[name='reason']", "Đơn vị sáp nhập")
    page.click("button:has-text('Preview')")
    assert "Not fulfilled, now: Waived" in page.inner_text("main table")
    check_shown(page)
    page.click("button:has-text('Confirm')")
    check_shown(page)
    page.goto(f"{stack.portal_url}{CAMPAIGN}/don-vi/Q001")
    assert "Được miễn" in page.inner_text("main table")
    page.context.close()


def test_who_is_not_of_the_board_enters_no_order(stack: Stack, browser: Browser) -> None:
    page = signed_in(browser, stack, "unit", "Q009")
    for path in ("van-ban", "dieu-chinh-thoi-han", "mien-thuc-hien", "don-vi", "don-vi/Q001"):
        answer = page.goto(f"{stack.portal_url}{CAMPAIGN}/{path}")
        assert answer is not None
        assert (path, answer.status) == (path, 403)
    page.context.close()


def test_a_day_is_read_as_people_write_it() -> None:
    assert day_typed("14/07/2020") == day_typed(" 14.7.2020 ") == "2020-07-14"
    assert day_typed("2020-07-14") == "2020-07-14"
    assert day_typed("mai") == "mai"
