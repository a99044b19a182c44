"""What every command has in common: one console, one form of failure, the same exit codes."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import typer
from rich.console import Console

from services.chassis.language import speak
from services.chassis.settings import SettingsError

FAILED = 1
"""It could not be done; the last line says why."""
MISUSED = 2
"""The command line is not understood, or says what can't be meant."""
SETTINGS = 78
"""Settings don't fit (EX_CONFIG of sysexits.h)."""

console = Console(highlight=False, soft_wrap=True, emoji=False)


def moment(text: str | None) -> datetime | None:
    """The moment that somebody wrote. Raises MisusedError for what is none, or has no time zone."""
    if text is None:
        return None
    vi, en = "viết ngày, giờ và múi giờ, ví dụ", "write date, time and time zone, like"
    remedy = speak(vi, en) + " 2020-06-01T00:00:00+07:00"
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        wrong = speak(f"{text} không phải thời điểm", f"{text} is no moment")
        raise MisusedError(f"{wrong}: {remedy}") from error
    if found.tzinfo is None:
        wrong = speak(f"{text} chưa có múi giờ", f"{text} has no time zone")
        raise MisusedError(f"{wrong}: {remedy}")
    return found


class MisusedError(ValueError):
    """What was given on the command line can't be meant; the message says what can."""


@contextmanager
def exit_codes() -> Iterator[None]:
    """Failures as one sentence and an exit code instead of a traceback."""
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except SettingsError as error:
        print(f"thidua: {error}", file=sys.stderr)
        raise typer.Exit(SETTINGS) from None
    except MisusedError as error:
        print(f"thidua: {error}", file=sys.stderr)
        raise typer.Exit(MISUSED) from None
    except Exception as error:
        ours = type(error).__module__.startswith(("services.", "infra."))
        text = str(error) if ours else f"{type(error).__name__}: {error}"
        print(f"thidua: {text}", file=sys.stderr)
        raise typer.Exit(FAILED) from None
