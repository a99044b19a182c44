"""A strict reader of iCalendar (RFC 5545), apart from the library that writes it."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

_LONGEST = 75
"""Octets of a line without its end (§3.1)."""
_LINE = re.compile(r'([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:"[^"\x00-\x1f]*"|[^";:,\x00-\x1f]*))*):(.*)')
_ESCAPED = re.compile(r"\\([\\;,nN])")
TEXTS = {"SUMMARY", "DESCRIPTION", "UID", "NAME", "X-WR-CALNAME", "X-WR-CALDESC"}


@dataclass
class Component:
    """One component: its properties as `NAME;PARAMETERS` by name, and what is inside."""

    name: str
    properties: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    inside: dict[str, list["Component"]] = field(default_factory=lambda: defaultdict(list))


def read_ics(content: bytes) -> Component:
    """The one calendar in it. Fails at the first line that RFC 5545 does not allow."""
    assert content.endswith(b"\r\n"), "the last line has no end"
    lines: list[str] = []
    for raw in content[:-2].split(b"\r\n"):
        assert len(raw) <= _LONGEST, f"{len(raw)} octets: {raw!r}"
        line = raw.decode()  # each physical line: no character is cut in two
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", line), raw
        if line.startswith((" ", "\t")):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    root = Component("")
    open_ones = [root]
    for line in lines:
        found = _LINE.fullmatch(line)
        assert found, line
        name, parameters, value = found.groups()
        if name == "BEGIN":
            open_ones.append(Component(value))
            open_ones[-2].inside[value].append(open_ones[-1])
        elif name == "END":
            assert open_ones.pop().name == value
        else:
            component = open_ones[-1]
            assert name not in component.properties, f"twice: {line}"
            component.parameters[name] = parameters
            component.properties[name] = _text(value) if name in TEXTS else value
    assert open_ones == [root]
    (calendar,) = root.inside["VCALENDAR"]
    assert calendar.properties["VERSION"] == "2.0"
    for event in calendar.inside["VEVENT"]:
        assert {"UID", "DTSTAMP", "DTSTART"} <= set(event.properties)
    return calendar


def _text(value: str) -> str:
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), f"not escaped: {value}"
    unescaped = _ESCAPED.sub(lambda one: "\n" if one[1] in "nN" else one[1], value)
    assert not re.search(r"(?<!\\)(?:\\\\)*\\[^\\;,nN]", value), f"no escape: {value}"
    return unescaped
