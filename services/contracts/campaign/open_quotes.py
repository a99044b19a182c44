"""Where a quote of a YAML file was opened and not closed.

A parser notices it lines later, where the next quote closes the text and letters follow. People
write texts on one line: a quoted text that goes on into a line that begins like a key or an item,
or that is followed by letters, is one whose quote was forgotten.
"""

import re
from typing import NamedTuple

_BEGINS_ANEW = re.compile(r"\s*(-\s|[\w.\-]+:(\s|$)|[\]}])")
"""A line that begins like a key, an item, or the end of a group."""
_BLOCK = re.compile(r"(^|[:\-]\s+)[>|][-+0-9]*\s*(#.*)?$")
"""A line after which a text follows without quotes, as far as it is indented."""
_AFTER = re.compile(r"\s*($|[,\]}:]|\s#)")
"""What may follow the end of a quoted text."""
_BEFORE = re.compile(r"(^\s*|[\[{,]\s*|[:?]\s+|(^|\s)-\s+)$")
"""What stands before a quoted text."""


class OpenQuote(NamedTuple):
    """A quote that is not closed."""

    line: int
    """1-based."""
    text: str
    """The quote and what follows it in the line."""


def open_quote(text: str) -> OpenQuote | None:
    """The first quote that is not closed; None where none is found."""
    lines = text.splitlines()
    at, skipped = 0, -1
    while at < len(lines):
        line = lines[at]
        indent = len(line) - len(line.lstrip())
        if skipped >= 0 and (not line.strip() or indent > skipped):
            at += 1
            continue
        skipped = indent if _BLOCK.search(line) else -1
        position = 0
        while (start := _next_quote(line, position)) is not None:
            end = _closing(line, start)
            if end is None:
                # It goes on in the next line, which is right only where that is more of the text.
                after = lines[at + 1] if at + 1 < len(lines) else None
                if after is None or _BEGINS_ANEW.match(after):
                    return OpenQuote(at + 1, line[start:])
                return None
            if not _AFTER.match(line, end + 1):
                # Closed by the quote that opens the next text; or letters too many behind it.
                odd = line.count(line[start], start) % 2
                return OpenQuote(at + 1, line[start:]) if odd else None
            position = end + 1
        at += 1
    return None


def _next_quote(line: str, position: int) -> int | None:
    """Where the next quoted text of a line begins, comments aside."""
    for at in range(position, len(line)):
        letter = line[at]
        if letter == "#" and (at == 0 or line[at - 1].isspace()):
            return None
        if letter in "\"'" and _BEFORE.search(line[:at]):
            return at
    return None


def _closing(line: str, start: int) -> int | None:
    """Where the text that begins there ends, in this line."""
    quote, at = line[start], start + 1
    while at < len(line):
        if line[at] == "\\" and quote == '"':
            at += 1
        elif line[at] == quote:
            if quote == "'" and line[at + 1 : at + 2] == "'":
                at += 1
            else:
                return at
        at += 1
    return None
