"""A webhook receiver on this machine: keeps each request and gives the answer that a test sets."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from infra.local.http_thread import HttpThread


@dataclass(frozen=True)
class CaughtRequest:
    """One request as it came. Header names are lower case; `answered` is the status it got."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    answered: int
    received_at: float  # time.monotonic(), to measure the distance of retries


@dataclass(frozen=True)
class Answer:
    """What to answer: a status, headers such as `retry-after`, after a pause of some seconds."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0.0


class WebhookCatcher:
    """Takes every method on every path with 200 until a test sets another answer; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[CaughtRequest] = []
        self._script: deque[Answer] = deque()
        self._otherwise = Answer()
        self._http = HttpThread(self._serve)

    @property
    def url(self) -> str:
        """Where to send: `http://127.0.0.1:port/hook`."""
        return f"{self._http.url}/hook"

    @property
    def requests(self) -> list[CaughtRequest]:
        """What came so far, oldest first, refused ones too."""
        with self._lock:
            return list(self._requests)

    @property
    def accepted(self) -> list[CaughtRequest]:
        """Those that were answered with 2xx."""
        return [request for request in self.requests if 200 <= request.answered < 300]  # noqa: PLR2004

    def answer_next(self, *answers: int | Answer) -> None:
        """The next requests get these answers, one each; later ones the standing answer."""
        with self._lock:
            self._script.extend(_as_answer(answer) for answer in answers)

    def answer_always(self, answer: int | Answer) -> None:
        """The standing answer from now on."""
        with self._lock:
            self._otherwise = _as_answer(answer)

    def clear(self) -> None:
        """Forget requests and script; the standing answer is 200 again."""
        with self._lock:
            self._requests.clear()
            self._script.clear()
            self._otherwise = Answer()

    async def wait_for(self, count: int, timeout_seconds: float = 10.0) -> list[CaughtRequest]:
        """All requests, once at least `count` came; TimeoutError says how many did."""
        deadline = time.monotonic() + timeout_seconds
        while len(self.requests) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.requests)} of {count} requests came")
            await asyncio.sleep(0.02)
        return self.requests

    def start(self) -> None:
        """Receive; again on the same port after a stop."""
        self._http.start()

    def stop(self) -> None:
        """Refuse connections, as a receiver that is down. What was caught stays."""
        self._http.stop()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        with self._lock:
            answer = self._script.popleft() if self._script else self._otherwise
            self._requests.append(
                CaughtRequest(
                    method=request.method,
                    path=request.url.path,
                    headers=dict(request.headers),
                    body=body,
                    answered=answer.status,
                    received_at=time.monotonic(),
                )
            )
        if answer.pause:
            await asyncio.sleep(answer.pause)
        response = Response(status_code=answer.status, headers=dict(answer.headers))
        await response(scope, receive, send)


def _as_answer(answer: int | Answer) -> Answer:
    return Answer(answer) if isinstance(answer, int) else answer
