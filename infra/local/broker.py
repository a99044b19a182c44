"""Which broker runs on this machine: Apache Kafka where it can be had, else the wheel."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

from infra.local.kafka import KafkaBroker, KafkaUnavailableError, fetch_jars, why_not_kafka
from infra.local.wheel_broker import WheelBroker
from services.chassis.language import speak

Kind = Literal["auto", "kafka", "wheel"]


class Broker(Protocol):
    """One broker, one directory, one port that stays the same over restarts."""

    @property
    def name(self) -> str:
        """What runs, for people: `Apache Kafka 4.3.1`."""

    @property
    def bootstrap(self) -> str:
        """`127.0.0.1:port`, for `bootstrap_servers`."""

    @property
    def log(self) -> Path:
        """What the broker writes."""

    @property
    def pid(self) -> int | None:
        """Process id of the broker itself while it runs."""

    def start(self) -> None:
        """Start on the data that is there; return when groups can be coordinated."""

    def stop(self) -> None:
        """An orderly stop; the data stays."""

    def kill(self) -> None:
        """SIGKILL, as in a crash."""

    def restart(self) -> None:
        """Stop and start."""


def choose_broker(
    kind: Kind | None,
    directory: Path,
    jars: Path,
    *,
    announce: Callable[[str], None] = print,
    progress: Callable[[int, int], None] | None = None,
) -> Broker:
    """The broker for this machine, not started yet.

    `kind` decides; without it the environment variable BROKER; without that `auto`: Apache Kafka
    when Java 17+ and Maven are found and its jars are there or can be fetched (into `jars`;
    `progress` as in `fetch_jars`), otherwise the wheel, announced in one line.

    Raises KafkaUnavailableError when Kafka was asked for and can't be had, ValueError for a kind
    that does not exist.
    """
    wanted = kind or os.environ.get("BROKER") or "auto"
    if wanted == "wheel":
        return WheelBroker(directory / "wheel")
    if wanted not in ("auto", "kafka"):
        raise ValueError(
            speak(
                f"BROKER={wanted}: chọn `auto`, `kafka` hoặc `wheel`",
                f"BROKER={wanted}: use auto, kafka or wheel",
            )
        )
    try:
        if reason := why_not_kafka(jars):
            raise KafkaUnavailableError(reason)
        fetch_jars(jars, progress=progress)
    except KafkaUnavailableError as error:
        if wanted == "kafka":
            raise
        announce(
            speak(
                f"KHÔNG CÓ KAFKA: {error}. Chạy bằng noida-db, chỉ để xem thử.",
                f"!! NO APACHE KAFKA: {error}. Running on the noida-db wheel: for a look only.",
            )
        )
        return WheelBroker(directory / "wheel")
    return KafkaBroker(directory / "kafka", jars)
