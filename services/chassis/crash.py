"""Points at which a test may kill the process, to test what a crash at that line does.

Nothing happens unless the composition root armed them, and it is refused outside a local
environment: a stray variable can't kill a process in production.
"""

import os
import signal

VARIABLE = "THIDUA_CRASH_AT"
"""Name of a point, or `name:n` for the n-th time it is passed."""

AFTER_COMMIT = "outbox.after-commit-before-publish"
AFTER_PUBLISH = "relay.after-publish-before-delete"
AFTER_EFFECT = "consumer.after-effect-before-ack"
INSIDE_REBALANCE = "consumer.inside-rebalance"
INSIDE_DRAIN = "lifespan.inside-drain"
AFTER_ACCEPTED = "sender.after-accepted-before-record"
POINTS = (
    AFTER_COMMIT,
    AFTER_PUBLISH,
    AFTER_EFFECT,
    INSIDE_REBALANCE,
    INSIDE_DRAIN,
    AFTER_ACCEPTED,
)

_left: dict[str, int] = {}


def arm(environment: str) -> None:
    """Read the variable once, at start. Raises ValueError outside `local` or for no such point."""
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    if environment != "local":
        raise ValueError(f"{VARIABLE} is for tests: it is refused in environment {environment!r}")
    name, _, passes = wanted.partition(":")
    if name not in POINTS:
        raise ValueError(f"{VARIABLE}={wanted}: no such point, there are {', '.join(POINTS)}")
    _left[name] = int(passes or 1)


def crash_point(name: str) -> None:
    """Die here as by `kill -9`, if this point is armed and its turn has come."""
    if name not in _left:
        return
    _left[name] -= 1
    if _left[name] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
