"""Sentences in both languages, and values as text."""

from decimal import ROUND_DOWN, Context, Decimal
from typing import NamedTuple

from services.contracts.wording import plain
from services.scoring.engine.measures import DaysLate, Value


class Text(NamedTuple):
    """A sentence in both languages."""

    vi: str
    en: str


_LATE = " +"
"""Between a state and its days late in a line's inputs."""
STATE_WORDS = {
    "fulfilled": Text("đã thực hiện", "fulfilled"),
    "missed": Text("quá hạn", "missed"),
    "waived": Text("được miễn", "waived"),
    "open": Text("chưa thực hiện", "open"),
}


def shown(value: Value) -> str:
    """A value as it goes into a line's inputs: a number, a state, days late, or a dash."""
    if value is None:
        return "—"
    if not isinstance(value, DaysLate):
        return decimal_shown(value)
    return f"{value.state}{_LATE}{value.days}" if value.days else value.state


def in_words(shown_value: str) -> Text:
    """What `shown` gave, as it stands in a sentence: states in words, numbers as they are."""
    state, _, days = shown_value.partition(_LATE)
    if state not in STATE_WORDS:
        return Text(shown_value, shown_value)
    vi, en = STATE_WORDS[state]
    if not days:
        return Text(vi, en)
    return Text(f"{vi}, muộn {days} ngày", f"{en} {days} {'day' if days == '1' else 'days'} late")


_SHOWN_PLACES = Decimal("0.000001")
# Wider than any number that facts and rule sets can write, and nobody's setting of the thread's.
_WIDE = Context(prec=60)


def decimal_shown(value: Decimal) -> str:
    """A number with six places at most; "…" where there are more: a third is 33.333333…"""
    short = value.quantize(_SHOWN_PLACES, rounding=ROUND_DOWN, context=_WIDE)
    return plain(short) if short == value else f"{plain(short)}…"
