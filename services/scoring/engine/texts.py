"""Sentences in both languages, and values as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Context, Decimal, InvalidOperation

from services.contracts.campaign import UnitTree
from services.contracts.events import Title
from services.contracts.rules import RuleSet
from services.contracts.wording import Bilingual, days_en, number, plain
from services.measuring.exact import Number, written
from services.measuring.values import DaysLate, Value
from services.scoring.engine.results import UnitPoints

_MORE = "…"
_LATE = " +"
"""Between a state and its days late in a line's inputs."""
STATE_WORDS = {
    "fulfilled": Bilingual("đã hoàn thành", "fulfilled"),
    "missed": Bilingual("quá hạn", "missed"),
    "waived": Bilingual("được miễn", "waived"),
    "open": Bilingual("chưa đến hạn", "open"),
}


def shown(value: Value) -> str:
    """A value as it goes into a line's inputs: a number, a state, days late, or a dash."""
    if value is None:
        return "—"
    if not isinstance(value, DaysLate):
        return decimal_shown(value)
    return f"{value.state}{_LATE}{value.days}" if value.days else value.state


def in_words(shown_value: str) -> Bilingual:
    """What `shown` gave, as a sentence has it: a state in words, a number as it is written."""
    state, _, days = shown_value.partition(_LATE)
    if state in STATE_WORDS:
        words = STATE_WORDS[state]
        if not days:
            return words
        return sentence(
            "{state}, chậm {days} ngày",
            "{state} {late} late",
            state=words,
            days=days,
            late=days_en(int(days)),
        )
    digits = shown_value.removesuffix(_MORE)
    try:
        written = number(Decimal(digits))
    except InvalidOperation:  # a dash
        return Bilingual(shown_value, shown_value)
    more = shown_value[len(digits) :]
    return Bilingual(f"{written.vi}{more}", f"{written.en}{more}")


def sentence(vi: str, en: str, /, **parts: Bilingual | Decimal | int | str) -> Bilingual:
    """A sentence in both languages; what is in braces is put in as each language writes it."""
    both = {
        name: number(part) if isinstance(part, Decimal | int) else part
        for name, part in parts.items()
    }
    return Bilingual(
        vi.format_map({n: p.vi if isinstance(p, Bilingual) else p for n, p in both.items()}),
        en.format_map({n: p.en if isinstance(p, Bilingual) else p for n, p in both.items()}),
    )


def joined(parts: Sequence[Bilingual], vi: str, en: str | None = None) -> Bilingual:
    """Texts one after the other with these words between them."""
    return Bilingual(
        vi.join(part.vi for part in parts), (vi if en is None else en).join(p.en for p in parts)
    )


@dataclass(frozen=True, slots=True)
class FormulaNames:
    """What people call the measures of a rule set and the units."""

    rules: RuleSet
    units: UnitTree | None = None

    def measure(self, name: str) -> Bilingual:
        """The title of a measure."""
        return self.rules.measure_title(name)

    def some_units(self, codes: str) -> str:
        """Units that an input names, `Q001, Q009`, by their names."""
        return ", ".join(self._unit(code) for code in codes.split(", "))

    def _unit(self, code: str) -> str:
        if self.units is None or code not in self.units:
            return code
        return self.units[code].name_in_text


_SHOWN_PLACES = Decimal("0.000001")
# Wider than any number that facts and rule sets can write, and nobody's setting of the thread's.
_WIDE = Context(prec=60)


def decimal_shown(value: Number) -> str:
    """A number with six places at most; "…" where there are more: a third is 33.333333…"""
    short = written(value).quantize(_SHOWN_PLACES, rounding=ROUND_DOWN, context=_WIDE)
    return plain(short) if short == value else f"{plain(short)}{_MORE}"


def title_of(text: Bilingual) -> Title:
    """A title of the rule set as events carry it."""
    return Title(vi=text.vi, en=text.en)


def level_title(rules: RuleSet, points: UnitPoints) -> Title | None:
    """What the table that scored a unit calls its level; None for a unit without one."""
    table = rules.table(points.table)
    title = table.level_title(points.level) if table is not None else None
    return title_of(title) if title is not None else None
