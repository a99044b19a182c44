"""Promise: settings come from where the manual says, and wrong ones are named."""

from pathlib import Path

import pytest
from pydantic_settings import SettingsConfigDict

from services.chassis.process_settings import SettingsError, load_settings
from services.chassis.service_settings import ServiceSettings


class Mine(ServiceSettings):
    """A service's settings."""

    model_config = SettingsConfigDict(env_prefix="MINE_", extra="ignore", frozen=True)


@pytest.fixture(autouse=True)
def only_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THIDUA_ENV_FILE", raising=False)
    monkeypatch.setenv("MINE_DATABASE_URL", "postgresql://u:secret@h/d")


def test_the_services_own_name_wins_over_the_shared_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIDUA_HTTP_PORT", "1")
    monkeypatch.setenv("THIDUA_KAFKA_BOOTSTRAP", "k:1")
    monkeypatch.setenv("MINE_HTTP_PORT", "2")
    settings = load_settings(Mine)
    assert (settings.http_port, settings.kafka_bootstrap) == (2, "k:1")


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "thidua.env"
    file.write_text(
        "MINE_HTTP_PORT=3\nTHIDUA_BATCH_MAX_RECORDS=7\nTHIDUA_RELAY_BATCH=8\nOTHER_THING=9\n"
    )
    monkeypatch.setenv("THIDUA_ENV_FILE", str(file))
    monkeypatch.setenv("THIDUA_RELAY_BATCH", "99")
    settings = load_settings(Mine)
    assert (settings.http_port, settings.batch_max_records, settings.relay_batch) == (3, 7, 99)


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIDUA_ENV_FILE", "/nowhere/thidua.env")
    with pytest.raises(SettingsError, match=r"/nowhere/thidua\.env"):
        load_settings(Mine)


def test_every_wrong_value_is_named_at_once_and_no_secret_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MINE_HTTP_PORT", "many")
    monkeypatch.setenv("MINE_RELAY_BATCH", "0")
    with pytest.raises(SettingsError) as caught:
        load_settings(Mine)
    assert "MINE_HTTP_PORT: phải là số nguyên" in str(caught.value)
    assert "MINE_RELAY_BATCH: phải từ 1 trở lên" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_database_is_never_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MINE_DATABASE_URL")
    monkeypatch.setenv("THIDUA_DATABASE_URL", "postgresql://u:secret@h/d")
    with pytest.raises(SettingsError, match="MINE_DATABASE_URL: chưa đặt"):
        load_settings(Mine)


def test_a_simulated_clock_is_refused_in_production_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MINE_CLOCK", "simulated")
    monkeypatch.setenv("MINE_SIMULATED_START", "2020-01-01T00:00:00+07:00")
    with pytest.raises(SettingsError, match="đặt `clock` là `system`"):
        load_settings(Mine)
    monkeypatch.setenv("THIDUA_ENVIRONMENT", "local")
    assert load_settings(Mine).clock == "simulated"


def test_a_simulated_clock_without_a_beginning_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE_CLOCK", "simulated")
    monkeypatch.setenv("THIDUA_ENVIRONMENT", "local")
    with pytest.raises(SettingsError, match="đặt simulated_start"):
        load_settings(Mine)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"MINE_TOPIC_MIN_INSYNC": "2"}, "không gửi được gì"),
        (
            {"MINE_KAFKA_SECURITY_PROTOCOL": "SASL_SSL"},
            "đặt kafka_sasl_username và",
        ),
        ({"MINE_RETRY_ATTEMPTS": "50"}, "chỉ được đến 200 giây"),
    ],
)
def test_values_that_contradict_each_other_are_refused(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], message: str
) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=message):
        load_settings(Mine)


def test_a_password_is_not_in_the_representation() -> None:
    assert "secret" not in repr(load_settings(Mine))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("MINE_DATABASE_URL", "mysql://u:secret@h/d", "phải bắt đầu bằng postgresql://"),
        ("MINE_DATABASE_URL", "postgresql://u:secret@h:cổng/d", "%2F, %40"),
        ("MINE_DATABASE_URL", "postgresql://u:secr/et@h:5432/d", "%2F, %40"),
        ("MINE_DATABASE_URL", "postgresql://u:secret@h:70000/d", "host:port"),
        ("THIDUA_KAFKA_BOOTSTRAP", "kafka", "host:port"),
        ("THIDUA_KAFKA_BOOTSTRAP", "kafka:9092,", "host:port"),
        ("THIDUA_KAFKA_BOOTSTRAP", "kafka:cổng", "host:port"),
        ("THIDUA_KAFKA_BOOTSTRAP", ":9092", "host:port"),
    ],
)
def test_what_is_no_address_is_said_at_the_start(
    name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings(Mine)
    assert says in str(caught.value)
    assert "secr" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MINE_DATABASE_URL", "postgresql:///d?host=/run/postgresql"),
        ("MINE_DATABASE_URL", "postgresql://u:p%40ss@a:5432,b:5433/d"),
        ("MINE_DATABASE_URL", "postgresql://u@[::1]:5432/d"),
        ("THIDUA_KAFKA_BOOTSTRAP", "a:9092, b.example.vn:9092,[::1]:9092"),
    ],
)
def test_every_form_of_an_address_is_taken(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert value in load_settings(Mine).model_dump().values()
