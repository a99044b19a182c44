"""The `noida-db` wheel: a small binary that speaks Kafka's protocol, where there is no Java.

Good for a look at the demo, not for load, crash tests or measurements: it keeps records in
memory and writes its whole file on change, so a SIGKILL loses what was acknowledged since; and it
never evicts a killed dynamic member of a group (static members come back in 0.1 s).
"""

import contextlib
import importlib.metadata
import importlib.util
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.broker_ready import wait_for_coordinator
from infra.local.ports import free_port
from infra.local.spawn import Child, spawn, tail


class WheelBrokerError(RuntimeError):
    """The wheel's broker could not be started; the message has the log's tail."""


@dataclass
class WheelBroker:
    """One broker in one directory: `data/`, `server.log`. The port stays over restarts."""

    directory: Path
    port: int = field(default_factory=free_port)
    start_timeout: float = 30.0  # seconds
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self.directory = self.directory.resolve()

    @property
    def name(self) -> str:
        """`noida-db` and its version."""
        return f"noida-db {importlib.metadata.version('noida-db')} (wheel)"

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
        """Process id of the broker while it runs."""
        running = self._process is not None and self._process.poll() is None
        return self._process.pid if running and self._process else None

    def start(self) -> None:
        """Start on the data that is there; return when groups can be coordinated."""
        if self.pid is not None:
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        self._process = spawn(
            Child(
                command=[
                    *(_binary(), "start", "--only", "kafka", "--host", "127.0.0.1"),
                    *("--kafka-port", str(self.port), "--data-dir", self.directory / "data"),
                ],
                log=self.log,
                directory=self.directory,
            )
        )
        try:
            wait_for_coordinator(self.bootstrap, self._process, self.start_timeout)
        except TimeoutError as error:
            self.kill()
            raise WheelBrokerError(f"{self.name}: {error}:\n{tail(self.log)}") from error

    def stop(self) -> None:
        """An orderly stop, which saves; SIGKILL after 30 s."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL, as in a crash: what was acknowledged since its last save is gone."""
        process = self._process
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait(timeout=30)

    def restart(self) -> None:
        """Stop and start on the same data and port."""
        self.stop()
        self.start()


def _binary() -> Path:
    """The program itself: the wheel's command is a launcher that would survive its own kill."""
    spec = importlib.util.find_spec("noida_db")
    if spec is None or not spec.submodule_search_locations:
        raise WheelBrokerError("noida-db is not installed; run: make setup")
    binary = Path(spec.submodule_search_locations[0]) / "noida-db"
    if not binary.stat().st_mode & 0o100:
        binary.chmod(0o755)
    return binary
