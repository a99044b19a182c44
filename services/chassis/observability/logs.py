"""Logs: one JSON object a line on stderr, with the ids of the event and the trace at hand.

    log = structlog.get_logger(__name__)
    log.info("essay kept", essay=essay_id)          # words first, then values by name

What is bound with `structlog.contextvars.bound_contextvars(event_id=…)` is on every line that
is written inside. Never log bodies, tokens or personal data.
"""

import logging
import sys
import time
from typing import Any

import structlog

from services.chassis.observability import trace

_FLOODING = ("aiokafka", "faststream", "uvicorn")
"""Loggers that repeat one line for as long as a broker is away, or a stranger sends nonsense."""

_FLOOD_PAUSE_S = 5.0


class FloodFilter(logging.Filter):
    """One line per template every `pause_s` seconds; the next one says how many were held back."""

    def __init__(self, pause_s: float = _FLOOD_PAUSE_S) -> None:
        super().__init__()
        self._pause_s = pause_s
        self._last: dict[tuple[str, object], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if record.levelno < logging.WARNING:
            return True
        template = (record.name, record.msg)
        now = time.monotonic()
        written_at, held = self._last.get(template, (float("-inf"), 0))
        if now - written_at < self._pause_s:
            self._last[template] = (written_at, held + 1)
            return False
        if len(self._last) > 1000:  # noqa: PLR2004 - messages without templates must not pile up
            self._last.clear()
        self._last[template] = (now, 0)
        if held:
            record.suppressed = held
        return True


class _StandardError(logging.Handler):
    """Writes to what standard error is now: a test or a command may have replaced and closed it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; none where nobody can read it any more."""
        if sys.stderr is None or sys.stderr.closed:
            return
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


def configure_logs(service: str, *, level: str = "INFO", form: str = "json") -> None:
    """Send structlog and the standard library's loggers through one writer. Once, at start."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _traced,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(allow=["suppressed"]),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        _named(service),
    ]
    last: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if form == "json":
        last += [
            # Never with locals: they hold tokens, passwords and people's data.
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ]
    else:
        last.append(
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        )
    handler = _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last)
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    flood = FloodFilter()
    handler.addFilter(lambda record: not record.name.startswith(_FLOODING) or flood.filter(record))
    logging.getLogger("httpx").setLevel(logging.WARNING)  # one line a request says nothing
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _traced(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    # Asked here, of the few lines that are written, and not bound for each request and event.
    if step := trace.current():
        event["trace_id"] = step.trace_id
    return event


def _named(service: str) -> Any:
    def add(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        event["service"] = service
        return event

    return add
