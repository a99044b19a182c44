"""What the services say of the contest year after it was played."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from services.contracts.envelope import Event
from services.contracts.events import (
    DeadlineApproaching,
    EssaySubmitted,
    Fact,
    ObligationFact,
)
from tests.submissions.contest_year.ledger import Entry, announced, published
from tests.submissions.replica import Replica

YEAR = Path(__file__).parent
FIRST_MOMENT = "2024-07-01T08:00:00+07:00"

Answer = dict[str, Any]
F = TypeVar("F", bound=Fact)


@dataclass
class Record:
    """Of a year that is over."""

    first: list[Answer]
    """What anybody owes on the first day."""
    last: list[Answer]
    """The same on the day after the last one."""
    calendar: list[Answer]
    events: Sequence[Event]
    """Everything that was published, in order."""

    def facts(self, kind: type[F]) -> list[F]:
        """The facts of one kind, in order."""
        return [event.data for event in self.events if isinstance(event.data, kind)]

    def ledger(self) -> list[Entry]:
        """Of each obligation of each unit all that became of it, as the facts say."""
        ends = {(one["obligation"], one["unit"]): one["status"] for one in self.last}
        first = [
            entry._replace(status="not-owed", cause="condition", document=None)
            if ends[entry.obligation, entry.unit] == "not-owed"  # by no fact
            else entry
            for entry in announced(self.first, "01/KH")
        ]
        facts = [
            fact for fact in self.facts(ObligationFact) if not isinstance(fact, DeadlineApproaching)
        ]
        return sorted([*first, *published(facts)])

    def essays(self) -> dict[str, EssaySubmitted]:
        """Each essay by its id, as it was published last."""
        return {str(fact.essay_id): fact for fact in self.facts(EssaySubmitted)}


async def owed_by_all(replica: Replica) -> list[Answer]:
    """What each unit owes, as the service answers."""
    found: list[Answer] = []
    for unit in (await replica.context()).campaign.units:
        answer = await replica.read("/obligations", {"unit": unit.code})
        found += answer.raise_for_status().json()["obligations"]
    return found


async def calendar_of_all(replica: Replica) -> list[Answer]:
    """Every page of the calendar."""
    found: list[Answer] = []
    after: dict[str, Any] = {}
    while True:
        page = (await replica.read("/v1/calendar", after)).raise_for_status().json()
        found += page["entries"]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}
