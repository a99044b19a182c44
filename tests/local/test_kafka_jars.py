"""Fetching Apache Kafka: once for all callers, whole or not at all.

The `mvn` here is a program of the test's own, so that failure, slowness and two callers at once
can be had at will; the real one runs whenever the `kafka` fixture finds no jars.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local.kafka_jars import KafkaUnavailableError, fetch_jars


def put_maven(directory: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `mvn` first on the PATH; each call adds a line to the file returned."""
    calls = directory / "calls"
    program = directory / "bin" / "mvn"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho call >> "{calls}"\n'
        'for word; do case "$word" in -DoutputDirectory=*) out="${word#*=}";; esac; done\n' + script
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return calls


def test_callers_at_once_fetch_once_and_all_find_every_jar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = 'sleep 0.5; mkdir -p "$out"; touch "$out/kafka.jar"\n'
    calls = put_maven(tmp_path, script, monkeypatch)
    jars = tmp_path / "lib"

    def caller(_number: int) -> bool:
        fetch_jars(jars)
        return (jars / "kafka.jar").exists()

    with ThreadPoolExecutor(4) as callers:
        assert all(callers.map(caller, range(4)))
    assert calls.read_text() == "call\n"


def test_a_failed_fetch_says_mavens_words_and_leaves_nothing_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = 'mkdir -p "$out"; touch "$out/half.jar"; printf "\\033[0m[ERROR] no route"; exit 1\n'
    calls = put_maven(tmp_path, script, monkeypatch)
    jars = tmp_path / "lib"
    for _ in range(2):
        with pytest.raises(KafkaUnavailableError, match=r"\(\[ERROR\] no route"):
            fetch_jars(jars)
    assert not jars.exists()
    assert calls.read_text() == "call\ncall\n"


def test_progress_grows_to_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_maven(tmp_path, 'sleep 0.5; mkdir -p "$out"\n', monkeypatch)
    seen: list[tuple[int, int]] = []
    fetch_jars(tmp_path / "lib", progress=lambda done, whole: seen.append((done, whole)))
    assert seen == sorted(seen)
    assert seen[0][0] == 0
    assert seen[-1][0] == seen[-1][1]
