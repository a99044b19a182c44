"""Promise: the jury's marks of a unit are entered one after another, and a fault loses nothing."""

from uuid import uuid4

import httpx
from playwright.sync_api import Browser

from infra.local.stack import Stack
from services.portal.forms import figure_typed
from tests.portal.browsing import CAMPAIGN, check_shown, signed_in


def send_essay(stack: Stack, unit: str, title: str) -> None:
    """An essay of a unit, over the API."""
    answer = httpx.post(
        f"{stack.url('submissions')}/v1/campaigns/hanoi-2020/essays",
        headers={
            "Authorization": f"Bearer {stack.token('unit', unit)}",
            "Idempotency-Key": str(uuid4()),
        },
        json={
            "unit": unit,
            "title": title,
            "form": "written",
            "words": 900,
            "simulated": True,
            "exemplar": {"kind": "person", "name": "Bà Trần Thị Mẫu", "address": "phường Bưởi"},
            "author": {
                "full_name": "Người viết mô phỏng 1",
                "workplace": "Trường THCS mô phỏng",
                "phone": "024 0000 0000",
            },
        },
        timeout=60,
        trust_env=False,
    )
    assert answer.status_code == 201, answer.text


def test_essays_are_marked_one_after_another(stack: Stack, browser: Browser) -> None:
    for title in ("Bếp ăn không đồng", "Lớp học tối"):
        send_essay(stack, "Q003", title)
    page = signed_in(browser, stack, "board")
    page.goto(f"{stack.portal_url}{CAMPAIGN}/cham-bai?don_vi=Q003")
    assert "Đã chấm 0/2 bài. Còn 2 bài." in page.inner_text("main")
    assert "Dữ liệu mô phỏng" in page.inner_text("header >> nth=0")
    page.click("main table tbody a >> nth=0")
    page.fill("[name='mark']", "186,5")
    page.check("[name='prize'][value='Giải Nhì']")
    page.click("button:has-text('Lưu và sang bài tiếp theo')")
    assert "Điểm chưa được lưu" in page.inner_text(".govuk-error-summary")
    assert "186,5" in page.inner_text("#f-mark-error")
    assert page.is_checked("[name='prize'][value='Giải Nhì']")
    check_shown(page)
    page.fill("[name='mark']", "86,5")
    page.click("button:has-text('Lưu và sang bài tiếp theo')")
    assert "Đã chấm 1/2 bài. Còn 1 bài." in page.inner_text("main")
    page.fill("[name='mark']", "70")
    page.click("button:has-text('Lưu và sang bài tiếp theo')")
    assert "Không còn bài nào chưa chấm." in page.inner_text("main")
    page.click("text=Xem tất cả bài")
    assert "86,5" in page.inner_text("main table")
    assert "Giải Nhì" in page.inner_text("main table")
    page.context.close()


def test_a_figure_is_read_as_people_write_it() -> None:
    assert figure_typed("86,5") == figure_typed(" 86.5 ") == "86.5"
    assert figure_typed("1.234,5") == "1234.5"
    assert figure_typed("cao") == "cao"
