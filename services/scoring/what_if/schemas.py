"""What is asked and answered about other rules. Points are decimal strings."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.contracts.wording import Bilingual
from services.scoring.engine.compare import Cause
from services.scoring.schemas import Points

_DRAFT = """\
rule_set: hanoi-2020-draft
sample: true
title: {vi: "Dự thảo, bảng điểm minh họa", en: "Draft, a sample"}
campaign: hanoi-2020
measures:
  essays: {title: {vi: "số bài dự thi", en: "essays"}, kind: count, of: essay-submitted}
tables:
  - id: all
    title: {vi: "Mọi đơn vị (minh họa)", en: "All units (sample)"}
    applies_to: {levels: [upper, commune]}
    maximum: "100"
    groups:
      - id: I
        title: {vi: "Số lượng", en: "Quantity"}
        maximum: "100"
        criteria:
          - id: I.1
            title: {vi: "Số bài so với chỉ tiêu 30 bài", en: "Essays against a target of 30"}
            legal_source: "Dự thảo"
            kind: linear
            measure: essays
            target: "30"
            maximum: "100"
"""


class WhatIfIn(BaseModel):
    """A draft rule set."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"rules": _DRAFT}]})

    rules: str = Field(min_length=1, description="The content of a rules.yaml, as it is written.")


class RulesComparedOut(BaseModel):
    """One of the two rule sets."""

    id: str = Field(examples=["hanoi-2020-sample"])
    title: Bilingual
    sample: bool
    digest: str


class PlaceOut(BaseModel):
    """Points and rank of a unit by one of the two."""

    rank: int
    total: Points
    maximum: Points
    level: str | None
    flag_candidate: bool


class LineChangeOut(BaseModel):
    """A criterion that did it."""

    criterion: str = Field(examples=["I.1"])
    title: Bilingual
    change: Literal["other-points", "new", "gone"] = Field(
        description="`new`: the table in force has no such criterion; `gone`: the draft has none."
    )
    before: Points | None = Field(description="Null where the table has no such criterion.")
    after: Points | None
    points: Points = Field(description="How much more it gives; negative: less.")


class MoverOut(BaseModel):
    """A unit whose total, rank, level or flag candidacy changes."""

    unit: str = Field(examples=["Q009"])
    name: str
    cluster: str
    before: PlaceOut | None = Field(description="Null: not scored by the rules in force.")
    after: PlaceOut | None = Field(description="Null: not scored by the draft.")
    places: int = Field(description="Places up; negative: down.")
    points: Points = Field(description="How much its total grows; negative: shrinks.")
    lines: list[LineChangeOut] = Field(description="The largest change first.")
    causes: list[Cause] = Field(
        description="lines: the criteria above; caps: a group's cap takes another part; total: cap"
        " or rounding of the total; scale: the maximum that totals are compared on; knock-outs;"
        " levels: the bands of levels; others: nothing of its own, other units moved, or the rules"
        " of ties and flag candidates are others."
    )


class LevelChangeOut(BaseModel):
    """How many units go from one level to another."""

    before: str | None
    after: str | None
    units: int


class LeadersOut(BaseModel):
    """A cluster that others lead than before; more than one unit where they share the place."""

    cluster: str
    before: list[str]
    after: list[str]


class WhatIfOut(BaseModel):
    """What the draft would change. Nothing was stored."""

    campaign: str
    asked_at: datetime
    present: RulesComparedOut | None = Field(
        description="The rules in force; null where the campaign has none yet."
    )
    draft: RulesComparedOut
    simulated: bool = Field(description="True where simulated facts are counted.")
    facts: int = Field(description="Facts of the campaign that were read.")
    units: int = Field(description="Units that are scored by one of both.")
    moved: int = Field(description="Units whose total, rank, level or flag candidacy changes.")
    moved_by_unit_level: dict[str, int] = Field(
        description="The same by level of the unit.", examples=[{"upper": 12, "commune": 3}]
    )
    levels: list[LevelChangeOut]
    leaders: list[LeadersOut]
    movers: list[MoverOut] = Field(
        description="Those that come or go first, then by places, then by points, most first."
    )
