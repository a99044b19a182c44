"""Promise: each alert fires when it is to, and is silent otherwise; by Prometheus' own judge."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.support.absent import not_tried

PROMETHEUS = Path(__file__).parents[2] / "infra/prometheus"
_yaml = YAML(typ="safe", pure=True)


def read(name: str) -> dict[str, Any]:
    """A file of infra/prometheus."""
    content: dict[str, Any] = _yaml.load((PROMETHEUS / name).read_text())
    return content


def rules() -> list[dict[str, Any]]:
    return [rule for group in read("alerts.yml")["groups"] for rule in group["rules"]]


def promtool(*arguments: str, cwd: Path) -> None:
    """Run it; fail with what it says."""
    if shutil.which("promtool") is None:
        not_tried("promtool", "apt-get install prometheus")
    done = subprocess.run(
        ["promtool", *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_are_valid() -> None:
    promtool("check", "rules", "alerts.yml", cwd=PROMETHEUS)


def test_each_alert_fires_when_it_is_to(tmp_path: Path) -> None:
    bare = read("alerts.yml")
    for group in bare["groups"]:
        for rule in group["rules"]:
            del rule["annotations"]  # promtool compares them too
    with (tmp_path / "alerts.yml").open("w") as file:
        _yaml.dump(bare, file)
    shutil.copy(PROMETHEUS / "alerts_test.yml", tmp_path)
    promtool("test", "rules", "alerts_test.yml", cwd=tmp_path)


def test_no_alert_is_untried() -> None:
    fired = {
        case["alertname"]
        for test in read("alerts_test.yml")["tests"]
        for case in test["alert_rule_test"]
        if case["exp_alerts"]
    }
    assert {rule["alert"] for rule in rules()} == fired


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_says_in_both_languages_what_is_wrong_and_what_to_do(rule: dict[str, Any]) -> None:
    assert set(rule["annotations"]) == {"summary", "summary_vi", "do", "do_vi"}
    assert rule["labels"]["severity"] in {"page", "ticket"}


def test_a_service_that_vanishes_has_an_alert() -> None:
    jobs = read("prometheus.yml")["scrape_configs"]
    names = [name for job in jobs for sd in job["dns_sd_configs"] for name in sd["names"]]
    expressions = {rule["expr"] for rule in rules()}
    assert names
    for name in names:
        assert f'absent(up{{job="thidua", service="{name}"}})' in expressions
