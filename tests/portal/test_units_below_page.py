"""Promise: a unit that others report to sees who of them is late with what, the worst first."""

from datetime import date
from typing import Any

import httpx
from playwright.sync_api import Browser

from infra.local.stack import Stack
from services.portal.pages.units_below import late_or_near
from tests.portal.browsing import CAMPAIGN, open_page, signed_in

TODAY = date(2020, 7, 10)


def entry(unit: str, last_day: str | None, **more: Any) -> dict[str, Any]:
    return {
        "campaign": "hanoi-2020",
        "unit": unit,
        "obligation": "D1",
        "option": "D1",
        "last_day": last_day,
        "state": "open",
        "condition": None,
        "days_late": None,
        **more,
    }


def shown(*entries: dict[str, Any]) -> list[tuple[str, str, int | None]]:
    rows = late_or_near(entries, "hanoi-2020", "Q009", TODAY)
    return [(row.obligation["unit"], row.state, row.days) for row in rows]


def test_who_is_overdue_stands_before_who_is_due_soon() -> None:
    assert shown(
        entry("P1", "2020-07-12"),
        entry("P2", "2020-07-09", state="missed"),
        entry("P3", "2020-07-01", state="missed"),
    ) == [("P3", "overdue", 9), ("P2", "overdue", 1), ("P1", "soon", 2)]


def test_what_was_done_released_or_is_owed_later_is_not_shown() -> None:
    assert (
        shown(
            entry("P1", "2020-07-01", state="fulfilled", days_late=2),
            entry("P2", "2020-07-01", state="waived"),
            entry("P3", "2020-09-01"),
            entry("P4", None),
            entry("Q009", "2020-07-01", state="missed"),
            entry("P5", "2020-07-01", state="missed", campaign="hanoi-2019"),
        )
        == []
    )


def test_an_obligation_of_two_options_stands_once_by_the_one_that_is_open_longest() -> None:
    assert shown(
        entry("P1", "2020-07-09", option="D2"),
        entry("P1", "2020-07-15", option="D3"),
    ) == [("P1", "soon", 5)]


def test_a_district_sees_its_communes_and_a_unit_has_no_such_page(
    stack: Stack, browser: Browser
) -> None:
    page = signed_in(browser, stack, "district", "Q001")
    open_page(page, f"{stack.portal_url}{CAMPAIGN}/cap-duoi")
    assert "Phường Phúc Xá" in page.inner_text("main")
    page.context.close()
    page = signed_in(browser, stack, "unit", "Q009")
    answer = page.goto(f"{stack.portal_url}{CAMPAIGN}/cap-duoi")
    assert answer is not None
    assert answer.status == httpx.codes.FORBIDDEN
    page.context.close()
