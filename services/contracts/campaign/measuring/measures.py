"""Measures: what is counted. A measure gives one number a unit, an obligation's state, or nothing.

`count`, `sum`, `mean`, `best` and `latest` look at facts chosen by event type and fields;
`days-late` at one obligation; `share` and `total` at other measures; `met` at conditions on them.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Discriminator, Field, StrictBool, Tag

from services.contracts.campaign.base import (
    CampaignModel,
    EventName,
    FactField,
    LocalDay,
    MeasureName,
    Points,
)
from services.contracts.campaign.measuring.conditions import Condition, measures_in
from services.contracts.events.base import ObligationId
from services.contracts.wording import Bilingual


def _kind_of_is(value: object) -> str:
    return "truth" if isinstance(value, bool) else "text"


TruthOrText = Annotated[
    Annotated[StrictBool, Tag("truth")] | Annotated[str, Tag("text")], Discriminator(_kind_of_is)
]
"""true, false or a text: told apart first, so that a bare 5 is a text without quotes."""


class FieldTest(CampaignModel):
    """A test of one field of a fact; exactly one of the tests is given."""

    field: FactField
    equals: TruthOrText | None = Field(default=None, alias="is")
    one_of: tuple[str, ...] | None = Field(default=None, description="One of these texts.")
    at_least: Points | None = None
    more_than: Points | None = None
    at_most: Points | None = None
    less_than: Points | None = None
    given: StrictBool | None = Field(
        default=None, description="true: the fact has the field; false: it has not."
    )


class MeasureBase(CampaignModel):
    """What all measures have in common."""

    title: Bilingual | None = Field(
        default=None, description="What people call it, inside a sentence: “số bài dự thi”."
    )


class NumberMeasure(MeasureBase):
    """A measure that is a number, or nothing; it may be held between two ends."""

    at_least: Points | None = Field(
        default=None, description="A lower number counts as this; no value stays none."
    )
    at_most: Points | None = Field(
        default=None, description="A higher number counts as this; no value stays none."
    )


class FactMeasure(NumberMeasure):
    """What measures over facts have in common: which facts they look at."""

    of: EventName = Field(description="The event.")
    unless: EventName | None = Field(
        default=None, description="An event about the same thing after which it counts no more."
    )
    where: tuple[FieldTest, ...] = Field(default=(), description="All must hold.")
    from_day: LocalDay | None = Field(
        default=None, description="Only facts of this local day and later."
    )
    before_day: LocalDay | None = Field(
        default=None, description="Only facts before this local day."
    )


class CountMeasure(FactMeasure):
    """How many things a unit has: distinct aggregates of an event whose newest version passes."""

    kind: Literal["count"]


class FieldMeasure(FactMeasure):
    """What measures of a number in facts have in common."""

    field: FactField
    whole: StrictBool = Field(
        default=False,
        description="The number is whole by what it counts, like reports or meetings: a fact with a"
        " fraction is set aside and shown so.",
    )


class SumMeasure(FieldMeasure):
    """The sum of one field over the things a unit has, newest version of each."""

    kind: Literal["sum"]


class MeanMeasure(FieldMeasure):
    """The mean of one field over the things that have it, newest version of each; nothing where
    there is none."""

    kind: Literal["mean"]


MOST_BEST = 1_000
"""Of how many things the best may be taken together; printed tables say three or ten."""


class BestMeasure(FieldMeasure):
    """The highest number of a field, or the highest ones together; nothing where there is none."""

    kind: Literal["best"]
    count: int = Field(
        default=1,
        ge=1,
        le=MOST_BEST,
        strict=True,
        description="How many of the highest; where there are fewer, those that there are.",
    )
    give: Literal["sum", "mean"] = Field(default="sum", description="What they give together.")


class LatestMeasure(FieldMeasure):
    """One field of the latest thing that a unit has, by the moment in the fact; nothing where there
    is none."""

    kind: Literal["latest"]


class DaysLateMeasure(MeasureBase):
    """How many days late an obligation was fulfilled, or that it is open, missed or waived."""

    kind: Literal["days-late"]
    obligation: ObligationId


class ShareMeasure(NumberMeasure):
    """One measure as a percentage of another; nothing where that one is zero or has no value."""

    kind: Literal["share"]
    part: MeasureName
    whole: MeasureName


class TotalMeasure(NumberMeasure):
    """A number, plus measures, less measures; a measure without a value adds nothing."""

    kind: Literal["total"]
    base: Points = Field(default=Decimal(0), description="What it begins with.")
    plus: tuple[MeasureName, ...] = ()
    minus: tuple[MeasureName, ...] = ()


MOST_CONDITIONS = 100
"""Of one measure; printed lists have a dozen items."""


class MetMeasure(NumberMeasure):
    """How many of these conditions hold."""

    kind: Literal["met"]
    conditions: tuple[Condition, ...] = Field(min_length=1, max_length=MOST_CONDITIONS)


OfField = SumMeasure | MeanMeasure | BestMeasure | LatestMeasure
"""Measures of a number in facts."""
OverFacts = CountMeasure | OfField

Measure = Annotated[
    CountMeasure
    | SumMeasure
    | MeanMeasure
    | BestMeasure
    | LatestMeasure
    | DaysLateMeasure
    | ShareMeasure
    | TotalMeasure
    | MetMeasure,
    Field(discriminator="kind"),
]


def parts_of(measure: Measure) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The measures that a measure is made of, each with its path in it."""
    if isinstance(measure, ShareMeasure):
        yield ("part",), measure.part
        yield ("whole",), measure.whole
    elif isinstance(measure, TotalMeasure):
        for key, names in (("plus", measure.plus), ("minus", measure.minus)):
            for at, name in enumerate(names):
                yield (key, at), name
    elif isinstance(measure, MetMeasure):
        for at, condition in enumerate(measure.conditions):
            for path, name in measures_in(condition):
                yield ("conditions", at, *path), name
