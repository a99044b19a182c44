"""A webhook receiver in every mood: it answers as receivers do, and remembers what it said yes to.

How often a message is turned away before its yes, and how, follows from the seed, the hook, and how
many messages came to that hook before it. Which message is the n-th is the run's: the ids of events
and deliveries are new in each.
"""

import asyncio
import json
import random
import threading
from collections import Counter
from typing import Literal

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from infra.local.http_thread import HttpThread

Mood = Literal["yes", "error", "later", "redirect", "silence", "drip"]

MOODS: tuple[Mood, ...] = ("error", "later", "redirect", "silence", "drip")
_TROUBLED = (0.85, 0.97)
"""Shares that are taken at once, and at the second call at the latest; the rest at the third."""
STALL_S = 3.0
"""Silence lasts longer than the sender's patience for one attempt, a drip longer than it reads."""


def mood(seed: int, path: str, number: int, call: int) -> Mood:
    """How a hook takes call number `call` of the message that came as its `number`-th, from 1."""
    draw = random.Random(f"{seed} {path} {number}")  # noqa: S311 - can be repeated
    chance = draw.random()
    turned_away = sum(chance > share for share in _TROUBLED)
    moods = [draw.choice(MOODS) for _ in range(turned_away)]
    return moods[call - 1] if call <= turned_away else "yes"


class Receiver:
    """Several hooks on one port: `/hook/<number>`. Safe between threads."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()
        self._numbers: dict[str, dict[str, int]] = {}
        """By path: the place of each message in the order of their first calls."""
        self.gone: set[str] = set()
        """Paths that answer 410 to everything."""
        self.yes: dict[tuple[str, str], Counter[str]] = {}
        """By event id and path: how often it said yes, by webhook-id."""
        self.moods: Counter[str] = Counter()
        self.followed = 0
        """Calls at the place to which redirects point."""
        self._http = HttpThread(self._serve)

    @property
    def url(self) -> str:
        """Without a path."""
        return self._http.url

    def start(self) -> None:
        """Receive."""
        self._http.start()

    def stop(self) -> None:
        """Refuse connections."""
        self._http.stop()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:  # the sender was killed in the middle of it
            return
        path, message = request.url.path, request.headers.get("webhook-id", "")
        if path == "/elsewhere":
            self.followed += 1
        with self._lock:
            if path in self.gone:
                answer = "gone"
            else:
                self._calls[message] += 1
                came = self._numbers.setdefault(path, {})
                number = came.setdefault(message, len(came) + 1)
                answer = mood(self._seed, path, number, self._calls[message])
            self.moods[answer] += 1
            if answer in ("yes", "drip"):  # the status line decides, whatever becomes of the body
                accepted = self.yes.setdefault((json.loads(body)["id"], path), Counter())
                accepted[message] += 1
        if answer == "drip":
            await _drip(send)
            return
        if answer == "silence":
            await asyncio.sleep(STALL_S)
        await _ANSWERS[answer](scope, receive, send)


_ANSWERS = {
    "yes": Response(status_code=200),
    "gone": Response(status_code=410),
    "error": Response(status_code=500),
    "later": Response(status_code=429, headers={"retry-after": "1"}),
    "redirect": Response(status_code=307, headers={"location": "/elsewhere"}),
    "silence": Response(status_code=503),
}


async def _drip(send: Send) -> None:
    """200, and then a byte now and then, for longer than a sender reads."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(int(STALL_S / 0.2)):
        await send({"type": "http.response.body", "body": b".", "more_body": True})
        await asyncio.sleep(0.2)
    await send({"type": "http.response.body", "body": b""})
