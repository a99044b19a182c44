"""A drawn plan, announced to a replica and played over HTTP; the oracle learns what was taken."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from services.chassis.storage.outbox import decode_headers
from services.contracts.envelope import Event, decode
from tests.submissions.drawn.oracle import Oracle, Ordered, Sent
from tests.submissions.drawn.plans import FIGURE, LASTS, REPORT, TALLY, UNITS, Act, Drawn
from tests.submissions.replica import Replica, essay

_NUMBERS = count(1)
_TITLE = {"vi": "Nội dung mô phỏng", "en": "Simulated"}
_BY = {"document": "Văn bản mô phỏng", "reason": "Lý do mô phỏng"}
_PERSON = {"kind": "collective", "name": "Tổ mô phỏng", "address": "Địa chỉ mô phỏng"}


@dataclass
class Played:
    """A campaign under way."""

    replica: Replica
    drawn: Drawn
    first: date
    campaign: str
    oracle: Oracle
    seen: int = 0
    """Of the log of events."""

    def day(self, number: int) -> date:
        """The local day of a number."""
        return self.first + timedelta(days=number)

    async def at(self, day: int, minute: int) -> None:
        """Move the clock: acts of a day come one after the other."""
        await self.replica.at(f"{self.day(day)} {8 + minute // 60:02}:{minute % 60:02}:00")

    async def tick(self) -> None:
        """The deadline clock looks."""
        await self.replica.fire()

    async def do(self, act: Act) -> bool:
        """Whether it was taken; what is refused changes nothing."""
        verb = getattr(self, "_" + act.verb.replace("-", "_"))
        return bool(await verb(act))

    async def events(self) -> list[Event]:
        """What was published about the campaign since the last look."""
        async with self.replica.chassis.database.transaction() as tx:
            rows = await tx.fetch(
                "SELECT seq, key, headers, value FROM event_log WHERE seq > $1 ORDER BY seq",
                self.seen,
            )
        self.seen = max([self.seen, *(row["seq"] for row in rows)])
        found = [decode(row["key"], decode_headers(row["headers"]), row["value"]) for row in rows]
        return [
            event
            for event in found
            if isinstance(event, Event) and getattr(event.data, "campaign", "") == self.campaign
        ]

    # What units send

    async def _send(self, path: str, body: dict[str, Any], **who: Any) -> dict[str, Any] | None:
        answer = await self.replica.send(path, body, **who)
        if answer.is_success:
            taken: dict[str, Any] = answer.json()
            return taken
        assert answer.status_code in (409, 422), answer.text
        return None

    async def _keep(self, act: Act, by: str, path: str, body: dict[str, Any], **more: Any) -> bool:
        taken = await self._send(path, {"unit": act.unit, **body})
        if taken is None:
            return False
        named = next((taken[key] for key in ("essay_id", "report_id") if key in taken), "")
        self.oracle.sent.append(Sent(act.unit, by, self.day(act.day), id=named, **more))
        return True

    async def _held(self, act: Act) -> bool:
        held = self.day(max(0, act.day - act.number))
        body = {"form": "held", "held_on": str(held)}
        return await self._keep(
            act, "conference-reported", "/conference-reports", body, form="held", held_on=held
        )

    async def _written(self, act: Act) -> bool:
        body = {"form": "written"}
        return await self._keep(
            act, "conference-reported", "/conference-reports", body, form="written"
        )

    async def _essay(self, act: Act) -> bool:
        return await self._keep(act, "essay-submitted", "/essays", essay(act.unit), form="written")

    async def _press(self, act: Act) -> bool:
        printed = {"published_in": "Báo mô phỏng", "published_on": str(self.first)}
        body = essay(act.unit, form="press", words=None, **printed)
        return await self._keep(act, "essay-submitted", "/essays", body, form="press")

    async def _withdraw(self, act: Act) -> bool:
        sent = self._there(act.unit, "essay-submitted")
        if not sent:
            return False
        one = sent[act.number % len(sent)]
        path = f"/essays/{one.id}/withdrawal"
        if await self._send(path, {"reason": "Gửi nhầm"}, unit=act.unit) is None:
            return False
        one.there = False
        return True

    async def _figure(self, act: Act) -> bool:
        return await self._reported(act, FIGURE, str(self.first.year))

    async def _tally(self, act: Act) -> bool:
        return await self._reported(act, TALLY, _periods(self.first)[act.until % 2])

    async def _reported(self, act: Act, name: str, period: str) -> bool:
        value, figure = act.number * 20, (name, period)
        body = {"name": name, "period": period, "value": str(value), "evidence": "Mô phỏng"}
        by = "figure-reported"
        return await self._keep(act, by, "/figures", body, figure=figure, value=value)

    async def _propose(self, act: Act) -> bool:
        body = {"exemplar": _PERSON, "level": "city"}
        return await self._keep(act, "commendation-proposed", "/commendation-proposals", body)

    async def _report(self, act: Act) -> bool:
        body = {"unit": act.unit, "answers": {"text": "Mô phỏng"}}
        taken = await self._send(f"/reports/{REPORT}", body)
        if taken is None:
            return False
        of_unit = [one for one in self.oracle.sent if one.id == taken["report_id"]]
        if not of_unit:
            report = Sent(act.unit, "report-submitted", self.day(act.day), id=taken["report_id"])
            self.oracle.sent.append(report)
            return True
        (report,) = of_unit
        report.there = True
        if self.drawn.returned == "last":
            report.day = self.day(act.day)
            self.oracle.sent.remove(report)
            self.oracle.sent.append(report)
        return True

    async def _return(self, act: Act) -> bool:
        sent = self._there(act.unit, "report-submitted")
        if not sent:
            return False
        path = f"/reports/{REPORT}/{sent[0].id}/return"
        if await self._send(path, dict(_BY), role="board") is None:
            return False
        sent[0].there = False
        return True

    def _there(self, unit: str, by: str) -> list[Sent]:
        return [one for one in self.oracle.sent if (one.unit, one.by) == (unit, by) and one.there]

    # What the Board orders

    async def _move(self, act: Act) -> bool:
        found = [(each, one) for each in self.oracle.obligations for one in each["options"]]
        obligation, option = found[act.number % len(found)]
        target = {"option": option["id"]}
        return await self._moved(act, target, obligation=obligation["id"], option=option["id"])

    async def _move_contest(self, act: Act) -> bool:
        return await self._moved(act, {"contest": "essays"})

    async def _moved(self, act: Act, target: dict[str, str], **what: str) -> bool:
        until = self.day(act.until)
        body = {**target, "date": str(until), "included": True, **_BY, **_scope(act)}
        taken = await self._send("/deadline-moves", body, role="board")
        if taken is None:
            return False
        ordered = Ordered(taken["move_id"], act.scope, last_day=until, **what)
        self.oracle.orders.append(ordered)
        return True

    async def _waive(self, act: Act) -> bool:
        obligation = self.oracle.obligations[act.number % len(self.oracle.obligations)]["id"]
        scope = act.scope or frozenset(UNITS)
        body = {"obligation": obligation, **_BY, "scope": {"units": sorted(scope)}}
        taken = await self._send("/waivers", body, role="board")
        if taken is None:
            return False
        self.oracle.orders.append(Ordered(taken["order_id"], scope, obligation))
        return True

    async def _take_back(self, act: Act) -> bool:
        orders = self.oracle.orders
        if not orders:
            return False
        one = orders[act.number % len(orders)]
        of = one
        while of.takes_back is not None:
            of = next(each for each in orders if each.id == of.takes_back)
        path, key = (
            ("/waivers", "order_id") if of.last_day is None else ("/deadline-moves", "move_id")
        )
        body = {"takes_back": one.id, **_BY, **_scope(act)}
        taken = await self._send(path, body, role="board")
        if taken is None:
            return False
        orders.append(Ordered(taken[key], act.scope, of.obligation, takes_back=one.id))
        return True

    async def _tick(self, _: Act) -> bool:
        await self.tick()
        return True


def _scope(act: Act) -> dict[str, Any]:
    return {} if act.scope is None else {"scope": {"units": sorted(act.scope)}}


async def announced_plan(replica: Replica, drawn: Drawn) -> Played:
    """Announce a drawn plan: it opens tomorrow."""
    await replica.chassis.clock.refresh()
    first = (replica.chassis.clock.now() + timedelta(hours=7, days=1)).date()
    campaign = f"drawn-{next(_NUMBERS)}"
    obligations = [_dated(each, first) for each in drawn.obligations]
    ends = first + timedelta(days=drawn.contest_ends)
    replica.campaign = campaign
    files = {
        "plan.yaml": _plan(campaign, first, ends, obligations, drawn.returned),
        "units.csv": _units(),
    }
    body = {"files": files, "document": "01/KH mô phỏng"}
    await replica.taken("/v1/campaigns", body, role="board")
    owed = [one for each in obligations for one in _written_out(each)]
    played = Played(replica, drawn, first, campaign, Oracle(UNITS, owed, ends))
    await played.events()
    return played


def _dated(obligation: dict[str, Any], first: date) -> dict[str, Any]:
    """With days for numbers, and words for periods."""
    options = []
    for option in obligation["options"]:
        new, due = dict(option), option["due"]
        if "own_days" in due:
            days = [_deadline(first, number) for number in due["own_days"]]
            new["due"] = {"own_days": dict(zip(_periods(first), days, strict=True))}
        else:
            new["due"] = _deadline(first, due["date"], included=due["included"])
        if "period" in new:
            new["period"] = str(first.year)
        options.append(new)
    every = {"every": _periods(first)} if "own_days" in options[0]["due"] else {}
    return {**obligation, **every, "options": options}


def _deadline(first: date, number: int, *, included: bool = True) -> dict[str, Any]:
    return {"date": first + timedelta(days=number), "included": included}


def _periods(first: date) -> list[str]:
    """The month and the quarter of a day."""
    return [f"{first:%Y-%m}", f"{first.year}-Q{(first.month + 2) // 3}"]


def _written_out(obligation: dict[str, Any]) -> list[dict[str, Any]]:
    """One for each period."""
    if "every" not in obligation:
        return [obligation]
    (option,) = obligation["options"]
    return [
        {
            **obligation,
            "id": f"{obligation['id']}-{period}",
            "options": [
                {**option, "id": f"{option['id']}-{period}", "period": period, "due": day},
            ],
        }
        for period, day in option["due"]["own_days"].items()
    ]


def _plan(
    campaign: str, first: date, ends: date, obligations: list[dict[str, Any]], returned: str
) -> str:
    keys = {
        "campaign": campaign,
        **dict.fromkeys(("title", "short_title", "city", "board", "council", "organiser"), _TITLE),
        "figures": {
            name: {"title": _TITLE, "kind": "whole", "periods": periods, "reported_by": ["unit"]}
            for name, periods in ((FIGURE, [str(first.year)]), (TALLY, _periods(first)))
        },
        "reports": [
            {
                "id": REPORT,
                "title": _TITLE,
                "levels": ["upper"],
                "fields": [{"id": "text", "title": _TITLE, "type": "text"}],
            }
        ],
        "returned": {"counts": returned},
        "timezone": "Asia/Ho_Chi_Minh",
        "document": {"number": "01/KH", "date": first},
        "opens": first,
        "closes": first + timedelta(days=LASTS),
        "contest_ends": {"date": ends, "included": True},
        "essays": {
            "levels": ["upper"],
            "forms": ["written", "press"],
            "max_words": 2000,
            "max_minutes": 7,
            "mark": {"min": "0", "max": "100"},
        },
        "approaching_days": [2],
        "obligations": [{"title": _TITLE, "source": "Mô phỏng", **each} for each in obligations],
    }
    return "".join(f"{key}: {_flow(value)}\n" for key, value in keys.items())


def _flow(value: Any) -> str:
    """YAML in one line; days are bare, as YAML has them."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value) if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def _units() -> str:
    rows = [f"{code},Đơn vị {code},{kind},upper,HN,all,\n" for code, kind in UNITS.items()]
    head = "code,name,kind,level,parent,cluster,gso_code\n"
    return head + "HN,Thành phố,city,city,,,01\n" + "".join(rows)
