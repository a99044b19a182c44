"""What scoring publishes from day to day: scores that people enter, points of a unit."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from services.contracts.events.base import (
    ExactDecimal,
    FactSheet,
    Label,
    Moment,
    Text,
    Title,
    UnitCode,
    UnitFact,
)

Digest = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256, hexadecimal.")
EXAMPLE_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class ScoreEntered(UnitFact):
    """A score that a person enters for a criterion that no event decides."""

    event: ClassVar[str] = "score-entered"
    aggregate_field: ClassVar[str] = "entry_id"
    moment_field: ClassVar[str] = "entered_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="scoring",
        when="the score entry is stored",
        key="unit",
        content="criterion, stage (self, cluster, final) or scorer, points, reason and evidence,"
        " the unit that entered it",
        never="the person or account: the unit that entered it answers for it, or the Board",
        example={
            "campaign": "hanoi-2020",
            "unit": "STP",
            "version": 1,
            "entry_id": "d3f6f7a4-1c39-4b1e-8a8c-0f2e34f0a914",
            "criterion": "II.3",
            "criterion_title": {"vi": "Mô hình mới", "en": "New models"},
            "stage": "final",
            "points": "4.5",
            "reason": "Có mô hình mới được nhân rộng",
            "evidence": "Báo cáo số 12/BC-STP",
            "entered_at": "2020-12-01T09:00:00+07:00",
        },
    )

    entry_id: UUID = Field(
        description="The score entry; a correction keeps its id and has a higher version."
    )
    criterion: Label = Field(description="Id of the criterion in the rule set.")
    criterion_title: Title | None = Field(
        default=None, description="What the rule set calls the criterion."
    )
    stage: Literal["self", "cluster", "final"] = Field(
        description="By the unit itself, by its cluster, or by the Board; cluster also where"
        " `scorer` names another unit."
    )
    scorer: UnitCode | None = Field(
        default=None,
        description="The unit that the rule set names as scorer of the criterion, whose mark this"
        " is; one of several may be. Absent: the score of the stage.",
    )
    points: ExactDecimal = Field(description="The score, in points.")
    reason: Text = Field(description="Why this many.")
    evidence: Text = Field(description="The document that proves it.")
    entered_by: UnitCode | None = Field(
        default=None,
        description="The unit that answers for it; absent: the Board. Of a scorer that is no more"
        " the one that took over.",
    )
    entered_at: Moment = Field(description="When it was entered.")


class PointsRecomputed(UnitFact):
    """A unit's points changed."""

    event: ClassVar[str] = "points-recomputed"
    aggregate_field: ClassVar[str] = "points_of"
    moment_field: ClassVar[str] = "recomputed_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="scoring",
        when="a recompute of the unit's cluster gave it another total, rank, level or line",
        key="unit",
        content="total, rank in its cluster, level, version, digest of its lines, the rule set",
        never="an official result: that is standings-published",
        example={
            "campaign": "hanoi-2020",
            "unit": "Q009",
            "version": 17,
            "cluster": "urban-districts",
            "total": "87.25",
            "maximum": "100",
            "rank": 1,
            "units_in_cluster": 12,
            "level": "excellent",
            "level_title": {"vi": "Hoàn thành xuất sắc nhiệm vụ", "en": "Excellent"},
            "rule_set": "hanoi-2020-sample",
            "sample": True,
            "digest": EXAMPLE_DIGEST,
            "recomputed_at": "2020-07-02T15:00:01+07:00",
        },
    )

    cluster: Label = Field(description="The units it is ranked against.")
    total: ExactDecimal = Field(description="Points in all.")
    maximum: ExactDecimal = Field(description="The most that the table gives.")
    rank: int = Field(ge=1, description="Place in the cluster; equal totals may share one.")
    units_in_cluster: int = Field(ge=1, description="How many units are ranked.")
    level: Label | None = Field(default=None, description="Level of the rule set, e.g. excellent.")
    level_title: Title | None = Field(
        default=None, description="What the rule set calls the level."
    )
    rule_set: Label = Field(description="Id of the rule set that was applied.")
    sample: bool = Field(
        description="True where the rule set is a sample and nobody's official table."
    )
    digest: str = Digest
    recomputed_at: Moment = Field(description="When the points changed.")

    @property
    def points_of(self) -> str:
        """`campaign:unit`, one unit's points in one campaign."""
        return f"{self.campaign}:{self.unit}"
