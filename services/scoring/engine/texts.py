"""Sentences in both languages, and values as text."""

from decimal import ROUND_DOWN, Context, Decimal

from services.contracts.wording import Bilingual, plain
from services.scoring.engine.measures import DaysLate, Value

_LATE = " +"
"""Between a state and its days late in a line's inputs."""
STATE_WORDS = {
    "fulfilled": Bilingual("đã thực hiện", "fulfilled"),
    "missed": Bilingual("quá hạn", "missed"),
    "waived": Bilingual("được miễn", "waived"),
    "open": Bilingual("chưa thực hiện", "open"),
}


def shown(value: Value) -> str:
    """A value as it goes into a line's inputs: a number, a state, days late, or a dash."""
    if value is None:
        return "—"
    if not isinstance(value, DaysLate):
        return decimal_shown(value)
    return f"{value.state}{_LATE}{value.days}" if value.days else value.state


def in_words(shown_value: str) -> Bilingual:
    """What `shown` gave, as it stands in a sentence: states in words, numbers as they are."""
    state, _, days = shown_value.partition(_LATE)
    if state not in STATE_WORDS:
        return Bilingual(shown_value, shown_value)
    words = STATE_WORDS[state]
    if not days:
        return words
    return Bilingual(
        f"{words.vi}, chậm {days} ngày",
        f"{words.en} {days} {'day' if days == '1' else 'days'} late",
    )


_SHOWN_PLACES = Decimal("0.000001")
# Wider than any number that facts and rule sets can write, and nobody's setting of the thread's.
_WIDE = Context(prec=60)


def decimal_shown(value: Decimal) -> str:
    """A number with six places at most; "…" where there are more: a third is 33.333333…"""
    short = value.quantize(_SHOWN_PLACES, rounding=ROUND_DOWN, context=_WIDE)
    return plain(short) if short == value else f"{plain(short)}…"
