"""Promises about how a page says that an obligation stands: overdue is what can be missed."""

from datetime import date
from typing import Any

import pytest

from services.portal.obligation_states import state_of

TODAY = date(2020, 6, 15)


def owed(last_days: dict[str, str | None], **other: Any) -> dict[str, Any]:
    """As submissions answers it, open."""
    return {"status": "open", "last_days": last_days, "condition": None, **other}


@pytest.mark.parametrize(
    ("obligation", "state", "days"),
    [
        (owed({"D2": "2020-06-14"}), "overdue", 1),
        (owed({"D2": "2020-06-14", "D3": "2020-06-17"}), "soon", 2),
        (owed({"D2": "2020-06-30"}), "open", 15),
        (owed({"D6": None}), "open", None),
        (owed({"D2": "2020-06-14", "D3": None}), "open", None),
        (owed({"D8": "2020-06-14"}, condition={"on": "2020-06-20", "holds": None}), "open", -1),
        (owed({"D8": "2020-06-14"}, condition={"on": "2020-06-10", "holds": True}), "overdue", 1),
        (owed({"D2": "2020-06-14"}, status="missed"), "overdue", 1),
    ],
)
def test_what_cannot_have_been_missed_is_not_overdue(
    obligation: dict[str, Any], state: str, days: int | None
) -> None:
    shown = state_of(obligation, TODAY)
    assert (shown.state, shown.days) == (state, days)
