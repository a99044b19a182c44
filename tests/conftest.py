"""Real servers for every test: started when the first test asks, stopped when the session ends.

A test that asks for none costs nothing. Apache Kafka's jars are shared with the stack, under
`.local/kafka/lib`; all data lives in a temporary directory of the session.
"""

import contextlib
import os
import re
import secrets
import shutil
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from infra.local.kafka import KafkaBroker, KafkaUnavailableError, fetch_jars, why_not_kafka
from infra.local.mail import MailCatcher
from infra.local.postgres import PostgresCluster
from infra.local.webhook import WebhookCatcher
from infra.local.wheel_broker import WheelBroker
from tests.support.absent import NOT_TRIED
from tests.support.in_memory import in_memory
from tests.support.kafka import require_kafka
from tests.support.order import in_order

# How long a property takes says nothing about it: a busy machine must not fail one.
settings.register_profile("any-speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-speed")

# The processes that tests start read what the first of them compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

_REASON = re.compile(re.escape(NOT_TRIED) + r", (.*)", re.DOTALL)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say aloud what this machine could not try, one line a tool."""
    absent: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", ()):
        if found := _REASON.search(str(report.longrepr[-1])):
            absent[" ".join(found[1].split())] += 1
    for what, tests in sorted(absent.items()):
        terminalreporter.write_line(
            f"{NOT_TRIED}: {tests} test{'s' * (tests > 1)}, {what}", red=True, bold=True
        )


LOCAL = Path(__file__).parents[1] / ".local"
JARS = LOCAL / "kafka" / "lib"


def pytest_sessionstart(session: pytest.Session) -> None:
    """Fetch Apache Kafka beside the first tests where the whole suite runs in processes."""
    config = session.config
    of_all = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if of_all and getattr(config.option, "dist", "no") != "no":
        threading.Thread(target=_fetch_kafka, name="fetch Kafka", daemon=True).start()


def _fetch_kafka() -> None:
    # What goes wrong is said where a test needs it: that one tries once more.
    with contextlib.suppress(KafkaUnavailableError, OSError):
        if os.environ.get("BROKER") != "wheel" and why_not_kafka(JARS) is None:
            fetch_jars(JARS)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order of tests/support/order.py."""
    items[:] = in_order(items)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresCluster]:
    """PostgreSQL 18, running. A test that stops or kills it starts it again."""
    directory = in_memory("postgres") or tmp_path_factory.mktemp("postgres")
    cluster = PostgresCluster(directory)
    cluster.start()
    yield cluster
    cluster.stop()
    shutil.rmtree(directory, ignore_errors=True)  # pytest would keep that of three sessions


@pytest.fixture
def fresh_database(postgres: PostgresCluster) -> Iterator[Callable[[], str]]:
    """A factory of empty databases, each with a role of its own; `fresh_database()` is a DSN.

    All are dropped, whoever is still connected, when the test is over.
    """
    made: list[str] = []

    def make() -> str:
        name = f"test_{secrets.token_hex(6)}"
        made.append(name)
        return postgres.create_database(name)

    yield make
    postgres.start()
    for name in made:
        postgres.drop_database(name)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """Apache Kafka, running. Without Java or Maven: skipped aloud, or failed where CI=true."""
    require_kafka(JARS)
    directory = tmp_path_factory.mktemp("kafka")
    broker = KafkaBroker(directory, JARS)
    broker.start()
    yield broker
    broker.stop()
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def broker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Broker]:
    """A broker, running: Apache Kafka (the same as `kafka`) where it can be had, else the wheel."""
    must_be_kafka = os.environ.get("CI", "").lower() == "true"
    wanted = os.environ.get("BROKER", "auto")
    if wanted != "wheel" and (wanted == "kafka" or must_be_kafka or why_not_kafka(JARS) is None):
        yield request.getfixturevalue("kafka")
        return
    wheel = WheelBroker(tmp_path_factory.mktemp("wheel"))
    wheel.start()
    yield wheel
    wheel.stop()


@pytest.fixture(scope="session")
def _mail_server() -> Iterator[MailCatcher]:
    catcher = MailCatcher()
    catcher.start()
    yield catcher
    catcher.stop()


@pytest.fixture
def mail_catcher(_mail_server: MailCatcher) -> MailCatcher:
    """A mail server, running, empty and accepting everything at the start of each test."""
    _mail_server.start()
    _mail_server.clear()
    return _mail_server


@pytest.fixture(scope="session")
def _webhook_server() -> Iterator[WebhookCatcher]:
    catcher = WebhookCatcher()
    catcher.start()
    yield catcher
    catcher.stop()


@pytest.fixture
def webhook_catcher(_webhook_server: WebhookCatcher) -> WebhookCatcher:
    """A webhook receiver, running, empty and answering 200 at the start of each test."""
    _webhook_server.start()
    _webhook_server.clear()
    return _webhook_server


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    """An OpenID issuer with a key of its own, serving."""
    server = Issuer(tmp_path_factory.mktemp("issuer"))
    server.start()
    yield server
    server.stop()
