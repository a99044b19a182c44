"""Who is the head of a cluster (cụm trưởng), and from which day on."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Discriminator, Field, Tag

from services.contracts.campaign.base import CampaignModel, LocalDay
from services.contracts.events.base import UnitCode


class HeadTerm(CampaignModel):
    """A unit that is the head of its cluster from a day on, until the next one is."""

    unit: UnitCode
    since: LocalDay | None = Field(
        default=None,
        alias="from",
        description="First local day; only the first of a list may leave it out: always was.",
    )

    @property
    def begins(self) -> date:
        """The first day; `date.min` where it always was."""
        return self.since or date.min


def _form(value: object) -> str:
    return "terms" if isinstance(value, list | tuple) else "unit"


ClusterHead = Annotated[
    Annotated[UnitCode, Tag("unit")]
    | Annotated[tuple[HeadTerm, ...], Field(min_length=1), Tag("terms")],
    Discriminator(_form),
]
"""One unit for the whole campaign, or several in turn."""


def terms_of(head: UnitCode | Sequence[HeadTerm]) -> tuple[HeadTerm, ...]:
    """The heads in turn, whichever way they are written."""
    return (HeadTerm(unit=head),) if isinstance(head, str) else tuple(head)


def head_on(head: UnitCode | Sequence[HeadTerm], day: date) -> UnitCode | None:
    """The unit that is named for that local day; None before the first day."""
    found = None
    for term in terms_of(head):
        if term.begins <= day:
            found = term.unit
    return found
