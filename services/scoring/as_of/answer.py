"""The part of an answer with `as_of` that describes its moment."""

from typing import Annotated, Any

from fastapi import Query

from services.scoring.as_of.past_standings import AsOfMoment
from services.scoring.rule_sets.schemas import in_force_out

AsOf = Annotated[
    str | None,
    Query(
        max_length=64,
        description="The moment to look back to: RFC 3339, or a local day, which means its end."
        " From the facts known and the rules in force then. Absent: now.",
        examples=["2020-06-30", "2020-06-30T17:00:00+07:00"],
    ),
]


def moment_out(as_of: AsOfMoment) -> dict[str, Any]:
    """The fields of `AsOfOut` without the counts; moments in the zone of the campaign's days."""
    zone = as_of.snapshot.plan.zone
    return {
        "moment": as_of.moment.astimezone(zone),
        "asked_at": as_of.asked_at.astimezone(zone),
        "rules": in_force_out(as_of.rules, zone),
        "rules_differ": as_of.rules_differ,
        "units_differ": as_of.units_differ,
    }
