"""Tools that not every machine has: a test without its tool fails in CI, and elsewhere is skipped
aloud. `tests/conftest.py` says at the end what was not tried, one line a tool."""

import os
from typing import NoReturn

import pytest

NOT_TRIED = "!! NOT TRIED"


def not_tried(tool: str, remedy: str) -> NoReturn:
    """Skip the test because `tool` is absent; where CI=true, fail."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"{tool} is a must in CI: {remedy}", pytrace=False)
    pytest.skip(f"{NOT_TRIED}, no {tool}: {remedy}")
