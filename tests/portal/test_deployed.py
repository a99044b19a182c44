"""Promise: the portal starts from what docker-compose.yml says, and is given nothing of others."""

import base64
import os
import re
import secrets
import sys
from pathlib import Path

import httpx
import pytest

from infra.local.issuer import Issuer
from infra.local.ports import free_port
from infra.local.processes import Process, Supervisor
from services.portal.settings import PortalSettings
from tests.production import compose

GIVEN = {
    **{name: f"{name.lower()}x" for name in compose.needed_variables()},
    "PORTAL_PUBLIC_URL": "https://thidua.example.vn",
    "PORTAL_SESSION_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
}


def environment(**more: str) -> dict[str, str]:
    """What the container is given."""
    given: dict[str, str] = compose.load({**GIVEN, **more})["services"]["portal"]["environment"]
    return given


def test_it_is_given_no_database_no_broker_and_no_secret_of_others() -> None:
    container = compose.load(GIVEN)["services"]["portal"]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    others = re.compile(r"DATABASE|KAFKA|PASSWORD|SUBMISSIONS_(?!URL)|SCORING_(?!URL)|^NOTIF")
    assert [name for name in container["environment"] if others.search(name)] == []


def test_every_variable_that_it_is_given_is_a_setting() -> None:
    fields = {field.upper() for field in PortalSettings.model_fields}
    given = set(environment(**{name: name for name in optional()}))
    assert {name.partition("_")[2] for name in given} <= fields


def optional() -> set[str]:
    """Variables of the container that may be absent."""
    text = compose.FILE.read_text()
    return set(re.findall(r"^      ((?:PORTAL|THIDUA)_\w+):$", text, re.MULTILINE))


async def test_it_starts_from_exactly_that(issuer: Issuer, tmp_path: Path) -> None:
    port = free_port()
    given = {
        **environment(JWKS_URL=issuer.jwks_url, TOKEN_ISSUER=issuer.url),
        "THIDUA_HTTP_PORT": str(port),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(compose.ROOT),
    }
    with Supervisor() as supervisor:
        process = supervisor.start(
            Process(
                name="portal",
                command=[sys.executable, "-m", "services.portal"],
                log=tmp_path / "portal.log",
                environment=given,
                ready_url=f"http://127.0.0.1:{port}/health/ready",
                ready_timeout=60,
                directory=compose.ROOT,
            )
        )
        process.wait_until_ready()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            page = await http.get("/")
            metrics = await http.get("/metrics")
    assert "Theo dõi, chấm điểm thi đua" in page.text
    assert "max-age=31536000" in page.headers["strict-transport-security"]
    assert 'thidua_portal_logins_total{outcome="refused"} 0.0' in metrics.text


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"PORTAL_PUBLIC_URL": "http://thidua.example.vn"}, "public_url"),
        ({"PORTAL_SESSION_KEY": "short"}, "session_key"),
        ({"PORTAL_SESSION_KEY": base64.b64encode(b"x" * 16).decode()}, "session_key"),
    ],
)
def test_settings_that_would_not_be_safe_are_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], why: str
) -> None:
    for name, value in environment(**changed).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=why):
        PortalSettings()  # type: ignore[call-arg]  # from the environment
