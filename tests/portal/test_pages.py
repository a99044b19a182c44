"""Promise: an officer does the year's work on the pages, on the real stack, in both languages.

The browser is Debian's chromium; once without JavaScript. What axe finds is a fault.
"""

import os
import signal

import pytest
from playwright.sync_api import Browser

from infra.local.stack import Stack
from tests.portal.browsing import CAMPAIGN, open_page, signed_in

OF_UNIT = (
    CAMPAIGN,
    f"{CAMPAIGN}/noi-dung",
    f"{CAMPAIGN}/bai-du-thi",
    f"{CAMPAIGN}/bai-du-thi/moi",
    f"{CAMPAIGN}/noi-dung/D2",
    f"{CAMPAIGN}/bao-cao",
    f"{CAMPAIGN}/bao-cao/hoi-nghi",
    f"{CAMPAIGN}/bao-cao/tong-ket-cuoc-thi",
    f"{CAMPAIGN}/bao-cao/trao-giai",
    f"{CAMPAIGN}/bao-cao/loai/quarterly-summary/gui?ky=2020-Q2",
    f"{CAMPAIGN}/so-lieu",
    f"{CAMPAIGN}/so-lieu/emulation-fund/2020",
    f"{CAMPAIGN}/xep-hang",
    f"{CAMPAIGN}/don-vi/Q009/diem",
    f"{CAMPAIGN}/don-vi/Q009/diem/lich-su",
    f"{CAMPAIGN}/lich",
    f"{CAMPAIGN}/thong-bao",
    f"{CAMPAIGN}/thong-bao/moi",
)
OF_BOARD = (
    CAMPAIGN,
    f"{CAMPAIGN}/don-vi",
    f"{CAMPAIGN}/don-vi?tim=thanh+xuan",
    f"{CAMPAIGN}/don-vi/Q009",
    f"{CAMPAIGN}/don-vi/HN",
    f"{CAMPAIGN}/cham-bai",
    f"{CAMPAIGN}/cham-bai?don_vi=Q009",
    f"{CAMPAIGN}/van-ban",
    f"{CAMPAIGN}/cong-bo",
    f"{CAMPAIGN}/dieu-chinh-thoi-han?don_vi=Q009",
    f"{CAMPAIGN}/mien-thuc-hien",
    f"{CAMPAIGN}/xep-hang",
    f"{CAMPAIGN}/don-vi/Q009/diem",
)


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize(("role", "unit"), [("unit", "Q009"), ("board", "")])
def test_every_page_is_as_pages_are_to_be(
    stack: Stack, browser: Browser, role: str, unit: str, language: str
) -> None:
    page = signed_in(browser, stack, role, unit)
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    for path in OF_UNIT if role == "unit" else OF_BOARD:
        open_page(page, stack.portal_url + language + path)
    assert messages == []
    page.context.close()


def test_an_essay_is_refused_mended_sent_and_withdrawn_without_javascript(
    stack: Stack, browser: Browser
) -> None:
    page = signed_in(browser, stack, "unit", "Q009", java_script_enabled=False)
    page.goto(f"{stack.portal_url}{CAMPAIGN}/bai-du-thi/moi")
    page.fill("[name='title']", "Người giữ lửa ở tổ dân phố")
    page.check("[name='form'][value='written']")
    page.check("[name='exemplar.kind'][value='collective']")
    page.fill("[name='words']", "2340")
    page.click("button:has-text('Gửi bài')")
    assert "Bài dự thi chưa được ghi nhận" in page.inner_text(".govuk-error-summary")
    assert "2.000 từ" in page.inner_text("#f-words-error")
    assert page.input_value("[name='title']") == "Người giữ lửa ở tổ dân phố"
    page.fill("[name='words']", "1480")
    page.fill("[name='exemplar.name']", "Tổ dân phố số 5")
    page.fill("[name='exemplar.address']", "phường Khương Mai, quận Thanh Xuân")
    page.fill("[name='author.full_name']", "Người viết mô phỏng 1")
    page.fill("[name='author.workplace']", "Trường THCS mô phỏng")
    page.fill("[name='author.phone']", "024 0000 0000")
    page.click("button:has-text('Gửi bài')")
    assert "Đã tiếp nhận bài dự thi lúc" in page.inner_text("main")
    receipt = page.url
    page.click("text=Rút bài")
    page.click("button:has-text('Rút bài')")
    assert "Bài dự thi chưa được rút" in page.inner_text(".govuk-error-summary")
    page.fill("[name='reason']", "Trùng với bài đã gửi")
    page.click("button:has-text('Rút bài')")
    assert page.url == receipt
    assert "Đã rút" in page.inner_text("main")
    page.context.close()


def test_an_essay_becomes_points(stack: Stack, browser: Browser) -> None:
    page = signed_in(browser, stack, "unit", "Q001")
    page.goto(f"{stack.portal_url}{CAMPAIGN}/bai-du-thi/moi")
    for name, text in {
        "title": "Lớp học <b>bên</b> hồ \u202e Rùa 😀",
        "words": "900",
        "exemplar.name": "Bà Trần Thị Mẫu",
        "exemplar.address": "phường Phúc Xá, quận Ba Đình",
        "author.full_name": "Người viết mô phỏng 2",
        "author.workplace": "Trường THCS mô phỏng",
        "author.phone": "024 0000 0000",
    }.items():
        page.fill(f"[name='{name}']", text)
    page.check("[name='form'][value='written']")
    page.check("[name='exemplar.kind'][value='person']")
    page.click("button:has-text('Gửi bài')")
    if page.locator(".govuk-error-summary").count():  # the direction mark is refused, at its field
        assert "U+202E" in page.inner_text("#f-title-error")
        page.fill("[name='title']", "Lớp học <b>bên</b> hồ Rùa 😀")
        page.click("button:has-text('Gửi bài')")
    assert "Lớp học <b>bên</b> hồ Rùa 😀" in page.inner_text("main")
    points = f"{stack.portal_url}{CAMPAIGN}/don-vi/Q001/diem"
    for _ in range(600):
        page.goto(points)
        total = page.inner_text(".td-sum span")
        if not total.startswith("0,00"):
            break
        page.wait_for_timeout(100)
    assert not total.startswith("0,00")
    assert "Bài dự thi đã tiếp nhận" in page.content()
    page.context.close()


@pytest.mark.parametrize(
    "path",
    [
        f"{CAMPAIGN}/noi-dung?don_vi=Q001",
        f"{CAMPAIGN}/noi-dung/D2?don_vi=Q001",
        f"{CAMPAIGN}/bai-du-thi?don_vi=Q001",
        f"{CAMPAIGN}/bao-cao?don_vi=Q001",
        f"{CAMPAIGN}/so-lieu?don_vi=Q001",
    ],
)
def test_a_unit_sees_no_other_units_work(stack: Stack, browser: Browser, path: str) -> None:
    page = signed_in(browser, stack, "unit", "Q009")
    answer = page.goto(stack.portal_url + path)
    assert answer is not None
    assert answer.status == 403
    assert "Tài khoản không có quyền xem trang này" in page.inner_text("h1")
    page.context.close()


def test_where_a_service_is_away_the_rest_of_the_page_works(stack: Stack, browser: Browser) -> None:
    page = signed_in(browser, stack, "unit", "Q009")
    (scoring,) = stack.services["scoring"]
    os.killpg(
        scoring.process.pid, signal.SIGSTOP
    )  # it answers nothing, and other tests go on with it
    try:
        page.goto(f"{stack.portal_url}{CAMPAIGN}")
    finally:
        os.killpg(scoring.process.pid, signal.SIGCONT)
    assert "Phần này tạm thời không hiển thị được" in page.inner_text("main")
    assert "Báo cáo đánh giá, tổng kết Cuộc thi" in page.inner_text("main")
    page.context.close()
