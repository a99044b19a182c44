"""Alerts and dashboard speak of metrics that exist."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from services.chassis.observability.registry import CHASSIS_METRICS
from services.notifications import metrics as notifications
from services.scoring import metrics as scoring
from services.submissions import metrics as submissions

INFRA = Path(__file__).parents[2] / "infra"
OF_PROMETHEUS = {"up"}


def known() -> set[str]:
    registries = (CHASSIS_METRICS, submissions.METRICS, scoring.METRICS, notifications.METRICS)
    return {metric.name for registry in registries for metric in registry} | OF_PROMETHEUS


def expressions() -> Iterator[str]:
    alerts = YAML(typ="safe", pure=True).load((INFRA / "prometheus/alerts.yml").read_text())
    for group in alerts["groups"]:
        for rule in group["rules"]:
            assert rule["annotations"]["do"], rule["alert"]
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
