"""What is sent in while intake is measured: essays, by the units that may send them, this year."""

import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from subprocess import PIPE, Popen
from urllib.parse import urlsplit

import httpx

from infra.local.issuer import AUDIENCE, Issuer
from infra.local.ports import free_port
from infra.local.processes import Process, Running, Supervisor
from infra.local.stack import ROOT
from tests.bench.facts import PARTITIONS
from tests.bench.ground import Ground
from tests.scoring.campaign import DIRECTORY, sample_snapshot
from tests.submissions.replica import essay

SENDERS = [unit.code for unit in sample_snapshot().units if unit.level == "upper"]
CLIENTS = 16
WARM_UP_S = 2.0
_LONGEST_WAIT_S = 30
_DATE = re.compile(r"\b20\d\d-\d\d-\d\d\b")
_BUSY_DAY = date(2020, 5, 30)
"""The contest runs, and an essay counts as one in time."""


def campaign_of_today(directory: Path) -> Path:
    """The campaign of 2020 with its dates moved so that, by the real clock, it is 30 May in it."""
    ahead = datetime.now(UTC).date() - _BUSY_DAY

    def later(found: re.Match[str]) -> str:
        return (date.fromisoformat(found[0]) + ahead).isoformat()

    moved = directory / DIRECTORY.name
    if not moved.exists():
        moved.mkdir(parents=True)
        for file in DIRECTORY.iterdir():
            text = file.read_text()
            (moved / file.name).write_text(_DATE.sub(later, text))
    return moved


def a_year_later(text: str) -> str:
    """A file of a campaign with its dates moved: what is open today opens next year."""
    return _DATE.sub(
        lambda found: (date.fromisoformat(found[0]) + timedelta(days=365)).isoformat(), text
    )


def start_submissions(
    supervisor: Supervisor,
    made: Ground,
    url: str,
    environment: dict[str, str],
    *,
    name: str = "submissions",
) -> Running:
    """One process of submissions as in production; `environment` as `shared` gives it."""
    port = free_port()
    return supervisor.start(
        Process(
            name,
            [sys.executable, "-m", "services.submissions"],
            made.directory / f"{name}.log",
            environment={
                "SUBMISSIONS_DATABASE_URL": url,
                "SUBMISSIONS_HTTP_PORT": str(port),
                **environment,
            },
            ready_url=f"http://127.0.0.1:{port}/health/ready",
            ready_timeout=240,  # it may have to take many campaigns first
            directory=ROOT,
        )
    )


def port_of(url: str | None) -> int:
    """Of a ready URL."""
    return urlsplit(str(url)).port or 0


def wait_for_campaigns(submissions: Running, count: int = 1) -> None:
    """Ready, and the campaigns of its topics are known. Raises ProcessError, TimeoutError."""
    submissions.wait_until_ready()
    for _ in range(_LONGEST_WAIT_S):
        ready = httpx.get(str(submissions.what.ready_url), trust_env=False).json()
        known = ready["about"]["campaigns"].split(", ")
        if len(known) == count and DIRECTORY.name in known:
            return
        time.sleep(1)
    raise TimeoutError(f"not all campaigns after {_LONGEST_WAIT_S} s: {ready}")


def shared(made: Ground, prefix: str, issuer: Issuer) -> dict[str, str]:
    """The environment that services of one world share."""
    return {
        "THIDUA_KAFKA_BOOTSTRAP": made.kafka.bootstrap,
        "THIDUA_TOPIC_PREFIX": prefix,
        "THIDUA_TOPIC_PARTITIONS": str(PARTITIONS),
        "THIDUA_JWKS_URL": issuer.jwks_url,
        "THIDUA_TOKEN_ISSUER": issuer.url,
        "THIDUA_TOKEN_AUDIENCE": AUDIENCE,
        "THIDUA_LOG_LEVEL": "WARNING",
    }


@dataclass(frozen=True)
class Load:
    """What the clients saw."""

    rate: float
    """Accepted requests a second."""
    accepted: int
    """Requests."""
    p50_ms: float
    p99_ms: float
    longest_ms: float

    def __str__(self) -> str:
        return f"{self.rate:7,.0f} requests/s, p50 {self.p50_ms:.1f} ms, p99 {self.p99_ms:.1f} ms"


def load(port: int, issuer: Issuer, seconds: float, *, rate: float | None = None) -> Load:
    """Clients in a process of their own; `rate` requests a second, or as many as are answered.

    Raises RuntimeError where a request is not answered with 201.
    """
    order = {
        "port": port,
        "seconds": seconds,
        "rate": rate,
        "clients": CLIENTS,
        "requests": list(_requests(issuer)),
    }
    with Popen([sys.executable, "-m", "tests.bench.http_load"], stdin=PIPE, stdout=PIPE) as clients:
        output, _ = clients.communicate(json.dumps(order).encode())
    if clients.returncode:
        raise RuntimeError("a request was refused, see above")
    return Load(**json.loads(output))


def _requests(issuer: Issuer) -> Iterator[tuple[str, str]]:
    for unit in SENDERS:
        yield issuer.mint("unit", unit), json.dumps(essay(unit))
