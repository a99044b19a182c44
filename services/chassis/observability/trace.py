"""W3C trace context, from the HTTP request through outbox and Kafka to the last effect.

Only the `traceparent` header is carried (https://www.w3.org/TR/trace-context/): enough to join the
log lines of one cause across services. No exporter, no sampling decision of our own.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_current: ContextVar["Trace | None"] = ContextVar("trace", default=None)


@dataclass(frozen=True, slots=True)
class Trace:
    """One step of a trace: which trace, and which span of it we are."""

    trace_id: str
    """32 hex digits, the same from the first request to the last effect."""
    span_id: str
    """16 hex digits, of this step."""
    flags: str = "01"
    """Two hex digits; 01 = sampled. Passed on as received."""

    @property
    def traceparent(self) -> str:
        """The header's value."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"

    def child(self) -> "Trace":
        """The next step of the same trace."""
        return Trace(self.trace_id, secrets.token_hex(8), self.flags)


def new_trace() -> Trace:
    """The first step of a new trace."""
    return Trace(secrets.token_hex(16), secrets.token_hex(8))


def parse(traceparent: str | None) -> Trace | None:
    """Read a `traceparent`; None when absent or malformed (the standard: start a new trace)."""
    found = _TRACEPARENT.fullmatch(traceparent.strip()) if traceparent else None
    if found is None:
        return None
    version, trace_id, span_id, flags, rest = found.groups()
    # Version ff is invalid; version 00 has exactly four parts; all-zero ids are invalid.
    if (
        version == "ff"
        or (version == "00" and rest)
        or not int(trace_id, 16)
        or not int(span_id, 16)
    ):
        return None
    return Trace(trace_id, span_id, flags)


def current() -> Trace | None:
    """The step we are in, None outside of any."""
    return _current.get()


def traceparent() -> str | None:
    """The header of the step we are in: what an outbox row or an outgoing call carries."""
    trace = _current.get()
    return trace.traceparent if trace else None


@contextmanager
def continued(header: str | None) -> Iterator[Trace]:
    """Be a child of the trace in `header` (a new trace without one) while the block runs.

    Log lines written inside carry its trace_id.
    """
    parent = parse(header)
    trace = parent.child() if parent else new_trace()
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)
