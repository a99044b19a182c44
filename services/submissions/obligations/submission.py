"""What a unit sent, or was reported of it, as what may fulfil an obligation. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from services.contracts.campaign.asked_acts import AskedAct
from services.contracts.campaign.deadlines import local_day
from services.contracts.campaign.obligation_plan import ObligationPlan, Option

Cause: TypeAlias = Literal[
    "essay-submitted",
    "conference-reported",
    "contest-reported",
    "ceremony-reported",
    "report-submitted",
    "commendation-proposed",
    "figure-reported",
]
"""The event that can fulfil an obligation."""


_FIGURES = UUID("5d0d8a0e-2b1c-5c52-9d39-3a1f7c0f9a61")
"""Namespace of the ids of figures as acts."""


def figure_id(campaign: str, unit: str, name: str, period: str) -> UUID:
    """By what a figure is named that fulfils an obligation: the same one after a correction."""
    return uuid5(_FIGURES, f"{campaign} {unit} {name} {period}")


@dataclass(frozen=True, slots=True)
class Submission:
    """What a unit sent, or was reported of it, that may fulfil an obligation."""

    by: Cause
    by_id: UUID
    received_at: datetime
    """Arrival of the request, aware: a slow commit makes nobody late."""
    form: str | None = None
    acted_on: date | None = None
    """The day of the act, where it has one: held, handed in, published."""
    contest: str | None = None
    """Of an essay."""
    simulated: bool = False
    report: str | None = None
    """Of a report of a kind that the plan declares: the kind."""
    period: str | None = None
    mark: Decimal | None = None
    judged_at: datetime | None = None
    """Of an essay with a mark: when it was given."""
    figure: str | None = None
    value: Decimal | None = None
    earlier: tuple[tuple[Decimal, datetime], ...] = ()
    """Of a figure that was corrected: what it was before and from when on, oldest first."""

    def option_of(self, planned: ObligationPlan) -> Option | None:
        """The first option that it goes; None: none."""
        return next((one for one in planned.options if self.goes(one)), None)

    def goes(self, option: Option) -> bool:
        """Whether it counts for some part of the option."""
        return any(self.counts_for(part) for part in option.parts)

    def counts_for(self, part: AskedAct) -> bool:
        """Whether it counts for a part of an option."""
        return part.takes(
            self.by,
            self.form,
            report=self.report,
            period=self.period,
            mark=self.mark,
            figure=self.figure,
            contest=self.contest,
        )

    @property
    def known_at(self) -> datetime:
        """From when it counts: the arrival, or the mark on which it depends."""
        return max(self.received_at, self.judged_at or self.received_at)

    def counted_day(self, option: Option, zone: ZoneInfo) -> date:
        """The local day that counts for the option."""
        if option.counted_by != "received" and self.acted_on is not None:
            return self.acted_on
        return local_day(self.received_at, zone)

    def reached_at(self, needed: Decimal | None) -> datetime:
        """Of a figure that reaches something: since when it has. None: since it was reported."""
        since = self.received_at
        for value, at in reversed(self.earlier):
            if needed is not None and value < needed:
                break
            since = at
        return since
