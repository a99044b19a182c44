"""Promise: one cause can be followed from the request to the last effect, in logs of JSON lines."""

import contextlib
import io
import json
import logging
import time
from collections.abc import Callable, Iterator

import pytest
import structlog

from services.chassis.observability import trace
from services.chassis.observability.logs import FloodFilter, configure_logs

ID = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], list[dict[str, object]]]]:
    """Logs as a service configures them; a call gives the lines since the last one."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure_logs("toy")
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_received_trace_goes_on_as_its_child() -> None:
    assert trace.current() is None
    with trace.continued(f"00-{ID}-{SPAN}-01") as step:
        assert step.trace_id == ID
        assert step.span_id != SPAN
        assert trace.traceparent() == step.traceparent
        assert trace.parse(step.traceparent) == step
    assert trace.traceparent() is None


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "garbage",
        f"ff-{ID}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{ID}-{'0' * 16}-01",
        f"00-{ID}-{SPAN}-01-more",
        f"00-{ID.upper()}-{SPAN}-01",
    ],
)
def test_a_header_that_the_standard_does_not_allow_starts_a_new_trace(header: str | None) -> None:
    with trace.continued(header) as step:
        assert step.trace_id != ID
        assert trace.parse(step.traceparent) == step


def test_a_later_version_of_the_standard_is_read() -> None:
    step = trace.parse(f"01-{ID}-{SPAN}-01-what-the-future-brings")
    assert step is not None
    assert step.trace_id == ID


def test_every_line_carries_the_trace_and_what_is_bound(
    written: Callable[[], list[dict[str, object]]],
) -> None:
    log = structlog.get_logger("services.toy")
    with (
        trace.continued(f"00-{ID}-{SPAN}-01"),
        structlog.contextvars.bound_contextvars(event_id="e1"),
    ):
        log.info("bài dự thi đã nhận", essay=17)
        logging.getLogger("some.library").warning("spoke %s", "too")
    log.info("outside")
    mine, theirs, outside = written()
    assert mine["event"] == "bài dự thi đã nhận"
    assert (mine["essay"], mine["event_id"], mine["trace_id"]) == (17, "e1", ID)
    assert (mine["service"], mine["level"]) == ("toy", "info")
    assert (theirs["event"], theirs["event_id"]) == ("spoke too", "e1")
    assert "trace_id" not in outside


def test_a_line_after_the_stream_of_the_start_was_closed_goes_to_the_present_one(
    written: Callable[[], list[dict[str, object]]],
) -> None:
    """As after a command that a test ran: its standard error was another one, and is closed."""
    log = structlog.get_logger("services.toy")
    with io.StringIO() as first, contextlib.redirect_stderr(first):
        configure_logs("toy")
        log.warning("inside")
    log.warning("still here")
    logging.getLogger("some.library").warning("and here")
    assert [line["event"] for line in written()] == ["still here", "and here"]
    with contextlib.redirect_stderr(first):
        log.warning("nobody listens")
    assert written() == []


def test_a_failure_is_logged_without_the_values_at_hand(
    written: Callable[[], list[dict[str, object]]],
) -> None:
    def fail() -> None:
        password = "hunter2"  # noqa: F841 - must not be seen
        raise ValueError("it broke")

    try:
        fail()
    except ValueError:
        structlog.get_logger("services.toy").exception("failed")
    (line,) = written()
    assert "it broke" in json.dumps(line)
    assert "hunter2" not in json.dumps(line)
    assert "locals" not in json.dumps(line)


def test_a_flood_of_one_template_is_one_line_and_a_number() -> None:
    flood = FloodFilter(pause_s=0.5)

    def record(text: str) -> logging.LogRecord:
        return logging.LogRecord("aiokafka", logging.ERROR, "", 0, text, ("x",), None)

    through = [flood.filter(record("no broker %s")) for _ in range(1000)]
    assert sum(through) == 1
    assert flood.filter(record("another template %s"))
    time.sleep(0.55)
    late = record("no broker %s")
    assert flood.filter(late)
    assert late.suppressed == 999  # type: ignore[attr-defined]


def test_only_the_broker_clients_are_held_back(
    written: Callable[[], list[dict[str, object]]],
) -> None:
    for _ in range(3):
        logging.getLogger("aiokafka.conn").error("Unable connect to %s", "k:1")
        logging.getLogger("services.toy").error("ours %s", "each")
    events = [line["event"] for line in written()]
    assert events.count("Unable connect to k:1") == 1
    assert events.count("ours each") == 3
