"""Bodies of a commendation proposal and its answer."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.contracts.events.base import UnitCode
from services.submissions.obligations.spans import NotCounted
from services.submissions.schemas import Body, ExemplarIn


class ProposalIn(Body):
    """A unit proposes a commendation."""

    unit: UnitCode
    exemplar: ExemplarIn
    level: Literal["unit", "city", "state"]


class ProposalReceived(BaseModel):
    """The proposal is kept."""

    proposal_id: UUID
    unit: str
    proposed_at: datetime
    not_counted: list[NotCounted] = Field(
        default=[], description="What the unit owes for which it does not count, by its day."
    )
