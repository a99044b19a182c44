"""What a mail is made of: two languages, and names instead of codes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.contracts.events import Fact, FigureReported, ReportReturned, ReportSubmitted
from services.contracts.titles import COMMENDATION_LEVELS
from services.contracts.wording import Bilingual, moment, period_at_end


@dataclass(frozen=True, slots=True)
class Subject:
    """What a list of mails shows: the state, what it is about, the unit."""

    state: str
    content: str = ""
    unit: str = ""

    def fitted(self, most: int) -> str:
        """`state: content – unit` in at most so many characters; the content is cut first,
        before the period with which it ends."""
        before, after = f"{self.state}: " if self.content else self.state, ""
        if self.unit:
            after = f" – {self.unit}"
        period = period_at_end(self.content)
        room = most - len(before) - len(period) - len(after)
        content = cut(self.content.removesuffix(period), room) + period
        return cut(before + content + after, most)


def cut(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis, in at most so many characters."""
    if len(text) <= most:
        return text
    return text[: max(most - 1, 0)].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Text:
    """A mail in one language: its subject and its lines, without greeting and footer."""

    subject: Subject
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """A mail in both languages."""

    vi: Text
    en: Text
    names_campaign: bool = False
    """Its lines say which campaign it is about."""
    sample: bool = False
    """Its points come from a sample rule set, which is nobody's official table."""


@dataclass(frozen=True, slots=True)
class CampaignNames:
    """Names for the codes in facts, out of the campaign. A code that no announced version of it
    has a name for is shown itself."""

    zone: ZoneInfo
    campaign: Bilingual
    """Inside a sentence: “đợt thi đua năm 2020”."""
    board: Bilingual
    top_level: Bilingual
    """The level of the unit that all others report to: “Thành phố”."""
    units: Mapping[str, str] = field(default_factory=dict)
    units_in_text: Mapping[str, str] = field(default_factory=dict)
    obligations: Mapping[str, Bilingual] = field(default_factory=dict)
    figures: Mapping[str, Bilingual] = field(default_factory=dict)
    reports: Mapping[str, Bilingual] = field(default_factory=dict)
    contests: Mapping[str, Bilingual] = field(default_factory=dict)

    def unit(self, code: str) -> str:
        """Name of a unit at the start of a line; the same in both languages."""
        return self.units.get(code, code)

    def unit_in_text(self, code: str) -> str:
        """Name of a unit inside a Vietnamese sentence: “quận Thanh Xuân”."""
        return self.units_in_text.get(code, code)

    def obligation(self, obligation_id: str) -> Bilingual:
        """Title of an obligation, or of the obligation that an option fulfils."""
        return self.obligations.get(obligation_id) or Bilingual(obligation_id, obligation_id)

    def figure(self, name: str) -> Bilingual:
        """Title of a reported figure."""
        return self.figures.get(name) or Bilingual(name, name)

    def report(self, kind: str) -> Bilingual:
        """Title of a kind of report of the plan."""
        return self.reports.get(kind) or Bilingual(kind, kind)

    def contest(self, contest: str | None) -> Bilingual | None:
        """Title of an essay contest, where the campaign has several; None: it needs none."""
        if contest is None or len(self.contests) < 2:  # noqa: PLR2004 - several
            return None
        return self.contests.get(contest) or Bilingual(contest, contest)

    def commendation_level(self, level: str) -> Bilingual:
        """By whom somebody is commended: at the top of this campaign's own tree, or elsewhere."""
        if level == "city":
            return Bilingual(f"cấp {self.top_level.vi}", self.top_level.en)
        return COMMENDATION_LEVELS[level]

    def nameless(self, fact: Fact) -> list[str]:
        """Codes in a fact that have no name here."""
        named: list[tuple[str, Mapping[str, object]]] = [
            ("obligation", self.obligations),
            ("option", self.obligations),
            ("receiver", self.units),
            ("contest", self.contests),
            ("entered_by", self.units),
        ]
        if isinstance(fact, FigureReported):
            named.append(("name", self.figures))
        if isinstance(fact, ReportSubmitted | ReportReturned):
            named.append(("kind", self.reports))
        codes = [(getattr(fact, field, None), names) for field, names in named]
        return [code for code, names in codes if code is not None and code not in names]

    def moment(self, value: datetime) -> Bilingual:
        """An instant in the campaign's zone, to the minute."""
        return moment(value, self.zone)


Words = Mapping[type[Fact], Callable[[Any, CampaignNames], Texts]]
"""By event type: what its mail says."""
