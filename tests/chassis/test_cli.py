"""Promise: `thidua` explains itself, does what it says, and ends with the code that it says."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from infra.local.broker import Broker
from services.chassis.broker.topic_admin import missing_topics, partitions_of
from services.chassis.process_settings import load_settings
from services.chassis.settings import SharedSettings
from services.cli.failures import sentence_of
from services.cli.main import app
from services.cli.topics import specs
from services.contracts.topics import dead_letter_topic

ROOT = Path(__file__).parents[2]
HANOI = "infra/campaigns/hanoi-2020"


def thidua(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if "_URL" not in name}
    return subprocess.run(
        [sys.executable, "-m", "services.cli", *words],
        env={**clean, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def commands() -> Iterator[tuple[str, ...]]:
    def walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        children = getattr(command, "commands", None)  # typer's click is its own
        if children is None:
            yield path
        for name, child in (children or {}).items():
            yield from walk(child, (*path, name))

    yield from walk(get_command(app), ())


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_says_what_it_does_with_an_example_and_its_exit_codes(
    words: tuple[str, ...],
) -> None:
    answer = CliRunner().invoke(app, [*words, "--help"])
    assert answer.exit_code == 0
    assert "Ví dụ: " in answer.output
    assert f"thidua {' '.join(words)}" in answer.output
    assert "Mã kết thúc: 0 " in answer.output


def test_the_commands_that_the_manual_names_are_there() -> None:
    names = {" ".join(words) for words in commands()}
    documented = {
        "migrate",
        "topics create",
        "topics list",
        "reconcile",
        "republish",
        "rebuild scoring",
        "replay",
        "dead-letters list",
        "dead-letters show",
        "dead-letters redrive",
        "dead-letters discard",
        "run",
        "campaign check",
    }
    assert documented | {"token", "demo", "up", "schemas write", "schemas check"} <= names


def test_settings_that_do_not_fit_are_named_and_exit_78() -> None:
    answer = thidua("migrate", "scoring")
    assert answer.returncode == 78
    assert "SCORING_DATABASE_URL: chưa đặt và không có mặc định" in answer.stderr


@pytest.mark.parametrize(
    ("words", "vi", "en"),
    [
        (("migrate", "scoring"), "không có cơ sở dữ liệu tại 127.0.0.1:1", "no database at"),
        (("dead-letters", "list"), "không có cơ sở dữ liệu tại 127.0.0.1:1", "no database at"),
        (("verify", HANOI), "không có Kafka tại 127.0.0.1:1", "no broker at 127.0.0.1:1"),
        (("topics", "list"), "không có Kafka tại 127.0.0.1:1", "no broker at 127.0.0.1:1"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_server_that_is_not_there_is_named_in_one_sentence_with_its_setting(
    words: tuple[str, ...], vi: str, en: str
) -> None:
    for language, expected in (("vi", vi), ("en", en)):
        answer = thidua(
            *words,
            THIDUA_LANG=language,
            SCORING_DATABASE_URL="postgresql://a:b@127.0.0.1:1/c",
            THIDUA_KAFKA_BOOTSTRAP="127.0.0.1:1",
        )
        assert answer.returncode == 1
        (line,) = answer.stderr.splitlines()
        assert line.startswith(f"thidua: {expected}")
        assert "THIDUA_KAFKA_BOOTSTRAP" in line or "_DATABASE_URL" in line
        assert "Error" not in line


@pytest.mark.parametrize(
    ("error", "vi"),
    [
        (FileNotFoundError(2, "No such file", "a.yaml"), "không tìm thấy a.yaml"),
        (PermissionError(13, "Permission denied", "a.yaml"), "không đọc hoặc ghi được a.yaml (Per"),
        (TimeoutError(), "không kết nối được (TimeoutError)"),
        (asyncpg.InvalidPasswordError("no"), "cơ sở dữ liệu báo lỗi: no (InvalidPasswordError)"),
        (ValueError("x"), "lỗi ngoài dự kiến: ValueError: x"),
    ],
    ids=repr,
)
def test_every_failure_is_a_sentence_in_the_language_asked_for(
    error: Exception, vi: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THIDUA_LANG", "vi")
    assert sentence_of(error).startswith(vi)


def test_an_unknown_service_is_a_misuse() -> None:
    answer = thidua("run", "scorin")
    assert answer.returncode == 2
    assert "submissions, scoring, notifications" in answer.stderr


def test_migrating_all_services_twice_is_migrating_once(fresh_database: Callable[[], str]) -> None:
    urls = {
        f"{name}_DATABASE_URL": fresh_database()
        for name in ("SUBMISSIONS", "SCORING", "NOTIFICATIONS")
    }
    first = thidua("migrate", **urls)
    assert first.returncode == 0, first.stderr
    second = thidua("migrate", **urls)
    assert second.returncode == 0, second.stderr
    assert second.stdout == first.stdout


async def test_topics_are_made_once_widened_and_never_narrowed(broker: Broker) -> None:
    world = {
        "THIDUA_TOPIC_PREFIX": f"t{uuid4().hex[:8]}",
        "THIDUA_KAFKA_BOOTSTRAP": broker.bootstrap,
    }

    async def topics(verb: str, **more: str) -> Result:
        # In a thread of this process: a new one for each of five calls takes half a minute.
        environment = {**world, **more}
        return await asyncio.to_thread(
            lambda: CliRunner().invoke(app, ["topics", verb], env=environment)
        )

    async def create(partitions: int) -> str:
        answer = await topics("create", THIDUA_TOPIC_PARTITIONS=str(partitions))
        assert answer.exit_code == 0, answer.output
        return answer.output

    absent = await topics("list")
    assert absent.exit_code == 1
    assert "THIẾU" in absent.output
    settings = SharedSettings(
        kafka_bootstrap=broker.bootstrap, topic_prefix=world["THIDUA_TOPIC_PREFIX"]
    )
    names = [spec.name for spec in specs(settings)]
    assert f"{len(names)} topic tạo mới" in await create(2)
    assert f"{len(names)} giữ nguyên" in await create(2)
    wide = [spec.name for spec in specs(settings) if spec.partitions > 1]  # the watermark has one
    assert f"{len(wide)} mở rộng" in await create(3)
    assert "không bớt được" in await create(1)
    present = await partitions_of(settings)
    assert present == dict.fromkeys(names, 1) | dict.fromkeys(wide, 3)
    assert await missing_topics(settings, [*names, "nowhere"]) == ["nowhere"]


async def test_every_group_that_is_set_has_a_topic_for_its_dead_letters(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    prefix = f"t{uuid4().hex[:8]}"
    # One in the environment, one in the file: where the services look for theirs too.
    monkeypatch.setenv("SCORING_GROUP_ID", "scoring-2021")
    file = tmp_path / "thidua.env"
    file.write_text(
        f"NOTIFICATIONS_GROUP_ID=tellers\nTHIDUA_GROUP_ID=nobodys\nTHIDUA_TOPIC_PREFIX={prefix}\n"
        f"THIDUA_KAFKA_BOOTSTRAP={broker.bootstrap}\nTHIDUA_TOPIC_PARTITIONS=2\n"
    )
    monkeypatch.setenv("THIDUA_ENV_FILE", str(file))
    answer = await asyncio.to_thread(CliRunner().invoke, app, ["topics", "create"])
    assert answer.exit_code == 0, answer.output
    present = await partitions_of(load_settings(SharedSettings))
    letters = {name: count for name, count in present.items() if "dead-letter" in name}
    assert letters == {
        dead_letter_topic(prefix, "scoring-2021"): 2,
        dead_letter_topic(prefix, "tellers"): 2,
    }


def test_a_refusal_of_the_broker_is_printed_with_its_topic(broker: Broker) -> None:
    if not broker.name.startswith("Apache Kafka"):
        pytest.skip("the wheel takes any replication")
    answer = thidua(
        "topics",
        "create",
        THIDUA_TOPIC_PREFIX=f"t{uuid4().hex[:8]}",
        THIDUA_KAFKA_BOOTSTRAP=broker.bootstrap,
        THIDUA_TOPIC_REPLICATION="3",
    )
    assert answer.returncode == 1
    assert "essay-submitted" in answer.stderr
    assert "replication factor" in answer.stderr.lower()


def test_what_was_published_is_put_back_for_the_relay_as_chosen(toy_database: str) -> None:
    def sql(statement: str) -> Any:
        async def ask() -> Any:
            connection = await asyncpg.connect(toy_database)
            try:
                return await connection.fetchval(statement)
            finally:
                await connection.close()

        return asyncio.run(ask())

    def republish(*words: str) -> Result:
        environment = {"SCORING_DATABASE_URL": toy_database}
        return CliRunner().invoke(app, ["republish", "scoring", *words], env=environment)

    sql(
        "INSERT INTO event_log (event_id, topic, headers, value, recorded_at)"
        " SELECT gen_random_uuid(), 'thidua.' || event || '.v1', '\\x90', '{}', day::timestamptz"
        " FROM unnest('{essay-submitted,points-recomputed}'::text[]) event,"
        " unnest('{2020-05-01,2020-06-01,2020-07-01}'::text[]) day RETURNING 1"
    )
    assert "0 dữ liệu" in republish("--since", "2021-01-01T00:00:00Z").output
    assert (
        "1 dữ liệu"
        in republish(
            *("--since", "2020-05-15T00:00:00+07:00", "--until", "2020-06-15T00:00:00+07:00"),
            *("--type", "essay-submitted"),
        ).output
    )
    assert sql("SELECT count(*) FROM outbox") == 1
    assert republish().exit_code == 0
    assert sql("SELECT count(*) FROM outbox") == 6
    unknown = republish("--type", "essay-submited")
    assert unknown.exit_code == 2
    assert "Không có loại dữ liệu essay-submited" in unknown.output
    vague = republish("--since", "2020-05-15T00:00:00")
    assert vague.exit_code == 2
    assert "+07:00" in vague.output


def test_what_can_not_be_meant_is_misuse_and_a_missing_file_of_settings_no_empty_one(
    tmp_path: Path,
) -> None:
    nowhere = thidua("rebuild", "scoring", "--into", "scoring_new")
    assert nowhere.returncode == 2
    assert "scoring_new không phải địa chỉ; viết postgresql://" in nowhere.stderr
    missing = tmp_path / "settings.env"
    unread = thidua("dead-letters", "list", THIDUA_ENV_FILE=str(missing))
    assert unread.returncode == 78
    assert f"THIDUA_ENV_FILE chỉ đến {missing}, không phải tệp" in unread.stderr


def test_an_argument_in_another_encoding_is_misuse() -> None:
    answer = thidua("verify", os.fsdecode(b"hanoi-\xe0"), THIDUA_LANG="en")
    assert answer.returncode == 2
    assert answer.stderr.startswith("thidua: “hanoi-\ufffd” is not UTF-8")


def test_a_language_that_is_not_spoken_is_named_and_exits_78() -> None:
    answer = thidua("topics", "list", THIDUA_LANG="fr")
    assert answer.returncode == 78
    assert answer.stderr == "thidua: THIDUA_LANG=fr: it is one of vi, en\n"
