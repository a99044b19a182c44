"""Bodies of the requests about campaigns and of their answers."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.http.fields import VisibleText
from services.contracts.campaign.loader import PLAN, UNITS
from services.contracts.wording import Bilingual
from services.submissions.campaigns.check import RULES
from services.submissions.context import CampaignContext

State: TypeAlias = Literal["announced", "open", "closed", "withdrawn"]
"""`announced`: it has not opened yet."""


class DocumentsIn(BaseModel):
    """The files of a campaign, each as one text, by its name."""

    model_config = ConfigDict(extra="forbid", validate_by_name=True)

    plan: str = Field(alias=PLAN, description="What is asked of whom, and until when.")
    units: str = Field(alias=UNITS, description="The unit tree.")
    rules: str | None = Field(
        default=None,
        alias=RULES,
        description="The first rule set. Without it facts are kept, and scored when one is there.",
    )

    def by_name(self) -> dict[str, str]:
        """Those that were sent."""
        sent = {PLAN: self.plan, UNITS: self.units, RULES: self.rules}
        return {name: text for name, text in sent.items() if text is not None}


class AnnouncementIn(BaseModel):
    """The Board announces a campaign; its code is the one in the plan."""

    model_config = ConfigDict(extra="forbid")

    files: DocumentsIn
    document: VisibleText = Field(examples=["251/BTĐ-NV2, 05/6/2020"])


class AmendmentIn(BaseModel):
    """The Board amends a campaign: both files as they are to be, whole."""

    model_config = ConfigDict(extra="forbid")

    files: DocumentsIn = Field(
        description="A rule set takes part in the check alone; another one is adopted in scoring."
    )
    version: int = Field(
        ge=1,
        le=1_000_000,
        examples=[1],
        description="The version that is amended: the newest one.",
    )
    document: VisibleText = Field(examples=["300/BTĐ-NV2, 01/7/2020"])
    reason: VisibleText = Field(examples=["Sắp xếp lại đơn vị hành chính"])


class ContestOut(BaseModel):
    """An essay contest of a campaign."""

    contest: str = Field(description="Its id, as essays name it.", examples=["essays"])
    title: Bilingual
    last_day: date = Field(description="Its end for all, as documents moved it.")
    levels: list[str] = Field(description="Levels of units that may send essays.")
    forms: list[str]
    counted_by: Literal["received", "act"] = Field(
        description="The day that counts: of receipt, or of the act, which essays then say."
    )


class CampaignOut(BaseModel):
    """A campaign as it is now."""

    campaign: str = Field(description="Its code, as paths have it.", examples=["hanoi-2020"])
    title: Bilingual
    state: State
    version: int = Field(description="1 as announced, one more for each amendment.")
    opens: date
    closes: date
    timezone: str
    units: int = Field(description="Units in its tree, those of other days included.")
    contests: list[ContestOut] = Field(description="Empty: it takes no essays.")
    document: str = Field(description="The document behind the newest version.")
    announced_at: datetime
    changed_at: datetime = Field(description="When the newest version was announced.")

    @classmethod
    def of(cls, context: CampaignContext, now: datetime) -> "CampaignOut":
        """The same as JSON."""
        first, newest = context.announced.versions[0], context.announced.versions[-1]
        plan = context.plan
        return cls(
            campaign=context.id,
            title=plan.title,
            state=state_of(context, now),
            version=newest.version,
            opens=plan.opens,
            closes=plan.closes,
            timezone=plan.timezone,
            units=len(context.campaign.units),
            contests=[
                ContestOut(
                    contest=contest.id,
                    title=contest.title,
                    last_day=context.contest_end(contest),
                    levels=list(contest.levels),
                    forms=list(contest.forms),
                    counted_by=contest.counted_by,
                )
                for contest in plan.contests
            ],
            document=newest.document,
            announced_at=first.at.astimezone(context.zone),
            changed_at=newest.at.astimezone(context.zone),
        )


class CampaignList(BaseModel):
    """All campaigns that were ever announced, by code."""

    now: datetime = Field(description="The service's time, by which it judges what is late.")
    campaigns: list[CampaignOut]


class VersionOut(BaseModel):
    """One version of a campaign, as it was announced."""

    campaign: str
    version: int
    document: str
    reason: str | None = Field(description="Of an amendment or a withdrawal: why.")
    at: datetime = Field(description="When it was announced; it holds from then on.")
    files: dict[str, str] | None = Field(
        description="plan.yaml and units.csv as written; null: this version withdrew the campaign."
    )


class CampaignAccepted(BaseModel):
    """The campaign is announced, and its units owe what its plan asks."""

    campaign: str
    version: int
    announced_at: datetime
    units: int = Field(description="Units in its tree.")
    owed: int = Field(description="Obligations of units that are new.")
    advice: list[Bilingual] = Field(description="What should be mended in a later version.")


class CampaignAmended(CampaignAccepted):
    """The campaign is amended, and its units owe what the new version asks."""

    released: int = Field(description="Obligations that units no longer have to fulfil.")
    days_moved: int = Field(description="Last days that moved, of options and of contests.")
    essays_reassessed: int = Field(description="Essays that are less late than before.")


class CampaignWithdrawalIn(BaseModel):
    """The Board takes a campaign back."""

    model_config = ConfigDict(extra="forbid")

    document: VisibleText = Field(examples=["12/BTĐ-NV2, 10/01/2021"])
    reason: VisibleText = Field(examples=["Dời sang năm sau"])


class CampaignChanged(BaseModel):
    """The campaign has another version."""

    campaign: str
    version: int
    changed_at: datetime


def state_of(context: CampaignContext, now: datetime) -> State:
    """Where a campaign is, on its own calendar."""
    if context.announced.withdrawn_at is not None:
        return "withdrawn"
    day = context.day(now)
    if day < context.plan.opens:
        return "announced"
    return "open" if day <= context.plan.closes else "closed"
