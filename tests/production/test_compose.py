"""docker-compose.yml is valid, and each service starts from exactly what it says."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from infra.local.ports import free_port
from infra.local.postgres import PostgresCluster
from infra.local.processes import Process, Supervisor
from services.cli.api import ApiSettings
from services.cli.parts import settings_of
from tests.production import compose

SERVICES = ("submissions", "scoring", "notifications")
FILLED = {name: f"{name.lower()}x" for name in compose.needed_variables()}


def seconds(duration: str) -> float:
    found = re.fullmatch(r"(\d+)s", duration)
    assert found, duration
    return float(found[1])


def test_the_file_satisfies_the_compose_schema() -> None:
    checked = subprocess.run(
        [
            sys.executable,
            "-m",
            "check_jsonschema",
            "--builtin-schema",
            "vendor.compose-spec",
            str(compose.FILE),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_example_names_every_variable_that_must_be_set() -> None:
    example = (compose.ROOT / ".env.example").read_text()
    named = set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    assert compose.needed_variables() == named


def test_an_unset_secret_stops_compose() -> None:
    with pytest.raises(compose.UnsetVariableError, match="POSTGRES_PASSWORD"):
        compose.load(FILLED | {"POSTGRES_PASSWORD": ""})


def test_every_image_is_pinned_and_every_mounted_file_exists() -> None:
    for name, service in compose.load(FILLED)["services"].items():
        assert re.search(r":v?\d", service["image"]), name
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source.startswith("./") or source in compose.load(FILLED)["volumes"], volume
            if source.startswith("./"):
                assert (compose.ROOT / source).exists(), volume


def test_our_containers_are_not_root_can_write_nothing_and_have_time_to_drain() -> None:
    dockerfile = (compose.ROOT / "Dockerfile").read_text()
    assert re.findall(r"^USER (.+)$", dockerfile, re.MULTILINE)[-1] == "10001"
    services = compose.load(FILLED)["services"]
    for name in SERVICES:
        service = services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        drain = float(service["environment"]["THIDUA_DRAIN_TIMEOUT_S"])
        assert seconds(service["stop_grace_period"]) > drain


def test_a_service_has_no_secret_of_another() -> None:
    services = compose.load(FILLED)["services"]
    for name in SERVICES:
        others = [other.upper() for other in SERVICES if other != name]
        assert not [key for key in services[name]["environment"] if key.startswith(tuple(others))]


def test_the_job_that_makes_topics_knows_every_services_group() -> None:
    groups = {"SCORING_GROUP_ID": "scoring-2021", "NOTIFICATIONS_GROUP_ID": "notifications-2021"}
    services = compose.load(FILLED | groups)["services"]
    assert groups.items() <= services["topics"]["environment"].items()
    for name in ("scoring", "notifications"):
        variable = f"{name.upper()}_GROUP_ID"
        assert services[name]["environment"][variable] == groups[variable]


FOR_ONE_COMMAND = {
    "SCORING_DEAD_LETTER_RUN_LIMIT": "docs/operating.md gives it with `docker compose run -e`",
    "SCORING_DEAD_LETTER_SHARE_LIMIT": "the same",
}


@pytest.mark.parametrize("name", SERVICES)
def test_every_setting_that_a_manual_speaks_of_reaches_its_service(name: str) -> None:
    pages = [compose.ROOT / "README.md", *(compose.ROOT / "docs").glob("*.md")]
    text = "\n".join(page.read_text() for page in pages if page.name != "settings.md")
    own = rf"{name.upper()}_[A-Z_]+[A-Z]"
    named = set(re.findall(rf"\b(?:THIDUA_(?:TOKEN|CAMPAIGN|JWKS|KAFKA)_[A-Z_]+|{own})\b", text))
    given = {each: each for each in variables_of(name)}
    environment = compose.load(given | FILLED)["services"][name]["environment"]
    assert named - environment.keys() - FOR_ONE_COMMAND.keys() == set()


def test_every_variable_that_a_container_is_given_is_a_setting() -> None:
    ours = "|".join(("THIDUA", *(name.upper() for name in SERVICES)))
    given = set(re.findall(rf"^ +((?:{ours})_\w+):", compose.FILE.read_text(), re.MULTILINE))
    passwords = {f"{name.upper()}_DB_PASSWORD" for name in SERVICES}
    read = {each for name in SERVICES for each in variables_of(name)}
    read |= {f"THIDUA_{field.upper()}" for field in ApiSettings.model_fields} | {"THIDUA_LANG"}
    assert given - passwords <= read


def variables_of(name: str) -> set[str]:
    """What a service reads from its environment."""
    fields = (field.upper() for field in settings_of(name).model_fields)
    return {f"{prefix}_{field}" for field in fields for prefix in (name.upper(), "THIDUA")}


def test_no_container_and_no_image_has_a_campaign_in_it() -> None:
    """A campaign is announced to what runs: nothing is built, mounted or started anew for it."""
    deployed = compose.FILE.read_text() + (compose.ROOT / "Dockerfile").read_text()
    files = re.sub(r"^ *#.*$|THIDUA_CAMPAIGN_WAIT_S", "", deployed, flags=re.MULTILINE)
    assert "campaign" not in files.lower()


def test_the_command_that_announces_is_started_by_nobody_else_and_finds_the_services() -> None:
    command = compose.load(FILLED)["services"]["thidua"]
    assert command["profiles"]
    assert command["entrypoint"] == ["python", "-m", "services.cli"]
    for service in ("submissions", "scoring"):
        assert command["environment"][f"THIDUA_{service.upper()}_URL"] == f"http://{service}:8080"


def test_intake_starts_while_the_broker_is_away() -> None:
    services = compose.load(FILLED)["services"]
    assert set(services["submissions"]["depends_on"]) == {"migrate"}
    assert set(services["migrate"]["depends_on"]) == {"postgres"}
    for reader in ("scoring", "notifications"):
        assert "topics" in services[reader]["depends_on"]


def test_what_the_dockerfile_copies_exists() -> None:
    dockerfile = (compose.ROOT / "Dockerfile").read_text()
    for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (compose.ROOT / source).exists(), line


@pytest.fixture(scope="module")
def world(
    postgres: PostgresCluster, broker: Broker, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Replacements that turn the addresses inside Compose into those of this machine."""
    issuer = Issuer(tmp_path_factory.mktemp("issuer"))
    dsns = {name: postgres.create_database(f"compose_{name}") for name in SERVICES}
    issuer_file = tmp_path_factory.mktemp("jwks") / "jwks.json"
    issuer_file.write_text(json.dumps(issuer.jwks()))
    return {
        **{f"{name.upper()}_DATABASE_URL": dsn for name, dsn in dsns.items()},
        "THIDUA_KAFKA_BOOTSTRAP": broker.bootstrap,
        "THIDUA_JWKS_URL": issuer_file.as_uri(),
        "THIDUA_TOKEN_ISSUER": issuer.url,
        "THIDUA_TOPIC_PREFIX": "compose",
    }


def here(environment: dict[str, str], world: dict[str, str], port: int) -> dict[str, str]:
    """A service's environment with this machine's addresses in place of the containers'.

    Nothing is added that the file does not name, but the prefix that keeps the test's topics apart.
    """
    local = {key: world.get(key, value) for key, value in environment.items()}
    assert local["THIDUA_HTTP_PORT"] == "8080"
    return local | {
        "THIDUA_HTTP_PORT": str(port),
        "THIDUA_TOPIC_PREFIX": world["THIDUA_TOPIC_PREFIX"],
    }


def clean_environment() -> dict[str, str]:
    """What a container would have: no variable of ours but those of the file."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
    return {key: os.environ[key] for key in kept if key in os.environ} | {
        "PYTHONPATH": str(compose.ROOT)
    }


def words(command: list[str]) -> list[str]:
    assert command[0] == "python"
    return [sys.executable, *command[1:]]


@pytest.fixture(scope="module")
def jobs_done(world: dict[str, str]) -> dict[str, str]:
    """The two jobs of the file have run, by the commands that it names."""
    services = compose.load(FILLED)["services"]
    for job in ("migrate", "topics"):
        environment = clean_environment() | here(services[job]["environment"], world, free_port())
        done = subprocess.run(
            words(services[job]["command"]),
            env=environment,
            cwd=compose.ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, f"{job}: {done.stdout}{done.stderr}"
    return world


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_starts_from_exactly_the_command_environment_and_health_path(
    name: str, jobs_done: dict[str, str], tmp_path: Path
) -> None:
    service = compose.load(FILLED | {"NOTIFICATIONS_SECRET_KEY": "A" * 43 + "="})["services"][name]
    port = free_port()
    kind, *check = service["healthcheck"]["test"]
    assert kind == "CMD"
    check = [word.replace(":8080/", f":{port}/") for word in check]
    path = re.search(r"http://127\.0\.0\.1:\d+(/[\w/]+)", " ".join(check))
    assert path
    assert path[1] == "/health/live"  # what acts on Docker's health check restarts the container
    with Supervisor() as supervisor:
        running = supervisor.start(
            Process(
                name=name,
                command=[
                    "env",
                    "-i",
                    *_assignments(here(service["environment"], jobs_done, port)),
                    *words(service["command"]),
                ],
                log=tmp_path / "log",
                ready_url=f"http://127.0.0.1:{port}{path[1]}",
                directory=compose.ROOT,
            )
        )
        running.wait_until_ready()
        healthy = subprocess.run(words(check), check=False, timeout=10)
        assert healthy.returncode == 0
        assert httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200
        assert httpx.get(f"http://127.0.0.1:{port}/metrics").status_code == 200
        running.stop()
        assert running.popen.returncode == 0, (tmp_path / "log").read_text()[-2000:]


def _assignments(environment: dict[str, str]) -> list[str]:
    return [f"{key}={value}" for key, value in (clean_environment() | environment).items()]
