"""One obligation of one unit as a value. What acts make of it is in `miss.py`, `fulfil.py`,
`condition.py`, `new_day.py` and `release.py`.

Pure: each of them takes an obligation and returns the next one with the facts to publish. A missed
obligation can still be fulfilled, and both facts count. Every fact that changes the status raises
`version` by one, so that the highest version has the status, in whatever order they arrive.

Source of the rules: Notice 251/BTĐ-NV2 of 5 June 2020, and docs/decisions/0050 to 0053.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from services.contracts.campaign.obligation_plan import ObligationPlan, Option
from services.contracts.events import ObligationFact
from services.submissions.obligations.submission import Cause

Status: TypeAlias = Literal["open", "fulfilled", "missed", "waived", "not-owed"]
"""`not-owed`: the condition that would have made it owed did not come true (D5)."""
FULFILLABLE: tuple[Status, ...] = ("open", "missed")

Reopening: TypeAlias = Literal[
    "waiver-taken-back", "report-returned", "essay-withdrawn", "essay-judged", "figure-corrected"
]
"""What opens again an obligation that was released or fulfilled."""


class AlreadyWaivedError(Exception):
    """The unit was released from this obligation before."""


class UnknownOptionError(Exception):
    """The obligation has no such option, or none that this kind of report fulfils."""


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """By what an obligation was fulfilled: enough to publish it under another deadline too."""

    option: str
    by: Cause
    by_id: UUID
    counted_day: date
    fulfilled_at: datetime
    days_late: int
    simulated: bool


@dataclass(frozen=True, slots=True)
class Obligation:
    """State of one (unit, obligation)."""

    campaign: str
    unit: str
    planned: ObligationPlan
    """What the plan asks, with the deadlines it has now: later documents are in it."""
    zone: ZoneInfo
    status: Status = "open"
    version: int = 1
    deadline_version: int = 1
    """One for the announcement, one more for each document: the same for every unit."""
    fulfilment: Fulfilment | None = None
    held: bool | None = None
    """How its condition (`when`) was decided; None: not yet, or it has none."""
    kind: str = ""
    """What sort of unit it is, where the plan asks more of some kinds than of others."""

    @property
    def id(self) -> str:
        """Id of the obligation, e.g. D6."""
        return self.planned.id

    @property
    def missed_at(self) -> datetime | None:
        """The instant from which it is missed, if it is still open then; None: not known yet."""
        return self.planned.missed_at(self.zone)

    @property
    def is_undecided(self) -> bool:
        """Whether the day of its condition is not over, so that nobody can have missed it."""
        condition = self.planned.only_if
        return condition is not None and condition.when is not None and self.held is None

    def option(self, option_id: str) -> Option:
        """The option of that id. Raises UnknownOptionError."""
        try:
            return self.planned.option(option_id)
        except KeyError:
            raise UnknownOptionError(option_id) from None


Step: TypeAlias = tuple[Obligation, tuple[ObligationFact, ...]]
"""The next state, and the facts about how it came about."""
