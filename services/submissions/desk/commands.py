"""What units and the Board ask for: the bodies of the POSTs.

Types and lengths are checked here; what a campaign asks beyond that is checked by the domain, which
names all its faults at once. So what an entry must have by the contest's rules (author data,
length) is optional in these models and refused with its rule.
"""

from datetime import date as Day  # noqa: N812 - `date` is a field that people write
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from services.contracts.events.base import (
    CampaignId,
    ExactDecimal,
    ObligationId,
    Text,
    UnitCode,
    nfc,
)

Line = Annotated[str, StringConstraints(max_length=300), AfterValidator(nfc)]
"""A line that may be empty, because an entry's rules say what is missing; NFC."""


class Body(BaseModel):
    """Base: an unknown field is a fault, not a shrug."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    campaign: CampaignId | None = Field(
        default=None, description="Which campaign it is for; must be the one that runs here."
    )
    simulated: StrictBool = Field(
        default=False,
        description="Data of a simulation, marked wherever it is shown. Refused in production.",
    )


class ExemplarIn(BaseModel):
    """The person or collective that is held up."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    kind: Literal["person", "collective"]
    name: Line = Field(default="", examples=["Tổ dân phố số 5"])
    address: Line | None = Field(
        default=None, examples=["phường Khương Mai, quận Thanh Xuân"], description="Stays here."
    )


class AuthorIn(BaseModel):
    """Who wrote it: stays in this service, read by the unit and the Board only."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    full_name: Line | None = Field(default=None, examples=["Người viết mô phỏng 1"])
    address: Line | None = Field(default=None, description="Or the workplace; one of the two.")
    workplace: Line | None = Field(default=None, examples=["Trường THCS mô phỏng"])
    phone: Line | None = Field(default=None, examples=["024 0000 0000"])
    role: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,30}$")] = Field(
        default="contestant", description="`contestant`, or what the campaign bars: `jury` …"
    )


class EssayIn(Body):
    """An entry of the contest."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "unit": "Q009",
                    "title": "Người giữ lửa ở tổ dân phố",
                    "form": "written",
                    "words": 1480,
                    "exemplar": {
                        "kind": "collective",
                        "name": "Tổ dân phố số 5",
                        "address": "phường Khương Mai, quận Thanh Xuân",
                    },
                    "author": {
                        "full_name": "Người viết mô phỏng 1",
                        "workplace": "Trường THCS mô phỏng",
                        "phone": "024 0000 0000",
                    },
                }
            ]
        }
    )

    unit: UnitCode
    title: Text = Field(examples=["Người giữ lửa ở tổ dân phố"])
    form: Literal["written", "recorded", "press"]
    exemplar: ExemplarIn
    author: AuthorIn = Field(default_factory=AuthorIn, description="Required by the contest.")
    words: int | None = Field(default=None, ge=1, le=1_000_000, examples=[1480])
    minutes: ExactDecimal | None = Field(default=None, gt=0, description="Of a recorded entry.")
    published_in: Line | None = Field(default=None, description="Of a press work.")
    published_on: Day | None = Field(default=None, description="Of a press work.")
    photocopy: StrictBool = Field(default=False, description="Photocopies are refused.")


class WithdrawalIn(Body):
    """A unit takes an entry back."""

    reason: Text = Field(examples=["Trùng với bài đã gửi"])


class JudgementIn(Body):
    """The jury's mark; a later one replaces it."""

    mark: ExactDecimal = Field(examples=["86.5"])
    prize: Text | None = Field(default=None, examples=["Giải Nhì"])


class ProposalIn(Body):
    """A unit proposes a commendation."""

    unit: UnitCode
    exemplar: ExemplarIn
    level: Literal["unit", "city", "state"]


class CityNoticeIn(BaseModel):
    """The document that told the City People's Committee."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    number: Text = Field(examples=["15/BC-UBND"])
    date: Day


class ConferenceIn(Body):
    """The conference of advanced examples was held, or is assessed in writing."""

    unit: UnitCode
    form: Literal["held", "written"]
    held_on: Day | None = Field(default=None, examples=["2020-08-12"])
    receiver: UnitCode | None = Field(
        default=None,
        examples=["HN"],
        description="Whom it is addressed to, one level up; absent: that unit.",
    )
    city_notice: CityNoticeIn | None = Field(
        default=None, description="With `written` by a unit of the upper level."
    )


class ContestIn(Body):
    """The report that evaluates the unit's contest."""

    unit: UnitCode
    entries: int = Field(ge=0, le=1_000_000, examples=[120])
    prizes: int = Field(ge=0, le=1_000_000, examples=[12])


class CeremonyIn(Body):
    """The unit closed its contest and gave its prizes."""

    unit: UnitCode
    held_on: Day = Field(examples=["2020-07-16"])
    joined_with: Literal["none", "half-year-review", "conference"] = "none"


class FigureIn(Body):
    """A number that a criterion counts; the same name and period again replaces it."""

    unit: UnitCode
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)] = Field(
        examples=["documents-over-the-bus"]
    )
    period: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]+$", max_length=32)] = Field(
        examples=["2020-H1"]
    )
    value: ExactDecimal = Field(examples=["812"])
    target: ExactDecimal | None = Field(default=None, examples=["900"])
    evidence: Text = Field(examples=["Báo cáo 12/BC-STP"])


class DeadlineMoveIn(Body):
    """A later notice moves the deadline of one option, for all who owe it."""

    option: ObligationId = Field(examples=["D6"])
    date: Day = Field(examples=["2020-07-15"])
    included: StrictBool = Field(description="false: before that day; true: on or before it.")
    notice: Text = Field(examples=["Thông báo mẫu 01"])
    reason: Text = Field(examples=["Gia hạn theo đề nghị của các đơn vị"])


class WaiverIn(Body):
    """The Board releases one unit from one obligation."""

    unit: UnitCode
    obligation: ObligationId = Field(examples=["D2"])
    notice: Text = Field(examples=["Thông báo mẫu 02"])
    reason: Text = Field(examples=["Đơn vị sáp nhập"])
