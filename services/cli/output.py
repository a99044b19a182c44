"""What every command has in common: one console, one form of failure, the same exit codes."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import typer
from rich.console import Console

from services.chassis.language import speak
from services.chassis.process_settings import SettingsError
from services.cli.failures import sentence_of
from services.contracts.reading import UnreadableError, read_moment
from services.contracts.validation_sentences import as_end

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
    try:
        return read_moment(text)
    except UnreadableError as error:
        wrong = as_end(speak(error.vi, error.en))
        raise MisusedError(f"{text}: {wrong}") from None


class MisusedError(ValueError):
    """What was given on the command line can't be meant; the message says what can."""


@contextmanager
def exit_codes() -> Iterator[None]:
    """Failures as one sentence and an exit code instead of a traceback."""
    # Where a command keeps no log, the driver's own lines would stand beside the sentence.
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())
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
        print(f"thidua: {sentence_of(error)}", file=sys.stderr)
        raise typer.Exit(FAILED) from None
