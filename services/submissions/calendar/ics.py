"""A calendar as iCalendar (RFC 5545), for calendar programs that read it from an address. Pure.

A last day is a whole day of the campaign's zone, so it is written as a date without time and zone,
which every program shows on that day. What has no day yet is a VTODO: an event needs one. Escaping
and folding are the library's (docs/decisions/0088-icalendar-is-written-by-a-library.md).
"""

import unicodedata
from datetime import datetime, timedelta

from icalendar import Calendar, Component, Event, Todo, vDuration, vText

from services.contracts.wording import Bilingual
from services.submissions.calendar.read import MOST_ENTRIES, Feed
from services.submissions.calendar.schemas import CalendarEntry, Language, State
from services.submissions.calendar.words import details, state_words

MOST_BYTES = 4_000_000
"""Of a feed, counted before folding. A plan's texts may be long; entries behind are left out."""

_ONE_DAY = timedelta(days=1)
_READ_AGAIN = timedelta(hours=6)
"""How often a program should ask. Some ask hourly all the same."""

_CANCELLED: frozenset[State] = frozenset({"fulfilled-otherwise", "waived", "not-owed"})
"""States in which nothing is to be done, nor was."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that a calendar gets none of, those that turn the direction of what
stands behind them among them."""


def written(
    feed: Feed,
    *,
    name: Bilingual,
    language: Language,
    now: datetime,
    most_bytes: int = MOST_BYTES,
) -> bytes:
    """The calendar in one language; `now` is when it was written."""
    calendar = Calendar()
    calendar.add("prodid", "-//thidua//calendar//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("refresh-interval", _READ_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_READ_AGAIN))
    title = vText(_clean(_in(name, language)))  # the library escapes no value of an X- property
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    size, left_out = 0, feed.left_out
    for entry in feed.entries:
        component = _component(entry, language, now)
        size += sum(len(str(value).encode()) for value in component.values())
        if size > most_bytes:
            left_out = True
            break
        calendar.add_component(component)
    if left_out:
        calendar.add("description", vText(_in(_LEFT_OUT, language)))
        calendar.add("x-wr-caldesc", vText(_in(_LEFT_OUT, language)))
    return bytes(calendar.to_ical())


_LEFT_OUT = Bilingual(
    f"Lịch có tối đa {MOST_ENTRIES} nội dung gần ngày hôm nay nhất; các nội dung khác không có"
    " trong lịch này.",
    f"This calendar has at most {MOST_ENTRIES} entries, those nearest to today; there are more.",
)


def uid_of(entry: CalendarEntry) -> str:
    """The same for ever, whatever becomes of the entry. Codes have none of its separators."""
    return f"{entry.campaign}/{entry.unit}/{entry.obligation}/{entry.option}@thidua"


def _component(entry: CalendarEntry, language: Language, now: datetime) -> Component:
    made: Component
    cancelled = entry.state in _CANCELLED
    if entry.last_day is None:
        made = Todo()
        made.add("status", _todo_status(entry, cancelled=cancelled))
    else:
        made = Event()
        made.add("dtstart", entry.last_day)
        made.add("dtend", entry.last_day + _ONE_DAY)
        made.add("status", "CANCELLED" if cancelled else "CONFIRMED")
        made.add("transp", "TRANSPARENT")
    made.add("uid", uid_of(entry))
    made.add("dtstamp", now)
    # Both begin at 1 and never fall; a quiet move raises the second one alone, and that it is known
    # to be owed or not none of them: that becomes unknown by a new deadline version only.
    decided = entry.condition is not None and entry.condition.holds is not None
    made.add("sequence", entry.version + entry.deadline_version - 2 + decided)
    made.add("summary", _clean(_summary(entry, language)))
    made.add("description", _clean(_description(entry, language)))
    return made


def _todo_status(entry: CalendarEntry, *, cancelled: bool) -> str:
    if cancelled:
        return "CANCELLED"
    return "COMPLETED" if entry.state == "fulfilled" else "NEEDS-ACTION"


def _summary(entry: CalendarEntry, language: Language) -> str:
    """How it stands is first: programs cut a long title."""
    what = f"{_in(entry.title, language)} – {entry.unit_name}"
    return what if entry.state == "open" else f"[{_in(state_words(entry), language)}] {what}"


def _description(entry: CalendarEntry, language: Language) -> str:
    state = _in(state_words(entry), language)
    lines = [
        _in(entry.campaign_title, language),
        f"{state[:1].upper()}{state[1:]}.",
        *(_in(line, language) for line in details(entry)),
        entry.source,
    ]
    return "\n".join(lines)


def _in(text: Bilingual, language: Language) -> str:
    return text.vi if language == "vi" else text.en


def _clean(text: str) -> str:
    """Lines of characters that can be seen."""
    lines = text.replace("\t", " ").splitlines()
    return "\n".join(line if line.isprintable() else _seen_of(line) for line in lines)


def _seen_of(line: str) -> str:
    return "".join(each for each in line if unicodedata.category(each) not in _UNSEEN)
