"""A drawn plan as the files of a campaign: days for numbers, words for periods."""

import json
from datetime import date, timedelta
from typing import Any

from services.contracts.campaign.periods import days_of
from tests.submissions.drawn.plans import (
    FIGURE,
    LASTS,
    PRESS,
    REPORT,
    RESULTS,
    TALLY,
    UNITS,
    WORKS,
)

_DAYS = ("from", "date", "late_until")
_TITLE = {"vi": "Nội dung mô phỏng", "en": "Simulated"}
_WORKS = {
    "kind": "count",
    "title": _TITLE,
    "of": "essay-submitted",
    "unless": "essay-withdrawn",
}


def dated(obligation: dict[str, Any], first: date) -> dict[str, Any]:
    """With days for numbers, and words for periods."""
    options = []
    for option in obligation["options"]:
        new, due = dict(option), option["due"]
        if "own_days" in due:
            new["due"] = {
                "own_days": {
                    period: _deadline(first, number, until=days_of(period)[1])
                    for period, number in zip(periods_of(first), due["own_days"], strict=True)
                }
            }
        elif "date" in due:
            days = {key: first + timedelta(days=due[key]) for key in _DAYS if key in due}
            new["due"] = {**due, **days}
        if "period" in new:
            new["period"] = str(first.year)
        options.append(new)
    every = {"every": periods_of(first)} if "own_days" in options[0]["due"] else {}
    dated = {**obligation, **every, "options": options}
    if condition := obligation.get("only_if"):
        dated["only_if"] = {**condition, "on": first + timedelta(days=condition["on"])}
    return dated


def _deadline(first: date, number: int, *, until: date) -> dict[str, Any]:
    return {"date": min(first + timedelta(days=number), until), "included": True}


def periods_of(first: date) -> list[str]:
    """The month and the quarter of a day."""
    return [f"{first:%Y-%m}", f"{first.year}-Q{(first.month + 2) // 3}"]


def written_out(obligation: dict[str, Any]) -> list[dict[str, Any]]:
    """One for each period."""
    if "every" not in obligation:
        return [obligation]
    (option,) = obligation["options"]
    return [
        {
            **obligation,
            "id": f"{obligation['id']}-{period}",
            "options": [
                {**option, "id": f"{option['id']}-{period}", **_in_period(option, period, day)},
            ],
        }
        for period, day in option["due"]["own_days"].items()
    ]


def _in_period(option: dict[str, Any], period: str, day: dict[str, Any]) -> dict[str, Any]:
    """A figure names its period; an essay or a proposal is of the one in which it is."""
    if option["by"] == "figure-reported":
        return {"period": period, "due": day}
    first, last = days_of(period)
    return {"due": {**day, "from": first, "late_until": max(last, day["date"])}}


def plan_of(
    campaign: str,
    first: date,
    ends: dict[str, date],
    obligations: list[dict[str, Any]],
    returned: str,
) -> str:
    keys = {
        "campaign": campaign,
        **dict.fromkeys(("title", "short_title", "city", "board", "council", "organiser"), _TITLE),
        "figures": {
            name: {"title": _TITLE, "kind": "whole", "periods": periods, "reported_by": ["unit"]}
            for name, periods in ((FIGURE, [str(first.year)]), (TALLY, periods_of(first)))
        },
        "reports": [
            {
                "id": kind,
                "title": _TITLE,
                "levels": ["upper"],
                "fields": [{"id": "text", "title": _TITLE, "type": "text"}],
            }
            for kind in (REPORT, RESULTS)
        ],
        "returned": {"counts": returned},
        "timezone": "Asia/Ho_Chi_Minh",
        "document": {"number": "01/KH", "date": first},
        "opens": first,
        "closes": first + timedelta(days=LASTS),
        "contests": [_contest(name, end, alone=len(ends) == 1) for name, end in ends.items()],
        "approaching_days": [2],
        "measures": {WORKS: _WORKS},
        "obligations": [{"title": _TITLE, "source": "Mô phỏng", **each} for each in obligations],
    }
    return "".join(f"{key}: {_flow(value)}\n" for key, value in keys.items())


def _contest(name: str, ends: date, *, alone: bool) -> dict[str, Any]:
    forms = ["written", "press"] if alone else ["press"] if name == PRESS else ["written"]
    return {
        "id": name,
        "title": _TITLE,
        "ends": {"date": ends, "included": True},
        "levels": ["upper"],
        "forms": forms,
        **({"max_words": 2000} if "written" in forms else {}),
        "mark": {"min": "0", "max": "100"},
        **({"counted_by": "act"} if name == PRESS else {}),
    }


def _flow(value: Any) -> str:
    """YAML in one line; days are bare, as YAML has them."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value) if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def units_csv() -> str:
    rows = [f"{code},Đơn vị {code},{kind},upper,HN,all,\n" for code, kind in UNITS.items()]
    head = "code,name,kind,level,parent,cluster,gso_code\n"
    return head + "HN,Thành phố,city,city,,,01\n" + "".join(rows)
