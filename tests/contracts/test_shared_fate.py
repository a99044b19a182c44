"""A fault in what only one service needs stops no other service."""

import subprocess
import sys

import pytest

_START = """
import sys
from importlib import import_module

class Broken:
    def find_spec(self, name, *_):
        if name.startswith("services.contracts.rules"):
            raise ImportError("the rules are broken")

sys.meta_path.insert(0, Broken())
from services.cli.parts import settings_of

service = sys.argv[1]
import_module(f"services.{service}.app").compose(
    settings_of(service)(
        environment="local",
        database_url="postgresql://nobody@localhost/nothing",
        jwks_url="http://localhost/keys",
        token_issuer="http://localhost",
        secret_key="c2VhbGluZy1rZXktb2YtdGhlLXRlc3RzLTMyLWJ5dGU=",
    )
)
"""


def start(service: str) -> subprocess.CompletedProcess[str]:
    """Put a service together in a process of its own, in which the rules can't be imported."""
    return subprocess.run(
        [sys.executable, "-c", _START, service],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_rules_that_cannot_be_loaded_stop_scoring() -> None:
    """Else the tests below prove nothing."""
    started = start("scoring")
    assert started.returncode == 1
    assert "the rules are broken" in started.stderr


@pytest.mark.parametrize("service", ["submissions", "notifications"])
def test_rules_that_cannot_be_loaded_stop_no_other_service(service: str) -> None:
    started = start(service)
    assert started.returncode == 0, started.stderr
