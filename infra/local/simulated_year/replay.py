"""Replays a simulated year over the public HTTP interface of submissions, day by day.

The clock of the stack is at each day's morning while that day's acts are sent, several at a
time; then it moves on. Every POST carries an Idempotency-Key, so a repetition after a lost answer
counts once.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from infra.local.simulated_year.script import Act

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = time(8, 0)
AT_ONCE = 12
"""Requests under way at the same time; two cores are full with fewer."""

TRIES = 3
"""A connection that breaks is tried again under the same Idempotency-Key."""

Token = Callable[[str, str | None], str]
"""(role, unit) -> bearer token."""


class RefusedError(RuntimeError):
    """The service refused an act of the year; the message has its problem document."""


@dataclass
class Replay:
    """One run of the year against the replicas of submissions, in turn.

    `run` names it in the Idempotency-Keys, so that a second run on the same database is not
    taken for a repetition.
    """

    urls: Sequence[str]
    token: Token
    campaign: str = "hanoi-2020"
    run: str = "year"
    sent: int = field(default=0, init=False)
    _ids: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    _tokens: dict[tuple[str, str | None], str] = field(default_factory=dict, init=False, repr=False)

    async def play(
        self,
        acts: Iterable[Act],
        *,
        until: date,
        each_day: Callable[[date, int], None] = lambda _day, _sent: None,
    ) -> None:
        """Send all acts in the order of their days and leave the clock at the morning of `until`.

        `each_day` is called with the day that is over and how many acts were sent so far. Raises
        RefusedError when one is refused, httpx.HTTPError when the service can't be reached.
        """
        limits = httpx.Limits(max_connections=AT_ONCE)
        async with httpx.AsyncClient(limits=limits, timeout=30, trust_env=False) as client:
            day: date | None = None
            for today, of_today in groupby(acts, key=lambda act: act.day):
                # Every day is lived through, so that reminders come on theirs.
                while day is None or day < today:
                    day = today if day is None else day + timedelta(1)
                    await self.set_clock(client, day)
                    each_day(day, self.sent)
                await self._send_all(client, list(of_today))
            while day is not None and day < until:
                day += timedelta(1)
                await self.set_clock(client, day)
                each_day(day, self.sent)

    async def set_clock(self, client: httpx.AsyncClient, day: date) -> None:
        """Move the simulated clock to the morning of `day`."""
        now = datetime.combine(day, MORNING, ZONE).isoformat()
        await self._post(client, "/v1/clock", {"now": now}, key=f"clock-{day}", who=("ops", None))

    async def _send_all(self, client: httpx.AsyncClient, acts: list[Act]) -> None:
        queue = iter(acts)

        async def worker() -> None:
            for act in queue:  # shared: each act is taken by one worker
                await self._send(client, act)
                self.sent += 1

        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, len(acts))):
                group.create_task(worker())

    async def _send(self, client: httpx.AsyncClient, act: Act) -> None:
        of_it, body, role = _REQUESTS[act.verb](act, self._ids)
        path = f"/v1/campaigns/{self.campaign}{of_it}"
        unit = act.unit if role == "unit" else None
        key = f"{self.run}-{act.verb}-{act.ref}"
        answer = await self._post(client, path, body, key=key, who=(role, unit))
        if act.verb == "essay":
            self._ids[act.ref] = answer["essay_id"]

    async def _post(
        self,
        client: httpx.AsyncClient,
        path: str,
        body: dict[str, Any],
        *,
        key: str,
        who: tuple[str, str | None],
    ) -> dict[str, Any]:
        if who not in self._tokens:
            self._tokens[who] = self.token(*who)
        headers = {"authorization": f"Bearer {self._tokens[who]}", "idempotency-key": key}
        first = self.sent  # others send meanwhile: a repetition must go to the next replica
        for tried in range(1, TRIES + 1):
            try:
                url = self.urls[(first + tried) % len(self.urls)]
                response = await client.post(f"{url}{path}", json=body, headers=headers)
                break
            except httpx.TransportError:
                if tried == TRIES:
                    raise
                if tried % len(self.urls) == 0:  # all of them, so they need a moment
                    await asyncio.sleep(0.5)
        if response.is_error:
            msg = f"{path} {key}: {response.status_code} {response.text}"
            raise RefusedError(msg)
        answer: dict[str, Any] = response.json()
        return answer


Request = tuple[str, dict[str, Any], str]
"""Path below the campaign's, body, role."""
_SIMULATED = {"simulated": True}


def _essay(act: Act, _ids: dict[str, str]) -> Request:
    details = act.details
    exemplar = dict(details["exemplar"])  # type: ignore[call-overload]  # made by words.essay
    body: dict[str, Any] = {
        **_SIMULATED,
        "unit": act.unit,
        "title": details["title"],
        "form": details["form"],
        "author": {
            "full_name": details["author"],
            "address": "Địa chỉ mô phỏng",
            "phone": "0000000000",
        },
        "exemplar": {**exemplar, "address": "Địa chỉ mô phỏng"},
    }
    if details["form"] == "recorded":
        body["minutes"] = details["minutes"]
    else:
        body["words"] = details["words"]
    if details["form"] == "press":
        body["published_in"] = "Báo mô phỏng"
        body["published_on"] = act.day.replace(day=1).isoformat()
    return "/essays", body, "unit"


def _withdrawal(act: Act, ids: dict[str, str]) -> Request:
    body = {**_SIMULATED, "reason": "Gửi trùng (mô phỏng)"}
    return f"/essays/{ids[act.ref]}/withdrawal", body, "unit"


def _judgement(act: Act, ids: dict[str, str]) -> Request:
    body = {**_SIMULATED, "mark": act.details["mark"]}
    return f"/essays/{ids[act.ref]}/judgement", body, "board"


def _commendation(act: Act, _ids: dict[str, str]) -> Request:
    exemplar = {**dict(act.details["exemplar"]), "address": "Địa chỉ mô phỏng"}  # type: ignore[call-overload]
    body = {**_SIMULATED, "unit": act.unit, "exemplar": exemplar, "level": act.details["level"]}
    return "/commendation-proposals", body, "unit"


def _conference(act: Act, _ids: dict[str, str]) -> Request:
    body = {**_SIMULATED, "unit": act.unit, **act.details}
    return "/conference-reports", body, "unit"


def _contest_report(act: Act, _ids: dict[str, str]) -> Request:
    return "/contest-reports", {**_SIMULATED, "unit": act.unit, **act.details}, "unit"


def _ceremony(act: Act, _ids: dict[str, str]) -> Request:
    return "/ceremony-reports", {**_SIMULATED, "unit": act.unit, **act.details}, "unit"


def _deadline_move(act: Act, _ids: dict[str, str]) -> Request:
    body = {
        **_SIMULATED,
        **act.details,
        "document": "Thông báo số 01 (mô phỏng)",
        "reason": "Gia hạn (mô phỏng)",
    }
    return "/deadline-moves", body, "board"


_REQUESTS: dict[str, Callable[[Act, dict[str, str]], Request]] = {
    "essay": _essay,
    "withdrawal": _withdrawal,
    "judgement": _judgement,
    "commendation": _commendation,
    "conference": _conference,
    "contest-report": _contest_report,
    "ceremony": _ceremony,
    "deadline-move": _deadline_move,
}
