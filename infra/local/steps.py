"""What the one-machine stack prints while it works: a line and a bar for each step."""

import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, cast

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Advance = Callable[[int, int], None]
"""Called with (done, total); a total of 0 means that nobody knows."""


LOG_WIDTH = 110
"""Columns where the output is no terminal: wide enough for every table."""


class _WithoutTrailingBlanks:
    """The standard output of the moment, without the blanks that fill a table's last column."""

    def write(self, text: str) -> int:
        return sys.stdout.write(re.sub(r"[ \t]+(?=\n)", "", text))

    def flush(self) -> None:
        sys.stdout.flush()


class StepPrinter:
    """Prints to one console; in a pipe or a log only the lines remain."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        if not self.console.is_terminal:
            self.console.width = LOG_WIDTH
            if console is None:
                self.console.file = cast("IO[str]", _WithoutTrailingBlanks())
        self.begun = time.monotonic()

    @contextmanager
    def step(self, text: str) -> Iterator[Advance]:
        """Show `text` with a moving bar, then a line with the seconds it took.

        The block is given a function that moves the bar. A failure is shown as such and goes on up.
        """
        started = time.monotonic()
        with self.bar(text) as advance:
            try:
                yield advance
            except BaseException:
                self.console.print(f"  [red]✗[/] {text}")
                raise
        self.console.print(f"  [green]✓[/] {text} [dim]({time.monotonic() - started:.1f} s)[/]")

    @contextmanager
    def bar(self, text: str) -> Iterator[Advance]:
        """Only the bar, gone when the block is over; none where the console is no terminal."""
        if not self.console.is_terminal:
            yield lambda _done, _total: None
            return
        columns = (
            TextColumn("  {task.description}"),
            BarColumn(bar_width=32),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.console, transient=True) as progress:
            task = progress.add_task(text, total=None)

            def advance(done: int, total: int) -> None:
                progress.update(task, completed=done, total=total or None)

            yield advance

    def print(self, text: str = "") -> None:
        """One line (rich markup)."""
        self.console.print(text)

    @property
    def elapsed(self) -> float:
        """Seconds since this was made."""
        return time.monotonic() - self.begun
