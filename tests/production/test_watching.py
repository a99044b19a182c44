"""Promise: alerts and dashboard speak of metrics that exist, and no metric is watched by nobody."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from services.chassis.observability.metrics import Metric, Metrics
from services.chassis.observability.registry import CHASSIS_METRICS
from services.notifications import metrics as notifications
from services.scoring import metrics as scoring
from services.submissions import metrics as submissions

INFRA = Path(__file__).parents[2] / "infra"
OF_PROMETHEUS = {"up"}


METRICS = (*CHASSIS_METRICS, *submissions.METRICS, *scoring.METRICS, *notifications.METRICS)


def known() -> set[str]:
    return {metric.name for metric in METRICS} | OF_PROMETHEUS


def rules() -> list[dict[str, Any]]:
    alerts = YAML(typ="safe", pure=True).load((INFRA / "prometheus/alerts.yml").read_text())
    return [rule for group in alerts["groups"] for rule in group["rules"]]


def expressions() -> Iterator[str]:
    for rule in rules():
        yield rule["expr"]
    dashboard = json.loads((INFRA / "grafana/dashboards/thidua.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield target["expr"]


def metric_names(expression: str) -> set[str]:
    names = re.findall(r"\b(?:thidua|process)_\w+|\bup\b", expression)
    return {re.sub(r"_(bucket|count|sum)$", "", name) for name in names}


@pytest.mark.parametrize("expression", list(expressions()))
def test_an_expression_names_only_metrics_of_the_registries(expression: str) -> None:
    names = metric_names(expression)
    assert names
    assert names <= known()


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_each_metric_names_its_alerts_or_says_why_it_has_none(metric: Metric) -> None:
    asking = {rule["alert"] for rule in rules() if metric.name in metric_names(rule["expr"])}
    assert set(metric.alerts) == asking
    assert bool(metric.alerts) != bool(metric.no_alert)


def test_what_is_to_alert_at_the_first_count_exists_at_0() -> None:
    """`increase(…) > 0` sees nothing of a series that is born at 1."""
    by_name = {metric.name: metric for metric in METRICS}
    at_first = [rule["expr"] for rule in rules() if re.search(r"increase\(.*> 0$", rule["expr"])]
    assert at_first
    for expression in at_first:
        for name in metric_names(expression):
            metric = by_name[name]
            assert metric.from_zero or metric.zeroed_by or not metric.labels, name
            if metric.zeroed_by:
                continue
            values = metric.from_zero or ((),)
            exposed = Metrics([metric]).exposition().decode()
            for labels in values:
                pairs = ",".join(
                    f'{k}="{v}"' for k, v in sorted(zip(metric.labels, labels, strict=True))
                )
                assert f"{name}{{{pairs}}} 0.0" in exposed
