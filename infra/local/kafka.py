"""Apache Kafka as one node on this machine: broker and KRaft controller in one Java process."""

import base64
import contextlib
import signal
import subprocess
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.broker_ready import wait_for_coordinator
from infra.local.kafka_jars import (
    POM,
    KafkaUnavailableError,
    fetch_jars,
    java,
    why_not_kafka,
)
from infra.local.ports import free_port
from infra.local.spawn import Child, spawn, tail
from services.chassis.language import speak

__all__ = ["KafkaBroker", "KafkaUnavailableError", "fetch_jars", "why_not_kafka"]

_BRIEF = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""One compiler and one thread that collects: a broker of a demo or a test lives for minutes."""
_LOG_CONFIGURATION = POM.with_name("log4j2.xml")


class KafkaError(RuntimeError):
    """The broker could not be made or started; the message has the log's tail."""


@dataclass
class KafkaBroker:
    """One Kafka node in one directory: `logs/` (the data), `server.properties`, `server.log`.

    Its jars must be there (`fetch_jars`). Both ports are taken when the object is made and stay
    the same over restarts. About 400 MB resident.
    """

    directory: Path
    jars: Path
    port: int = field(default_factory=free_port)
    controller_port: int = field(default_factory=free_port)
    for_load: bool = False
    """Whether Java compiles as for a server that runs for days. It is faster after some minutes of
    load, for twice the processor until then: 5 s instead of 2.5 s at the start alone."""
    rebalance_delay_ms: int = 0  # 3000 is right in production: it waits for a whole deploy
    start_timeout: float = 60.0  # seconds; a recovery of the logs after a crash is inside it
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self.directory = self.directory.resolve()

    @property
    def name(self) -> str:
        """`Apache Kafka` and its version, as the jars say."""
        core = next(iter(self.jars.glob("kafka_2.13-*.jar")), None)
        return f"Apache Kafka {core.stem.removeprefix('kafka_2.13-')}" if core else "Apache Kafka"

    @property
    def bootstrap(self) -> str:
        """For `bootstrap_servers`."""
        return f"127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the broker writes."""
        return self.directory / "server.log"

    @property
    def pid(self) -> int | None:
        """Process id of the Java process while it runs."""
        running = self._process is not None and self._process.poll() is None
        return self._process.pid if running and self._process else None

    def start(self) -> None:
        """Format the directory if it is new, start, return when groups can be coordinated.

        Raises KafkaError when it ends or is not ready in time.
        """
        if self.pid is not None:
            return
        self._write_properties()
        if not (self._logs / "meta.properties").exists():
            self._format()
        self._process = spawn(
            Child(
                command=[
                    *self._java("-Xmx512m", "-Xms256m", *(() if self.for_load else _BRIEF)),
                    *("kafka.Kafka", self._properties),
                ],
                log=self.log,
            )
        )
        try:
            wait_for_coordinator(self.bootstrap, self._process, self.start_timeout)
        except TimeoutError as error:
            self.kill()
            raise KafkaError(f"{self.name}: {error}:\n{tail(self.log)}") from error

    def stop(self) -> None:
        """A controlled shutdown; SIGKILL after 30 s."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL, as in a crash. The next start recovers the logs (about 5 s)."""
        process = self._process
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait(timeout=30)

    def restart(self) -> None:
        """Stop and start on the same data and ports."""
        self.stop()
        self.start()

    # ---- inside

    @property
    def _logs(self) -> Path:
        return self.directory / "logs"

    @property
    def _properties(self) -> Path:
        return self.directory / "server.properties"

    def _java(self, *options: str) -> list[str | Path]:
        program = java()
        if program is None:
            raise KafkaUnavailableError(speak("không tìm thấy Java", "no Java found"))
        return [
            program,
            *options,
            "-XX:-UsePerfData",  # or it leaves files in the machine's temporary directory
            f"-Dlog4j2.configurationFile={_LOG_CONFIGURATION}",
            *("-cp", f"{self.jars.resolve()}/*"),
        ]

    def _format(self) -> None:
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        tool = spawn(
            Child(
                command=[
                    *self._java(*_BRIEF),
                    # With "=": an id that begins with "-" would be taken for an option.
                    *("kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}"),
                    *("-c", self._properties),
                ],
                log=self.log,
            )
        )
        if tool.wait(timeout=60) != 0:
            raise KafkaError(f"the data directory could not be formatted:\n{tail(self.log)}")

    def _write_properties(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        lines = [f"{name}={value}" for name, value in self._settings().items()]
        self._properties.write_text("\n".join(lines) + "\n")

    def _settings(self) -> dict[str, str | int]:
        controller = f"127.0.0.1:{self.controller_port}"
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@{controller}",
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": str(self._logs),
            # One node: without these every group waits for ever for a topic of three replicas.
            "offsets.topic.replication.factor": 1,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "offsets.topic.num.partitions": 4,  # a faster first start than 50
            "group.initial.rebalance.delay.ms": self.rebalance_delay_ms,
            # After a SIGKILL the old session must end first: back in 5.5 s, not 14 s.
            "broker.session.timeout.ms": 3000,
            "broker.heartbeat.interval.ms": 500,
            "auto.create.topics.enable": "false",  # topics are provisioned by one command
        }
