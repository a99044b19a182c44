"""A drawn plan, announced to a replica and played over HTTP; the oracle learns what was taken."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from services.chassis.storage.outbox import decode_headers
from services.contracts.envelope import Event, decode
from tests.submissions.drawn.oracle import Oracle, Ordered, Sent
from tests.submissions.drawn.plans import (
    ESSAYS,
    FIGURE,
    LASTS,
    PRESS,
    REPORT,
    RESULTS,
    TALLY,
    UNITS,
    Act,
    Drawn,
)
from tests.submissions.drawn.written import dated, periods_of, plan_of, units_csv, written_out
from tests.submissions.replica import Replica, essay

_NUMBERS = count(1)
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

    @property
    def conditions(self) -> list[dict[str, Any]]:
        """In the order of their days."""
        found = [one["only_if"] for one in self.oracle.obligations if "only_if" in one]
        return sorted(found, key=lambda condition: str(condition["on"]))

    def day(self, number: int) -> date:
        """The local day of a number."""
        return self.first + timedelta(days=number)

    async def at(self, day: int, minute: int) -> None:
        """Move the clock: acts of a day come one after the other. What is decided at the end of a
        day is decided then."""
        for condition in self.conditions:
            end = condition["on"] + timedelta(days=1)
            if self.oracle.today < end <= self.day(day):
                await self.replica.at(f"{end} 00:00:00")
                await self.tick()
        self.oracle.today = self.day(day)
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
            act, "conference-reported", "/conference-reports", body, form="held", acted_on=held
        )

    async def _written(self, act: Act) -> bool:
        body = {"form": "written"}
        return await self._keep(
            act, "conference-reported", "/conference-reports", body, form="written"
        )

    async def _essay(self, act: Act) -> bool:
        body = essay(act.unit, **self._contest(ESSAYS))
        by = "essay-submitted"
        return await self._keep(act, by, "/essays", body, form="written", contest=ESSAYS)

    async def _press(self, act: Act) -> bool:
        published = self.day(max(0, act.day - act.number))
        printed = {"published_in": "Báo mô phỏng", "published_on": str(published)}
        body = essay(act.unit, form="press", words=None, **printed, **self._contest(PRESS))
        by_act = {"contest": PRESS, "acted_on": published} if PRESS in self.drawn.contests else {}
        more = {"form": "press", "contest": ESSAYS, **by_act}
        return await self._keep(act, "essay-submitted", "/essays", body, **more)

    def _contest(self, name: str) -> dict[str, str]:
        """Where there are several, an essay names its own."""
        return {"contest": name} if PRESS in self.drawn.contests else {}

    async def _withdraw(self, act: Act) -> bool:
        sent = self._there(act.unit, "essay-submitted")
        if not sent:
            return False
        one = sent[act.number % len(sent)]
        path = f"/essays/{one.id}/withdrawal"
        if await self._send(path, {"reason": "Gửi nhầm"}, unit=act.unit) is None:
            return False
        one.there, one.gone = False, self.day(act.day)
        return True

    async def _figure(self, act: Act) -> bool:
        return await self._reported(act, FIGURE, str(self.first.year))

    async def _tally(self, act: Act) -> bool:
        return await self._reported(act, TALLY, periods_of(self.first)[act.until % 2])

    async def _reported(self, act: Act, name: str, period: str) -> bool:
        value, figure = act.number * 20, (name, period)
        body = {"name": name, "period": period, "value": str(value), "evidence": "Mô phỏng"}
        by = "figure-reported"
        return await self._keep(act, by, "/figures", body, figure=figure, value=value)

    async def _propose(self, act: Act) -> bool:
        body = {"exemplar": _PERSON, "level": "city"}
        return await self._keep(act, "commendation-proposed", "/commendation-proposals", body)

    async def _report(self, act: Act) -> bool:
        return await self._filled(act, REPORT)

    async def _results(self, act: Act) -> bool:
        return await self._filled(act, RESULTS)

    async def _filled(self, act: Act, kind: str) -> bool:
        body = {"unit": act.unit, "answers": {"text": "Mô phỏng"}}
        taken = await self._send(f"/reports/{kind}", body)
        if taken is None:
            return False
        sent, now = self.oracle.sent, self.day(act.day)
        report = next((one for one in sent if one.id == taken["report_id"]), None)
        if report is None:
            named = {"report": kind, "id": taken["report_id"]}
            sent.append(Sent(act.unit, "report-submitted", now, **named))
            return True
        report.there = True
        if self.drawn.returned == "last":
            report.day = now
            sent.remove(report)
            sent.append(report)
        return True

    async def _return(self, act: Act) -> bool:
        return await self._returned(act, REPORT)

    async def _return_results(self, act: Act) -> bool:
        return await self._returned(act, RESULTS)

    async def _returned(self, act: Act, kind: str) -> bool:
        of_unit = self._there(act.unit, "report-submitted")
        for report in (one for one in of_unit if one.report == kind):
            path = f"/reports/{kind}/{report.id}/return"
            if await self._send(path, dict(_BY), role="board") is not None:
                report.there = False
                return True
        return False

    def _there(self, unit: str, by: str) -> list[Sent]:
        return [one for one in self.oracle.sent if (one.unit, one.by) == (unit, by) and one.there]

    # What the Board orders

    async def _move(self, act: Act) -> bool:
        found = [(each, one) for each in self.oracle.obligations for one in each["options"]]
        obligation, option = found[act.number % len(found)]
        target = {"option": option["id"]}
        return await self._moved(act, target, obligation["id"], option["id"])

    async def _move_contest(self, act: Act) -> bool:
        contest = list(self.drawn.contests)[act.number % len(self.drawn.contests)]
        return await self._moved(act, {"contest": contest}, contest)

    async def _moved(self, act: Act, target: dict[str, str], *about: str) -> bool:
        until = self.day(act.until)
        body = {**target, "date": str(until), "included": True, **_BY, **_scope(act)}
        taken = await self._send("/deadline-moves", body, role="board")
        if taken is None:
            return False
        ordered = Ordered(
            taken["move_id"], act.scope, *about, last_day=until, day=self.oracle.today
        )
        self.oracle.orders.append(ordered)
        return True

    async def _waive(self, act: Act) -> bool:
        obligation = self.oracle.obligations[act.number % len(self.oracle.obligations)]["id"]
        scope = act.scope or frozenset(UNITS)
        body = {"obligation": obligation, **_BY, "scope": {"units": sorted(scope)}}
        taken = await self._send("/waivers", body, role="board")
        if taken is None:
            return False
        self.oracle.orders.append(
            Ordered(taken["order_id"], scope, obligation, day=self.oracle.today)
        )
        return True

    async def _take_back(self, act: Act) -> bool:
        orders = self.oracle.orders
        if not orders:
            return False
        one = orders[act.number % len(orders)]
        of = self.oracle.origin(one)
        path, key = (
            ("/waivers", "order_id") if of.last_day is None else ("/deadline-moves", "move_id")
        )
        body = {"takes_back": one.id, **_BY, **_scope(act)}
        taken = await self._send(path, body, role="board")
        if taken is None:
            return False
        back = Ordered(taken[key], act.scope, of.about, takes_back=one.id, day=self.oracle.today)
        orders.append(back)
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
    obligations = [dated(each, first) for each in drawn.obligations]
    ends = {name: first + timedelta(days=day) for name, day in drawn.contests.items()}
    closes = first + timedelta(days=LASTS)
    replica.campaign = campaign
    files = {
        "plan.yaml": plan_of(campaign, first, ends, obligations, drawn.returned),
        "units.csv": units_csv(),
    }
    body = {"files": files, "document": "01/KH mô phỏng"}
    await replica.taken("/v1/campaigns", body, role="board")
    owed = [one for each in obligations for one in written_out(each)]
    played = Played(replica, drawn, first, campaign, Oracle(UNITS, owed, ends, closes))
    await played.events()
    return played
