"""What the request bodies of several features have in common.

Types and lengths are checked here; what a campaign asks beyond that is checked by the domain, which
names all its faults at once. So what an entry must have by the contest's rules (author data,
length) is optional in these models and refused with its rule.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from services.chassis.http.fields import Line


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
