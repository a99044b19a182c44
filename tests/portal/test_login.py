"""Promise: who logs in is who the provider says, in the browser in which it was begun.

Mix-ups, forms from elsewhere, foreign addresses and changed cookies are tried.
"""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from services.portal.login.flow import CALLBACK, local_path
from tests.portal.conftest import Serve
from tests.portal.visitor import Visitor

COOKIE = "thidua"


async def test_a_login_leads_to_the_page_that_was_asked_for(portal: Serve) -> None:
    async with portal() as base, Visitor(base) as visitor:
        page = await visitor.sign_in("unit", "Q009", path="/dot/hanoi-2020/xep-hang")
        assert page.path == "/dot/hanoi-2020/xep-hang"
        assert page.status == httpx.codes.SERVICE_UNAVAILABLE  # no service answers here
        assert "Hệ thống tạm thời gián đoạn" in page.html
        assert COOKIE in visitor.http.cookies


async def test_no_token_is_readable_in_the_browser(portal: Serve) -> None:
    async with portal() as base, Visitor(base) as visitor:
        await visitor.sign_in("board")
        kept = " ".join(str(value) for value in visitor.http.cookies.values())
        assert "." not in kept  # of which every JWT has two
        assert "board" not in kept


async def test_who_has_no_role_is_shown_whom_to_ask(portal: Serve) -> None:
    async with portal(contact="024 0000 0000") as base, Visitor(base) as visitor:
        page = await visitor.sign_in("")
        assert page.status == httpx.codes.FORBIDDEN
        assert "Tài khoản chưa được gán vai trò hoặc đơn vị" in page.html
        assert "024 0000 0000" in page.html
        unit_without_unit = await visitor.sign_in("unit")
        assert unit_without_unit.status == httpx.codes.FORBIDDEN


async def test_after_signing_out_one_has_to_log_in_again(portal: Serve) -> None:
    async with portal() as base, Visitor(base) as visitor:
        await visitor.sign_in("unit", "Q009")
        page = await visitor.send("/dang-xuat", {})
        assert page.path == "/"
        assert COOKIE not in visitor.http.cookies
        assert "Đăng nhập" in page.html


async def begun(visitor: Visitor) -> dict[str, str]:
    """What the portal asks the provider; the cookie of it is kept."""
    answer = await visitor.http.get("/dang-nhap", follow_redirects=False)
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in asked.items()}


async def code_for(visitor: Visitor, issuer_url: str, asked: dict[str, str]) -> str:
    """A good code of the provider for that question."""
    fields = {f"asked.{name}": value for name, value in asked.items()}
    answer = await visitor.http.post(
        f"{issuer_url}/authorize", data={**fields, "role": "board"}, follow_redirects=False
    )
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "of-somebody-else"},
        {"state": ""},
        {"iss": "https://another.example"},
        {"iss": None},
        {"code": "a-code-that-nobody-gave"},
        {"code": ""},
        {"error": "access_denied"},
    ],
)
async def test_an_answer_that_does_not_hold_logs_nobody_in(
    portal: Serve, issuer_url: str, changed: dict[str, str | None]
) -> None:
    async with portal() as base, Visitor(base) as visitor:
        asked = await begun(visitor)
        code = await code_for(visitor, issuer_url, asked)
        good = {"code": code, "state": asked["state"], "iss": issuer_url}
        answer = {name: value for name, value in {**good, **changed}.items() if value is not None}
        page = await visitor.open(f"{CALLBACK}?{httpx.QueryParams(answer)}")
        assert page.status == httpx.codes.FORBIDDEN
        assert "Đăng nhập không thành công" in page.html
        assert COOKIE not in visitor.http.cookies


async def test_the_same_answer_unchanged_logs_in(portal: Serve, issuer_url: str) -> None:
    async with portal() as base, Visitor(base) as visitor:
        asked = await begun(visitor)
        code = await code_for(visitor, issuer_url, asked)
        good = {"code": code, "state": asked["state"], "iss": issuer_url}
        await visitor.http.get(CALLBACK, params=good)
        assert COOKIE in visitor.http.cookies


async def test_a_code_of_one_browser_is_of_no_use_in_another(
    portal: Serve, issuer_url: str
) -> None:
    async with portal() as base, Visitor(base) as thief, Visitor(base) as other:
        asked = await begun(thief)
        code = await code_for(thief, issuer_url, asked)
        await begun(other)  # whose own login is under way
        answer = {"code": code, "state": asked["state"], "iss": issuer_url}
        page = await other.open(f"{CALLBACK}?{httpx.QueryParams(answer)}")
        assert page.status == httpx.codes.FORBIDDEN
        assert COOKIE not in other.http.cookies


@pytest.mark.parametrize(
    "foreign",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "x", "", "/\r\n"],
)
def test_a_login_leads_nowhere_else(foreign: str) -> None:
    assert local_path(foreign) == "/"


def test_a_login_leads_to_a_page_of_ours() -> None:
    assert local_path("/dot/hanoi-2020/don-vi/Q009/diem?tai=x") == (
        "/dot/hanoi-2020/don-vi/Q009/diem?tai=x"
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
async def test_a_form_from_elsewhere_is_refused(portal: Serve, headers: dict[str, str]) -> None:
    async with portal() as base, Visitor(base) as visitor:
        await visitor.sign_in("unit", "Q009")
        answer = await visitor.http.post("/dang-xuat", data={}, headers=headers)
        assert answer.status_code == httpx.codes.FORBIDDEN
        assert "Biểu mẫu không được gửi từ trang này" in answer.text
        assert COOKIE in visitor.http.cookies


async def test_a_cookie_that_was_changed_is_nobody(portal: Serve) -> None:
    async with portal() as base, Visitor(base) as visitor:
        await visitor.sign_in("unit", "Q009")
        good = visitor.http.cookies[COOKIE]
        for bad in (good[:-4] + "AAAA", good[1:], "x" * 100, "é"):
            answer = await visitor.http.get(
                "/", headers={"Cookie": f"{COOKIE}={bad}".encode()}, follow_redirects=False
            )
            assert "Đăng xuất" not in answer.text


async def test_a_form_that_comes_after_the_session_is_not_lost(portal: Serve) -> None:
    async with portal() as base, Visitor(base) as visitor:
        typed = {"title": "Người giữ lửa <b>", "author.phone": "024 0000 0000"}
        page = await visitor.send("/dot/hanoi-2020/bai-du-thi/moi", typed)
        assert page.status == httpx.codes.UNAUTHORIZED
        assert page.hidden == typed
        assert 'action="/dot/hanoi-2020/bai-du-thi/moi"' in page.html


async def test_every_answer_carries_the_policy(portal: Serve) -> None:
    async with portal() as base, Visitor(base) as visitor:
        for path in ("/", "/en", "/nowhere", "/en/nowhere", "/assets/css/thidua.css"):
            answer = await visitor.http.get(path)
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["x-content-type-options"] == "nosniff"


async def test_metrics_know_the_route_of_each_page(portal: Serve) -> None:
    async with portal() as base, Visitor(base) as visitor:
        await visitor.open("/en")
        await visitor.open("/nowhere")
        metrics = (await visitor.http.get("/metrics")).text
        assert (
            'thidua_http_request_seconds_count{method="GET",route="/",status="200"} 1.0' in metrics
        )
        assert 'route="unmatched",status="404"} 1.0' in metrics
