"""The whole system on one machine: PostgreSQL, a broker, mail, webhooks, an issuer, the services.

The services are the production processes, started by the command that docker-compose.yml names;
what differs is their environment: local addresses, and a clock that is simulated.
"""

import base64
import fcntl
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import httpx

from infra.local.broker import Broker, Kind, choose_broker
from infra.local.issuer import AUDIENCE, Issuer
from infra.local.mail import MailCatcher
from infra.local.ports import claim, free_port
from infra.local.postgres import PostgresCluster
from infra.local.processes import Process, ProcessError, Running, Supervisor
from infra.local.spawn import Child, spawn, tail
from infra.local.steps import StepPrinter
from infra.local.webhook import WebhookCatcher
from services.chassis.language import speak

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
"""Everything the stack writes, servers and data, is in here."""

HANOI_2020 = ROOT / "infra" / "campaigns" / "hanoi-2020"
"""The campaign that the demo simulates."""

SERVICES = {"submissions": 8081, "scoring": 8082, "notifications": 8083}
"""Services and the port of the first replica, if it is free."""

PORTAL_PORT = 8080
"""Of the pages, if it is free."""

YEAR_BEGINS = "2020-01-01T00:00:00+07:00"
_KNOWN_WITHIN_S = 60.0
"""Longest wait until every service has what was announced; a second or two is usual."""


class StackRunsAlreadyError(RuntimeError):
    """Another command of this clone runs the stack in the same directory."""


@dataclass(frozen=True)
class Replica:
    """One process of a service."""

    service: str
    url: str
    process: Running


@dataclass
class Stack:
    """A running stack; use it as a context manager, and everything it started stops with it.

    `directory` holds its data and logs and is emptied at the start. `replicas` is per service.
    `environment` is added to that of every service.
    """

    directory: Path = LOCAL / "stack"
    kind: Kind | None = None
    replicas: int = 1
    steps: StepPrinter = field(default_factory=StepPrinter)
    environment: Mapping[str, str] = field(default_factory=dict)
    campaign: Path | None = HANOI_2020
    """Announced at the start. More can be announced later, by anybody who may."""
    clock_begins: str | None = YEAR_BEGINS
    """Where the simulated clock stands at first; None: the machine's clock."""

    supervisor: Supervisor = field(default_factory=Supervisor, init=False)
    postgres: PostgresCluster = field(init=False)
    broker: Broker = field(init=False)
    mail: MailCatcher = field(init=False)
    webhook: WebhookCatcher = field(init=False)
    issuer: Issuer = field(init=False)
    services: dict[str, list[Replica]] = field(default_factory=dict, init=False)
    portal_url: str = field(default="", init=False)
    """Where the pages are."""
    _exits: ExitStack = field(default_factory=ExitStack, init=False, repr=False)
    _dsns: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    _secret_key: str = field(default="", init=False, repr=False)

    def __enter__(self) -> Self:
        try:
            self._exits.enter_context(_only_one(self.directory))
            self._exits.enter_context(self.supervisor)
            self._start()
        except BaseException:
            self._exits.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exits.close()

    def url(self, service: str, replica: int = 0) -> str:
        """Base URL of one replica, no slash at the end."""
        return self.services[service][replica].url

    def token(self, role: str, unit: str | None = None) -> str:
        """A bearer token of the local issuer."""
        return self.issuer.mint(role, unit)

    def start_replica(self, service: str, number: int) -> Replica:
        """Start one more process of a service; does not wait until it is ready."""
        port = SERVICES[service]
        if number or not claim(port):
            port = free_port()
        url = f"http://127.0.0.1:{port}"
        name = f"{service}-{number}" if number else service
        process = self.supervisor.start(
            Process(
                name=name,
                command=[sys.executable, "-m", f"services.{service}"],
                log=self.directory / "logs" / f"{name}.log",
                environment={
                    **self.service_environment(),
                    "THIDUA_HTTP_PORT": str(port),
                    "THIDUA_GROUP_INSTANCE_ID": name,
                },
                ready_url=f"{url}/health/ready",
                ready_timeout=60,
                directory=ROOT,
            )
        )
        replica = Replica(service, url, process)
        self.services.setdefault(service, []).append(replica)
        return replica

    def _start_portal(self) -> Running:
        """Start the process of the pages."""
        port = PORTAL_PORT if claim(PORTAL_PORT) else free_port()
        self.portal_url = f"http://127.0.0.1:{port}"
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        return self.supervisor.start(
            Process(
                name="portal",
                command=[sys.executable, "-m", "services.portal"],
                log=self.directory / "logs" / "portal.log",
                environment={
                    **self.service_environment(),
                    "THIDUA_HTTP_PORT": str(port),
                    "PORTAL_PUBLIC_URL": self.portal_url,
                    "PORTAL_SESSION_KEY": key,
                    **{f"PORTAL_{name.upper()}_URL": self.url(name) for name in SERVICES},
                },
                ready_url=f"{self.portal_url}/health/ready",
                ready_timeout=60,
                directory=ROOT,
            )
        )

    def service_environment(self) -> dict[str, str]:
        """The environment of every service and `thidua` command of this stack."""
        return {
            "PYTHONPATH": str(ROOT),
            "THIDUA_ENVIRONMENT": "local",
            "THIDUA_KAFKA_BOOTSTRAP": self.broker.bootstrap,
            "THIDUA_JWKS_URL": self.issuer.jwks_url,
            "THIDUA_TOKEN_ISSUER": self.issuer.url,
            "THIDUA_TOKEN_AUDIENCE": AUDIENCE,
            # Two cores live through a year here: gather a little. With both waits and the relay
            # before them a fact is taken after 0.1 s (p99 0.2 s), a fifth of its second.
            "THIDUA_BATCH_WAIT_MS": "50",
            "THIDUA_BATCH_LINGER_MS": "20",
            **self._clock(),
            "NOTIFICATIONS_SMTP_HOST": self.mail.host,
            "NOTIFICATIONS_SMTP_PORT": str(self.mail.port),
            "NOTIFICATIONS_SMTP_TLS": "none",
            "NOTIFICATIONS_ALLOW_INTERNAL_WEBHOOKS": "true",
            "NOTIFICATIONS_SECRET_KEY": self._secret_key,
            **{f"{name.upper()}_DATABASE_URL": dsn for name, dsn in self._dsns.items()},
            **self.environment,
        }

    def command(self, *words: str) -> None:
        """Run a `thidua` command against this stack. Raises ProcessError when it fails."""
        self._begin_command(*words)()

    def announce(self, directory: Path) -> None:
        """Announce a campaign by the command that anybody would use.

        Returns once every replica has it. Raises ProcessError.
        """
        document = speak("Chạy thử trên một máy", "A try on one machine")
        self.command("campaign", "announce", str(directory), "--document", document)
        self.wait_until_known()

    def wait_until_known(self) -> None:
        """Until every replica has the campaigns that submissions has. Raises ProcessError."""
        until = time.monotonic() + _KNOWN_WITHIN_S
        board = {"Authorization": f"Bearer {self.token('board')}"}
        with httpx.Client(trust_env=False, timeout=10) as client:
            listed = client.get(f"{self.url('submissions')}/v1/campaigns", headers=board)
            announced = {one["campaign"] for one in listed.raise_for_status().json()["campaigns"]}
            while not all(announced <= known for known in self._campaigns(client)):
                if time.monotonic() > until:
                    raise ProcessError(
                        speak(
                            "Có dịch vụ chưa nhận được đợt thi đua vừa công bố; xem nhật ký",
                            "a service did not get the campaign that was announced: see its log",
                        )
                    )
                time.sleep(0.1)

    def _campaigns(self, client: httpx.Client) -> Iterator[set[str]]:
        """Those that each replica says it has."""
        for replicas in self.services.values():
            for replica in replicas:
                ready = client.get(f"{replica.url}/health/ready").json()
                yield set(ready["about"]["campaigns"].split(", "))

    def _clock(self) -> dict[str, str]:
        if self.clock_begins is None:
            return {}
        return {
            "SUBMISSIONS_CLOCK": "simulated",
            "SUBMISSIONS_SIMULATED_START": self.clock_begins,
        }

    def addresses(self) -> dict[str, str]:
        """Where commands that ask over HTTP find the services; replicas that run only."""
        asked = ("submissions", "scoring")
        return {
            f"THIDUA_{service.upper()}_URL": self.url(service)
            for service in asked
            if self.services.get(service)
        }

    def _begin_command(self, *words: str) -> Callable[[], None]:
        """Start a `thidua` command; what is returned waits for its end."""
        log = self.directory / "logs" / f"thidua-{words[0]}.log"
        command = spawn(
            Child(
                command=[sys.executable, "-m", "services.cli", *words],
                log=log,
                environment={
                    **os.environ,
                    **self.service_environment(),
                    **self.addresses(),
                    "THIDUA_TOKEN": self.token("board"),  # of this stack's issuer
                },
                directory=ROOT,
            )
        )

        def wait() -> None:
            if code := command.wait(timeout=120):
                what = "thidua " + " ".join(words)
                ended = speak(f"{what} dừng với mã {code}", f"{what} ended with {code}")
                raise ProcessError(f"{ended}\n{tail(log)}")

        return wait

    def _start(self) -> None:
        steps = self.steps
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        self._secret_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        with steps.step("PostgreSQL 18"):
            self.postgres = PostgresCluster(self.directory / "postgres")
            self.postgres.start()
            self.supervisor.adopt("postgres", self.postgres)
            self._dsns = {name: self.postgres.create_database(name) for name in SERVICES}
            # For `thidua rebuild scoring`: no role of ours may create databases.
            self.postgres.create_database("scoring_rebuild", owner="scoring")
        with steps.step(speak("Máy chủ Kafka", "Broker")) as advance:
            self.broker = choose_broker(
                self.kind,
                self.directory / "broker",
                LOCAL / "kafka" / "lib",
                announce=steps.print,
                progress=advance,
            )
            self.broker.start()
            self.supervisor.adopt("broker", self.broker)
        steps.print(f"    [dim]{self.broker.name}, {self.broker.bootstrap}[/]")
        around = speak(
            "Máy chủ thư, nơi nhận webhook, nơi cấp mã truy cập", "Mail, webhooks, issuer"
        )
        with steps.step(around):
            self.mail = MailCatcher(self.directory / "mail")
            self.webhook = WebhookCatcher()
            self.issuer = Issuer(self.directory.parent / "issuer")
            for name, server in (
                ("mail", self.mail),
                ("webhook", self.webhook),
                ("issuer", self.issuer),
            ):
                server.start()
                self.supervisor.adopt(name, server)
        with steps.step(speak("Cơ sở dữ liệu và topic Kafka", "Databases and topics")):
            for wait in [self._begin_command("migrate"), self._begin_command("topics", "create")]:
                wait()
        with steps.step(speak("Ba dịch vụ và các trang", "Three services and the pages")):
            for number in range(self.replicas):
                for service in SERVICES:
                    self.start_replica(service, number)
            portal = self._start_portal()
            for replicas in self.services.values():
                for replica in replicas:
                    replica.process.wait_until_ready()
            portal.wait_until_ready()
        self._write_settings()
        if self.campaign is not None:
            with steps.step(speak("Công bố đợt thi đua", "Announcing the campaign")):
                self.announce(self.campaign)

    def _write_settings(self) -> None:
        """Say where everything is, for commands in another terminal (`make verify`)."""
        file = self.directory / "settings.env"
        file.touch(mode=0o600)  # it holds passwords
        settings = self.service_environment() | self.addresses()
        file.write_text("".join(f"{name}='{value}'\n" for name, value in settings.items()))
        self._exits.callback(file.unlink, missing_ok=True)


class _only_one:  # noqa: N801  used as a function: with _only_one(directory)
    """A lock beside the directory: two stacks in one clone would empty each other's data."""

    def __init__(self, directory: Path) -> None:
        self._path = directory.with_suffix(".lock")
        self._file: IO[str] | None = None

    def __enter__(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            holder = self._file.read().strip() or "?"
            self._file.close()
            msg = speak(
                f"Hệ thống đang chạy trong bản sao này (tiến trình {holder}). Dừng hệ thống trước.",
                f"The stack runs in this clone already (process {holder}): stop it first.",
            )
            raise StackRunsAlreadyError(msg) from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
