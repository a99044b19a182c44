"""Promise: what /metrics shows is declared, and what alerts ask for is shown."""

import re
from importlib import import_module
from pathlib import Path

import httpx
import pytest

from infra.local.issuer import Issuer
from services.chassis.observability.metrics import Metric, Metrics, UndeclaredMetricError
from services.chassis.observability.registry import CHASSIS_METRICS, HTTP_SECONDS
from services.cli.parts import SERVICES

ROOT = Path(__file__).parents[2]
SEEN = Metric("toy_seen_total", "counter", "Seen.", "things", "-", labels=("kind",))
HELD = Metric("toy_held", "gauge", "Held.", "things", "-")


def declared_everywhere() -> set[str]:
    every = [*CHASSIS_METRICS]
    for service in SERVICES:
        every += import_module(f"services.{service}.metrics").METRICS
    return {metric.name for metric in every}


async def test_only_declared_metrics_are_exposed_and_all_of_the_process(
    toy: httpx.AsyncClient,
) -> None:
    await toy.get("/v1/notes")
    text = (await toy.get("/metrics")).text
    names = set(re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE))
    assert names <= {metric.name for metric in CHASSIS_METRICS}
    by_library = {metric.name for metric in CHASSIS_METRICS if metric.by_library}
    assert by_library <= names


async def test_requests_are_timed_by_route_and_not_by_path(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    headers = {"Authorization": f"Bearer {issuer.mint('board')}"}
    for number in range(3):
        note = f"0197a5c2-6f7e-7c3b-9f43-5a6d2a1c9d1{number}"
        await toy.get(f"/v1/notes/{note}", headers=headers)
        await toy.get(f"/nowhere/{note}")
    text = (await toy.get("/metrics")).text
    counted = re.findall(rf"^{HTTP_SECONDS.name}_count{{(.*)}} (\S+)$", text, re.MULTILINE)
    assert ('method="GET",route="/v1/notes/{note_id}",status="200"', "3.0") in counted
    assert ('method="GET",route="unmatched",status="404"', "3.0") in counted


def test_every_metric_that_alerts_and_dashboards_ask_for_is_declared() -> None:
    asked: set[str] = set()
    for path in [*(ROOT / "infra/prometheus").rglob("*"), *(ROOT / "infra/grafana").rglob("*")]:
        if path.is_file():
            asked |= set(re.findall(r"\b(?:thidua|process)_[a-z_]+\b", path.read_text()))
    asked = {re.sub(r"_(bucket|count|sum)$", "", name) for name in asked}
    assert asked
    assert asked <= declared_everywhere()


def test_every_name_begins_with_the_systems() -> None:
    strangers = {name for name in declared_everywhere() if not name.startswith("thidua_")}
    assert strangers == {metric.name for metric in CHASSIS_METRICS if metric.by_library}


def test_a_metric_that_is_not_declared_can_not_be_used() -> None:
    metrics = Metrics([HELD])
    metrics.set(HELD, 3)
    assert metrics.value(HELD) == 3
    with pytest.raises(UndeclaredMetricError, match="toy_seen_total is no metric"):
        metrics.count(SEEN, kind="a")
    with pytest.raises(UndeclaredMetricError, match="toy_held is no metric"):
        metrics.count(HELD)


def test_a_gauge_of_something_that_went_is_shown_no_more() -> None:
    lag = Metric("toy_lag", "gauge", "Lag.", "events", "-", labels=("partition",))
    metrics = Metrics([lag])
    metrics.set(lag, 1, partition="0")
    metrics.set(lag, 2, partition="1")
    metrics.forget(lag, partition="0")
    assert b'partition="0"' not in metrics.exposition()
    assert metrics.value(lag, partition="1") == 2


def test_counters_and_only_they_end_in_total() -> None:
    with pytest.raises(ValueError, match="end in _total"):
        Metric("toy_seen", "counter", "Seen.", "things", "-")
    with pytest.raises(ValueError, match="end in _total"):
        Metric("toy_held_total", "gauge", "Held.", "things", "-")


def test_many_values_at_once_make_the_histogram_that_they_make_one_by_one() -> None:
    seconds = Metric(
        "toy_many_seconds", "histogram", "Time.", "seconds", "-", buckets=(0.001, 0.5, 1.0)
    )
    values = [0.0, 0.001, 0.25, 0.5, 0.500001, 1.0, 7.0]
    one_by_one, at_once = Metrics([seconds]), Metrics([seconds])
    for value in values:
        one_by_one.observe(seconds, value)
    at_once.observe_all(seconds, values)

    def exposed(metrics: Metrics) -> list[str]:
        lines = metrics.exposition().decode().splitlines()
        return [line for line in lines if line.startswith("toy_many")]

    assert exposed(at_once) == exposed(one_by_one)
