"""Promise: docs/settings.md, metrics.md and problems.md say what the code does."""

import subprocess
import sys
from pathlib import Path

from services.chassis.observability.registry import CHASSIS_METRICS
from services.chassis.service_settings import ServiceSettings
from services.cli.manual import pages

ROOT = Path(__file__).parents[2]


def test_the_generated_pages_are_up_to_date() -> None:
    # In a process of its own: the tests declare problems too.
    check = subprocess.run(
        [sys.executable, "-m", "services.cli", "docs", "check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert check.returncode == 0, check.stdout + check.stderr


def test_every_setting_says_what_it_means() -> None:
    page = pages()[Path("docs/settings.md")]
    for name, info in ServiceSettings.model_fields.items():
        assert info.description, name
        assert f"_{name.upper()}`" in page
        assert "TODO" not in info.description


def test_no_default_of_a_secret_is_printed() -> None:
    page = pages()[Path("docs/settings.md")]
    assert "| `THIDUA_KAFKA_SASL_PASSWORD` | `-` |" in page
    assert "| `<SERVICE>_DATABASE_URL` | **required** |" in page


def test_every_metric_says_what_to_do_or_that_there_is_nothing_to_do() -> None:
    for metric in CHASSIS_METRICS:
        assert metric.meaning.endswith("."), metric.name
        assert metric.what_to_do, metric.name
