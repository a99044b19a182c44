"""A process that serves HTTP until it is told to stop, or until a part of it dies."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from typing import NoReturn, Protocol, TypeVar, cast

import structlog
import uvicorn
import uvloop
from starlette.applications import Starlette

from services.chassis import crash
from services.chassis.http.server import server_config
from services.chassis.http_settings import HttpSettings
from services.chassis.observability.logs import configure_logs
from services.chassis.process_settings import SettingsError, load_settings

log = structlog.get_logger(__name__)

S = TypeVar("S", bound=HttpSettings)

Create = Callable[[S, Callable[[], None]], Starlette]
"""Makes the application of settings and of what ends the process when a part died that must not.
`app.state.lifespan` is its `Running`."""

_EX_CONFIG = 78  # sysexits.h: something must be changed first; restarting will not help


class Running(Protocol):
    """How it went."""

    died: str | None
    """Which part died, and of what."""
    refused: str | None
    """Why it may not run at all."""


def run_process(name: str, kind: type[S], create: Create[S]) -> NoReturn:
    """Run until SIGTERM or SIGINT, or until a part of it dies.

    Exits 0 after a stop, 1 after a death, 78 when settings or what it works on do not fit.
    """
    try:
        settings = load_settings(kind)
    except SettingsError as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(_EX_CONFIG)
    configure_logs(name, level=settings.log_level, form=settings.log_format)
    try:
        crash.arm(settings.environment)
        code, refused = uvloop.run(_serve(create, settings))
    except Exception:
        log.critical("the service could not run", exc_info=True)
        code, refused = 1, None
    if refused is not None:  # the last line, for whoever started it by hand
        print(f"{name}: {refused}", file=sys.stderr)
        code = _EX_CONFIG
    sys.stderr.flush()
    sys.exit(code)


async def _serve(create: Create[S], settings: S) -> tuple[int, str | None]:
    """The exit code, and why it may not run at all."""
    server: _Server
    app = create(settings, lambda: server.stop("a part of it died"))
    server = _Server(server_config(app, settings))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop, number.name)
    running = cast(Running, app.state.lifespan)
    try:
        await server.serve()
    except SystemExit:  # uvicorn raises it when the lifespan or the port failed
        return 1, running.refused
    return (1 if running.died else 0), running.refused


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: they raise the signal once more at the end, so that a
    clean stop could not exit 0."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ours are in place."""
        yield

    def stop(self, reason: str) -> None:
        """Take no more requests, then end."""
        log.info("stopping", reason=reason)
        self.should_exit = True
