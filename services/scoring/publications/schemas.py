"""Request and response bodies of publications."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.http.fields import VisibleText
from services.contracts.events import PublicationWatermark
from services.contracts.wording import Bilingual
from services.scoring.schemas import Points, SubtotalOut, YearPartOut


class PublicationIn(BaseModel):
    """Freeze the standings as they are now."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{}, {"replaces": 1, "reason": "Xét lại tiêu chí I.3"}]},
    )

    replaces: int | None = Field(
        default=None,
        ge=1,
        le=2**31 - 1,
        description="Version that is corrected; absent at the first.",
    )
    reason: VisibleText | None = Field(default=None, description="Required for a correction.")


class PublicationOut(BaseModel):
    """One publication as a whole."""

    campaign: str
    version: int
    as_of: datetime = Field(
        description="The moment, in the campaign's time, whose tables and units apply."
    )
    published_at: datetime
    digest: str = Field(description="Of all standings; `thidua verify` computes it again.")
    rule_set: str
    rules_digest: str
    sample: bool
    simulated: bool
    units: int
    facts: int
    facts_root: str = Field(description="Merkle root over all facts that were counted.")
    reason: str | None
    watermark: PublicationWatermark | None = Field(
        description="Which facts were counted: every one recorded up to it, and no other."
    )


class PublishedStandingOut(BaseModel):
    """One unit in frozen standings."""

    rank: int
    unit: str
    name: str
    total: Points
    maximum: Points
    level: str | None
    level_title: Bilingual | None
    flag_candidate: bool


class PublishedStandingsOut(PublicationOut):
    """One publication with its standings."""

    rule_set_title: Bilingual | None = Field(
        description="As it was published; null, as `ties`, where that rule set was lost."
    )
    ties: Literal["shared", "dense"] | None = Field(
        description="shared: equal totals share a rank, 1, 2, 2, 4; dense: 1, 2, 2, 3."
    )
    tie_break: list[str] = Field(
        description="Groups or criteria whose points decide between equal totals, in this order."
    )
    clusters: dict[str, list[PublishedStandingOut]] = Field(description="Best first.")


class PublishedLineOut(BaseModel):
    """Points for one criterion, with the formula of the rule set that was published.

    Title, source and formula are null where that rule set was lost: after a rebuild by another one.
    """

    criterion: str
    title: Bilingual | None
    legal_source: str | None
    points: Points
    maximum: Points
    assigned: bool
    inputs: dict[str, str]
    formula: Bilingual | None


class PublishedGroupOut(BaseModel):
    """One group of criteria: why lines that are added up may be more than it gives."""

    group: str
    title: Bilingual | None
    points: Points
    maximum: Points
    capped: bool = Field(description="True where the lines add up to more than the group gives.")
    bonus: Points = Field(description="What of the points is above the maximum.")
    subtotals: list[SubtotalOut] = Field(
        default=[],
        description="Of the groups in it at every depth, each before those in it.",
    )


class PublishedUnitOut(BaseModel):
    """One unit's frozen points, line by line, with the facts that were counted."""

    campaign: str
    version: int
    unit: str
    name: str
    rule_set: str
    sample: bool = Field(description="True where the rule set is nobody's official table.")
    simulated: bool = Field(description="True where simulated facts are in the publication.")
    cluster: str
    table: str
    rank: int
    total: Points
    maximum: Points
    comparable: Points = Field(description="What the rank and the level were read from.")
    knocked_out: list[str] = Field(description="Knock-outs that forced the level.")
    parts: list[YearPartOut] = Field(
        default=[],
        description="Where each table counts the work of its days, and there are several: what each"
        " gave.",
    )
    groups: list[PublishedGroupOut]
    level: str | None
    flag_candidate: bool
    digest: str
    lines: list[PublishedLineOut]
    facts: dict[str, str] = Field(description="Hash of each fact that was counted, by event id.")
    facts_root: str
