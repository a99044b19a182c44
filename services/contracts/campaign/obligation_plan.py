"""What units owe: obligations and their options, each with its own deadline."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Unpack
from zoneinfo import ZoneInfo

from pydantic import Field

from services.contracts.campaign.asked_acts import PROPOSED, ActTraits, AskedAct
from services.contracts.campaign.audience import Audience
from services.contracts.campaign.base import Text, at_most
from services.contracts.campaign.deadlines import (
    UNKNOWN_DAY,
    Deadline,
    Due,
    DueAfter,
    Span,
    days_late,
    moved_to,
    start_of,
)
from services.contracts.campaign.only_if import OnlyIf
from services.contracts.campaign.unit import Unit
from services.contracts.events.base import ObligationId
from services.contracts.wording import Bilingual


class OptionTerms(AskedAct):
    """One of the things a unit may do to fulfil an obligation, whenever it is due."""

    id: ObligationId
    also: Annotated[tuple[AskedAct, ...], at_most(20)] = Field(
        default=(), description="What it takes beside that: all of it, whatever comes first."
    )
    counted_by: Literal["received", "held-on", "act"] = Field(
        description="The day that counts: of receipt, the day on which it was held, or the day of"
        " the act (an essay handed in or published, a report's own day)."
    )
    reporting_grace_days: int = Field(
        default=0, ge=0, le=60, description="Days for reporting what was held in time."
    )
    city_document_required: bool = Field(
        default=False,
        description="Needs number and date of the document to the People's Committee.",
    )
    source: Text | None = Field(default=None, description="The document's words about this option.")

    @property
    def parts(self) -> tuple[AskedAct, ...]:
        """Everything that it takes."""
        return (self, *self.also)


class Option(OptionTerms):
    """One of the things a unit may do to fulfil an obligation, with its own deadline."""

    due: Due

    @property
    def first_day(self) -> date | None:
        """The first local day on which what is done counts; None: whenever it was done."""
        return self.due.from_ if isinstance(self.due, Span) else None

    @property
    def late_until(self) -> date | None:
        """The last local day on which what is done counts as late; None: for as long as it goes."""
        return self.due.late_until if isinstance(self.due, Span) else None

    @property
    def is_span(self) -> bool:
        """Whether there are days on which what is done does not count."""
        return isinstance(self.due, Span) and self.due.is_span

    def takes_day(self, day: date) -> bool:
        """Whether what was done on that local day counts, in time or late."""
        return not isinstance(self.due, Span) or self.due.has(day)

    @property
    def last_day(self) -> date | None:
        """The last day that counts as in time; None: it is not known yet."""
        return self.due.last_day

    @property
    def until(self) -> date:
        """The same to compare with: UNKNOWN_DAY, behind every other, where it is not known yet."""
        return self.due.last_day or UNKNOWN_DAY

    @property
    def last_reporting_day(self) -> date | None:
        """The last day on which what was done in time can be reported without being missed."""
        last = self.due.last_day
        return None if last is None else last + timedelta(days=self.reporting_grace_days)

    def missed_at(self, zone: ZoneInfo) -> datetime | None:
        """00:00 local of the day after the last reporting day."""
        last = self.last_reporting_day
        return None if last is None else Deadline(date=last, included=True).closes_at(zone)

    @property
    def is_one_act(self) -> bool:
        """Whether any one act that goes this option is enough, whenever it was done."""
        return not self.is_span and not self.also and super().is_one_act

    def accepts(self, event: str, form: str | None = None, **of: Unpack[ActTraits]) -> bool:
        """Whether an act of that event, in that form, or of that kind and period, counts for a part
        of this option."""
        return any(part.takes(event, form, **of) for part in self.parts)

    def days_late(self, counted_day: date) -> int:
        """Whole local days after this option's last day, at least 0: so where it is not known."""
        return days_late(counted_day, self.until)


class ObligationTerms(Audience):
    """One thing that units owe, by whatever options."""

    id: ObligationId
    title: Bilingual
    source: Text = Field(description="The document's own words.")
    only_if: OnlyIf | None = None


class ObligationPlan(ObligationTerms):
    """One thing that units owe, by one of several options."""

    options: Annotated[tuple[Option, ...], at_most(50)] = Field(min_length=1)

    def applies_to(self, unit: Unit) -> bool:
        """Whether it is asked of units like this; a condition on the unit's state comes on top."""
        return self.includes(unit)

    def option(self, option_id: str) -> Option:
        """The option with that id; raises KeyError."""
        for option in self.options:
            if option.id == option_id:
                return option
        raise KeyError(option_id)

    def option_for(
        self, event: str, form: str | None = None, **of: Unpack[ActTraits]
    ) -> Option | None:
        """The option that an act of that event and form, or of that kind and period, goes, the
        first that accepts it."""
        return next((one for one in self.options if one.accepts(event, form, **of)), None)

    def is_by(self, event: str) -> bool:
        """Whether some acts of that event count."""
        return any(part.by == event for option in self.options for part in option.parts)

    @property
    def counts_acts(self) -> bool:
        """Whether it takes more to say that it is fulfilled than the first act that goes an
        option. Proposals are counted, however few it takes."""
        return not all(one.is_one_act and one.by != PROPOSED for one in self.options)

    @property
    def has_span(self) -> bool:
        """Whether some option does not take what was done at any time."""
        return any(option.is_span for option in self.options)

    @property
    def last_option(self) -> Option:
        """The option that stays open longest: as long as it is open nothing is missed. One whose
        day is not known yet is open."""
        return max(self.options, key=lambda option: option.last_reporting_day or UNKNOWN_DAY)

    def takes_essays_of(self, contest: str | None) -> bool:
        """Whether essays of that contest, or any where it is None, count."""
        return any(
            part.takes_essays_of(contest) for option in self.options for part in option.parts
        )

    @property
    def essay_contests(self) -> list[str] | None:
        """The contests whose essays count; None: all."""
        parts = [part for option in self.options for part in option.parts]
        named = [part.contest for part in parts if part.takes_essays_of(None)]
        found = [each for each in named if each is not None]
        return found if len(found) == len(named) else None

    def last_essay_day(self, contest: str | None) -> date | None:
        """The last day on which an essay of that contest, or any where it is None, fulfils it in
        time: UNKNOWN_DAY where that is not known yet, None where none does."""
        days = (
            option.until
            for option in self.options
            if any(part.takes_essays_of(contest) for part in option.parts)
        )
        return max(days, default=None)

    @property
    def awaits(self) -> frozenset[str]:
        """The obligations on which a last day of it depends, by id."""
        return frozenset(
            option.due.after for option in self.options if isinstance(option.due, DueAfter)
        )

    def deadline_after(self, due: DueAfter, happened: date, closes: date) -> Deadline:
        """The deadline that comes after another obligation, fulfilled on that day. Owed on a
        condition, it is counted from the day of that at the earliest: before nobody knows that it
        is owed."""
        since = happened if self.only_if is None else max(happened, self.only_if.day)
        return due.deadline(since, closes)

    def missed_at(self, zone: ZoneInfo) -> datetime | None:
        """When an open obligation is missed: once, when its last option is over. None: that is not
        known yet. Not before the end of its condition's day, whatever documents moved: until then
        nobody knows whether it is owed."""
        missed_at = self.last_option.missed_at(zone)
        if missed_at is None or self.only_if is None:
            return missed_at
        return max(missed_at, start_of(self.only_if.day + timedelta(days=1), zone))

    def is_over(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether its last option is over at that instant."""
        missed_at = self.missed_at(zone)
        return missed_at is not None and now >= missed_at

    def with_deadlines(self, moved: Mapping[str, Deadline | DueAfter]) -> "ObligationPlan":
        """The same obligation under later documents; `moved`: new deadlines by ids of options."""
        options = tuple(
            option.model_copy(update={"due": moved_to(option.due, moved[option.id])})
            if option.id in moved
            else option
            for option in self.options
        )
        return self.model_copy(update={"options": options})
