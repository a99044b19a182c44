"""What a message is made of: two languages, names instead of codes, dates as people write them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Title(NamedTuple):
    """One thing's name in both languages."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Text:
    """A message in one language: its subject and its lines, without greeting or footer."""

    subject: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """A message in both languages."""

    vi: Text
    en: Text
    sample: bool = False
    """Its points come from a sample rule set, which is nobody's official table."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names for the codes in facts, out of the campaign. A code without a name stands for itself:
    a fact may be newer than the campaign's files, and still has to be told."""

    zone: ZoneInfo
    campaign: Title
    units: Mapping[str, str] = field(default_factory=dict)
    obligations: Mapping[str, Title] = field(default_factory=dict)
    levels: Mapping[str, Title] = field(default_factory=dict)
    criteria: Mapping[str, Title] = field(default_factory=dict)

    def unit(self, code: str) -> str:
        """Name of a unit; Vietnamese in both languages, as units have no English names."""
        return self.units.get(code, code)

    def obligation(self, obligation_id: str) -> Title:
        """`D6, title` in both languages."""
        return _with_id(obligation_id, self.obligations)

    def level(self, level_id: str) -> Title:
        """Name of a level of the rule set."""
        return self.levels.get(level_id, Title(level_id, level_id))

    def criterion(self, criterion_id: str) -> Title:
        """`II.3, title` in both languages."""
        return _with_id(criterion_id, self.criteria)

    def moment(self, moment: datetime) -> Title:
        """An instant in the campaign's zone, to the minute."""
        local = moment.astimezone(self.zone)
        return Title(
            f"{local:%H:%M} ngày {local.day}/{local.month}/{local.year}",
            f"{local:%H:%M} on {local.day} {local:%B} {local.year}",
        )


def day(value: date) -> Title:
    """A local day: 9/7/2020 and 9 July 2020."""
    return Title(f"{value.day}/{value.month}/{value.year}", f"{value.day} {value:%B} {value.year}")


def number(value: Decimal | int) -> Title:
    """A number with the decimal sign and thousands of each language: 1.480,5 and 1,480.5."""
    english = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    return Title(english.translate(_TO_VIETNAMESE), english)


def days_en(count: int) -> str:
    """`1 day`, `2 days`; Vietnamese needs no plural."""
    return "1 day" if count == 1 else f"{count} days"


_TO_VIETNAMESE = str.maketrans(",.", ".,")


def _with_id(id_: str, titles: Mapping[str, Title]) -> Title:
    title = titles.get(id_)
    return Title(f"{id_}, {title.vi}", f"{id_}, {title.en}") if title else Title(id_, id_)
