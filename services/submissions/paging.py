"""What every list of a unit's things is asked with: whose, and which part of them."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from services.chassis.http import Caller, CurrentChassis
from services.submissions.context import Context
from services.submissions.rights import readable_unit

PageSize = Annotated[int, Query(ge=1, le=500)]
"""Parameter type: the most that one page has."""
AfterId = Annotated[UUID | None, Query(description="`next` of the page before.")]
"""Parameter type, of a list by id: where it goes on."""


@dataclass(frozen=True, slots=True)
class _Part:
    limit: int
    after: str | None


@dataclass(frozen=True, slots=True)
class _UnitAsked:
    code: str
    day: date
    """The local day, of whose tree the rights are."""


def _part(
    limit: PageSize = 100,
    after: Annotated[
        str | None, Query(max_length=200, description="`next` of the page before.")
    ] = None,
) -> _Part:
    return _Part(limit, after)


def _unit_asked(
    unit: Annotated[str, Query(max_length=32, examples=["Q009"])],
    caller: Caller,
    chassis: CurrentChassis,
    context: Context,
) -> _UnitAsked:
    day = context.day(chassis.clock.now())
    return _UnitAsked(readable_unit(caller, unit, context.campaign.units, day).code, day)


PartAsked = Annotated[_Part, Depends(_part)]
"""Parameter type, of a list by names: the page."""
UnitAsked = Annotated[_UnitAsked, Depends(_unit_asked)]
"""Parameter type: the unit that the query names. Refuses one that the caller may not read."""
