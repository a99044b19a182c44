"""What scoring publishes at the end: standings frozen by the Board, and each unit's points in them.

Together they are the whole publication, on the topics: with these and the facts anybody can
compute it again (`thidua verify`) and needs nothing else.
"""

from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.contracts.events.base import (
    ExactDecimal,
    Fact,
    FactSheet,
    Label,
    Moment,
    Text,
    Title,
    UnitFact,
    Version,
)
from services.contracts.events.scores import EXAMPLE_DIGEST, Digest

MOST_FACTS = 6000
"""Facts of one unit that are listed one by one: about 600 kB, below what a message may have."""


class PublicationWatermark(BaseModel):
    """Which facts a publication counts: those that were recorded up to a moment, and no others."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    through: Moment = Field(
        description="Facts whose event id (UUID version 7) tells a moment up to this one count."
        " Wall clock, to the millisecond."
    )
    ends: dict[str, tuple[Annotated[int, Field(ge=0)], ...]] = Field(
        description="By versioned event name the end offset of each partition: all these facts lie"
        " below."
    )


class StandingsPublished(Fact):
    """The Board froze the standings; a later change is a new version with a reason."""

    event: ClassVar[str] = "standings-published"
    key_field: ClassVar[str] = "campaign"
    aggregate_field: ClassVar[str] = "campaign"
    moment_field: ClassVar[str] = "published_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="scoring",
        when="the Board published standings",
        key="campaign",
        content="version, digest of all standings and of the rule set, reason of a correction",
        never="single points: they are in points-published, and read from scoring",
        example={
            "campaign": "hanoi-2020",
            "version": 1,
            "rule_set": "hanoi-2020-sample",
            "sample": True,
            "digest": EXAMPLE_DIGEST,
            "rules_digest": EXAMPLE_DIGEST,
            "published_at": "2020-12-15T09:00:00+07:00",
            "as_of": "2020-12-15T09:00:00+07:00",
            "units": 643,
            "facts": 5328,
            "facts_root": EXAMPLE_DIGEST,
            "watermark": {
                "through": "2020-12-15T09:00:00+07:00",
                "ends": {"essay-submitted.v1": [1210, 1044, 1102, 987, 1311, 1169]},
            },
        },
    )

    version: Version
    rule_set: Label = Field(description="Id of the rule set that was applied.")
    sample: bool = Field(
        description="True where the rule set is a sample and nobody's official table."
    )
    digest: str = Digest
    rules_digest: str = Digest
    reason: Text | None = Field(default=None, description="Required from version 2 on.")
    published_at: Moment = Field(description="When the Board published.")
    as_of: Moment | None = Field(
        default=None,
        description="The moment, in the campaign's time, whose tables and units apply. Where there"
        " is no watermark, facts that happened up to then count.",
    )
    units: int | None = Field(default=None, ge=0, description="Units that have points.")
    facts: int | None = Field(default=None, ge=0, description="Facts that were counted.")
    facts_root: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{64}$",
        description="Merkle root (RFC 6962) over the `facts_root` of each unit, by unit code.",
    )
    watermark: PublicationWatermark | None = Field(default=None, description="Which facts count.")


_InputText = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""A text that may be empty: who leads where nobody has any."""


class CountedFact(BaseModel):
    """A fact that was counted, by its id and the hash of what it says."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID = Field(description="CloudEvents id, as on the topic.")
    hash: str = Field(
        pattern=r"^[0-9a-f]{32}$",
        description="First half of the SHA-256 of event, unit and data without names of people.",
    )


class PublishedLine(BaseModel):
    """Points for one criterion, and what they were made from."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    criterion: Label = Field(description="Id of the criterion in the rule set.")
    points: ExactDecimal = Field(description="Points of this line.")
    maximum: ExactDecimal = Field(description="0 where the criterion is not assigned.")
    assigned: bool = Field(default=True, description="Whether it applies to the unit.")
    inputs: dict[str, _InputText] = Field(
        default={}, description="What went into the formula, by name."
    )


class PublishedSubtotal(BaseModel):
    """Points of a group that is in another group."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    group: Label = Field(description="Id of the group in the rule set.")
    within: Label = Field(description="Id of the group that it is in.")
    points: ExactDecimal = Field(description="Sum of its lines and sub-totals, under its cap.")
    maximum: ExactDecimal = Field(description="The most that it gives this unit; 0 for a bonus.")
    capped: bool = Field(default=False, description="Whether its cap took something away.")
    bonus: ExactDecimal = Field(
        default=Decimal(0), description="What of the points stands above the maximum."
    )
    criteria: tuple[Label, ...] = Field(
        default=(), description="Ids of the criteria of its own: their lines are in the group."
    )


class PublishedGroup(BaseModel):
    """Points of one group of criteria."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    group: Label = Field(description="Id of the group in the rule set.")
    points: ExactDecimal = Field(description="Sum of its lines, under its cap.")
    maximum: ExactDecimal = Field(description="The most that it gives this unit; 0 for a bonus.")
    capped: bool = Field(default=False, description="Whether its cap took something away.")
    bonus: ExactDecimal = Field(
        default=Decimal(0), description="What of the points stands above the maximum."
    )
    lines: tuple[PublishedLine, ...] = Field(description="Its criteria, in the table's order.")


class PublishedPart(BaseModel):
    """What one table gave for the work of the days on which it was in force."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    table: Label = Field(description="Id of the table.")
    total: ExactDecimal = Field(description="Points in all of this part.")
    maximum: ExactDecimal = Field(description="The most that it gives this unit.")


class PointsPublished(UnitFact):
    """The frozen points of one unit, with every line and every fact that was counted."""

    event: ClassVar[str] = "points-published"
    aggregate_field: ClassVar[str] = "points_of"
    moment_field: ClassVar[str] = "published_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="scoring",
        when="the Board published standings, with standings-published of the same version",
        key="unit",
        content="rank, total, level, flag candidate, each line with its inputs, and the facts"
        " that were counted",
        never="what the facts say: their ids and hashes are enough to prove them",
        example={
            "campaign": "hanoi-2020",
            "unit": "Q009",
            "version": 1,
            "cluster": "urban-districts",
            "table": "upper",
            "total": "15",
            "maximum": "100",
            "comparable": "15",
            "rank": 1,
            "units_in_cluster": 12,
            "level": "not-done",
            "level_title": {"vi": "Không hoàn thành nhiệm vụ", "en": "Not done"},
            "flag_candidate": False,
            "knocked_out": [],
            "groups": [
                {
                    "group": "I",
                    "points": "15",
                    "maximum": "30",
                    "capped": False,
                    "bonus": "0",
                    "lines": [
                        {
                            "criterion": "I.1",
                            "points": "15",
                            "maximum": "15",
                            "assigned": True,
                            "inputs": {"essays": "30", "target": "30"},
                        }
                    ],
                }
            ],
            "rule_set": "hanoi-2020-sample",
            "sample": True,
            "digest": EXAMPLE_DIGEST,
            "facts_counted": 1,
            "facts_root": EXAMPLE_DIGEST,
            "facts": [
                {
                    "id": "01a210ad-1b59-7b74-8efa-770c93c66779",
                    "hash": "9f86d081884c7d659a2feaa0c55ad015",
                }
            ],
            "published_at": "2020-12-15T09:00:00+07:00",
        },
    )

    cluster: Label = Field(description="The units it is ranked against.")
    table: Label = Field(
        description="The table that it was scored by; the last one where there are parts."
    )
    total: ExactDecimal = Field(description="Points in all.")
    maximum: ExactDecimal = Field(description="The most that the table gives this unit.")
    comparable: ExactDecimal = Field(description="What ranks and levels are read from.")
    rank: int = Field(ge=1, description="Place in the cluster; equal totals may share one.")
    units_in_cluster: int = Field(ge=1, description="How many units are ranked.")
    level: Label | None = Field(default=None, description="Level of the rule set, e.g. excellent.")
    level_title: Title | None = Field(
        default=None, description="What the rule set calls the level."
    )
    flag_candidate: bool = Field(
        default=False, description="Whether its cluster may propose it for the emulation flag."
    )
    knocked_out: tuple[Label, ...] = Field(
        default=(), description="Knock-outs that force its level."
    )
    groups: tuple[PublishedGroup, ...] = Field(description="All groups, in the table's order.")
    subtotals: tuple[PublishedSubtotal, ...] = Field(
        default=(),
        description="Of groups that are in groups, at every depth, each before those in it. Their"
        " lines are among those of the outermost group.",
    )
    parts: tuple[PublishedPart, ...] = Field(
        default=(),
        description="Where each table counts the work of its days, and there are several: what each"
        " gave; the total is their sum. Ids of groups and lines are then `table/id`.",
    )
    rule_set: Label = Field(description="Id of the rule set that was applied.")
    sample: bool = Field(
        description="True where the rule set is a sample and nobody's official table."
    )
    digest: str = Digest
    facts_counted: int = Field(ge=0, description="Facts of the unit that were counted.")
    facts_root: str = Field(
        pattern=r"^[0-9a-f]{64}$", description="Merkle root (RFC 6962) over them, by id."
    )
    facts: tuple[CountedFact, ...] | None = Field(
        default=None, description=f"Each of them, by id; null where there are over {MOST_FACTS}."
    )
    published_at: Moment = Field(description="When the Board published.")

    @property
    def points_of(self) -> str:
        """`campaign:unit`, one unit's points in one campaign."""
        return f"{self.campaign}:{self.unit}"
