"""What the bodies of several features have in common.

Types and lengths are checked here; what a campaign asks beyond that is checked by the domain, which
names all its faults at once. So what an entry must have by the contest's rules (author data,
length) is optional in these models and refused with its rule.
"""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from services.chassis.http.fields import Line
from services.contracts.campaign.audience import NamedUnits


class Body(BaseModel):
    """Base: an unknown field is a fault."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    simulated: StrictBool = Field(
        default=False,
        description="Data of a simulation, marked wherever it is shown. Refused in production.",
    )


class ExemplarIn(BaseModel):
    """The person or collective written about."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    kind: Literal["person", "collective"]
    name: Line = Field(default="", examples=["Tổ dân phố số 5"])
    address: Line | None = Field(
        default=None, examples=["phường Đống Đa, thành phố Hà Nội"], description="Stays here."
    )


class UnitsOut(BaseModel):
    """Units that are named by what they have in common, or by code."""

    levels: list[str]
    kinds: list[str]
    clusters: list[str]
    units: list[str]

    @classmethod
    def of(cls, named: NamedUnits) -> Self:
        """The same for an answer."""
        return cls.model_validate(named, from_attributes=True)


class AudienceOut(UnitsOut):
    """Whom something is for: all whom some part names, but for those of `except`."""

    model_config = ConfigDict(
        validate_by_alias=True, validate_by_name=True, serialize_by_alias=True
    )

    excepted: UnitsOut | None = Field(alias="except")
