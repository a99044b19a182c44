"""Promise: the Board publishes after it was asked, and what was published is shown and printed."""

from playwright.sync_api import Browser

from infra.local.stack import Stack
from tests.portal.browsing import CAMPAIGN, check_shown, open_page, signed_in

_MOST_TRIES = 60


def test_standings_are_published_once_and_read_by_units(stack: Stack, browser: Browser) -> None:
    page = signed_in(browser, stack, "board")
    page.goto(f"{stack.portal_url}{CAMPAIGN}/cong-bo")
    assert "Chưa công bố kết quả lần nào." in page.inner_text("main")
    page.click("text=Công bố kết quả >> nth=0")
    check_shown(page)
    for _ in range(_MOST_TRIES):  # facts on their way are waited for
        page.click("button:has-text('Chốt số liệu và công bố')")
        if page.url.endswith("/cong-bo/1"):
            break
        assert "Có dữ liệu mới" in page.inner_text("main")
    assert "Kết quả xếp hạng (công bố lần 1," in page.inner_text("h1")
    for language in ("", "/en"):
        for path in ("cong-bo", "cong-bo/1", "cong-bo/1?cum=urban-districts", "cong-bo/moi"):
            open_page(page, f"{stack.portal_url}{language}{CAMPAIGN}/{path}")
    page.goto(f"{stack.portal_url}{CAMPAIGN}/cong-bo/1?cum=urban-districts")
    shown = page.inner_text("main")
    for text in ("Cụm thi đua các quận – 12 đơn vị", "Kết quả đã chốt lúc", "(1, 2, 2, 4)"):
        assert text in shown
    assert "Bảng điểm minh họa" in page.inner_text("header >> nth=0")
    page.emulate_media(media="print")
    printed = page.inner_text("body")
    assert "Bản in từ hệ thống, không thay thế văn bản được ký ban hành." in printed
    assert "Đăng xuất" not in printed
    assert "CỘNG HÒA" not in printed.upper()
    page.emulate_media(media="screen")
    page.goto(f"{stack.portal_url}{CAMPAIGN}/cong-bo/moi")
    page.click("button:has-text('Chốt số liệu và công bố')")
    assert "Kết quả chưa được công bố" in page.inner_text(".govuk-error-summary")
    page.context.close()
    unit = signed_in(browser, stack, "unit", "Q009")
    unit.goto(f"{stack.portal_url}{CAMPAIGN}/cong-bo/1")
    assert "Quận Thanh Xuân" in unit.inner_text("main tr.mine")
    answer = unit.goto(f"{stack.portal_url}{CAMPAIGN}/cong-bo/moi")
    assert answer is not None
    assert answer.status == 403
    unit.context.close()
