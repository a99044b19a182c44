"""What all kinds of criteria have in common: texts, maximum, whom they apply to, what they read."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from pydantic import Field, StrictBool

from services.contracts.campaign.base import (
    CampaignModel,
    CriterionId,
    MeasureName,
    Points,
    Slug,
    Text,
)
from services.contracts.campaign.document import Path
from services.contracts.campaign.measuring.conditions import Condition, asks_a_state, measures_in
from services.contracts.events.base import UnitCode
from services.contracts.rules.numbers import Rounding
from services.contracts.wording import Bilingual, plain

Need = Literal["number", "obligation", "either"]
"""What kind of measure a place can read."""

MOST_RUNGS = 100
"""Of one criterion. Printed tables have a dozen; each is compared with all before it."""


class Read(NamedTuple):
    """A place in a criterion that names a measure."""

    path: Path
    measure: str
    need: Need = "number"


class CriterionFault(NamedTuple):
    """Something wrong inside a criterion: where in it, and what to do, in both languages."""

    path: Path
    vi: str
    en: str


class Assignment(CampaignModel):
    """To whom a criterion or group applies; everything that is given must hold.

    To other units it is not assigned: it changes neither their total nor their maximum.
    """

    units: tuple[UnitCode, ...] = Field(default=(), description="Only these; empty: all.")
    except_units: tuple[UnitCode, ...] = ()
    levels: tuple[Slug, ...] = ()
    kinds: tuple[Slug, ...] = ()
    when: Condition | None = None


class CriterionBase(CampaignModel):
    """One criterion of a table. `kind` and its own keys say how a measure becomes points."""

    id: CriterionId
    title: Bilingual
    legal_source: Text = Field(description="Where the criterion comes from.")
    maximum: Points = Field(description="The most that it can give.")
    bonus: StrictBool = Field(
        default=False,
        description="Its points come on top: its maximum is no part of the group's and table's.",
    )
    assigned_to: Assignment | None = Field(default=None, description="Absent: to every unit.")
    rounding: Rounding | None = Field(
        default=None, description="Of its points; absent: the rule set's `line_rounding`."
    )

    @abstractmethod
    def reads(self) -> Iterator[Read]:
        """The measures that its formula reads."""

    @abstractmethod
    def faults(self) -> Iterator[CriterionFault]:
        """What is wrong with it, looked at alone."""

    @property
    def lowest(self) -> Decimal:
        """The least that it can give."""
        return Decimal(0)

    @property
    def highest(self) -> Decimal:
        """The most that it can give, where that is more than `maximum`."""
        return self.maximum


class OnOneMeasure(CriterionBase):
    """A criterion that looks at one measure with a number."""

    measure: MeasureName

    def reads(self) -> Iterator[Read]:
        """Its measure."""
        yield Read(("measure",), self.measure)


class Weight(CampaignModel):
    """So many points for each of a measure."""

    measure: MeasureName
    each: Points


def reads_of_condition(path: Path, condition: Condition | None) -> Iterator[Read]:
    """The measures of a condition that stands at `path`."""
    if condition is not None:
        for inside, measure in measures_in(condition):
            yield Read((*path, *inside), measure, "either" if asks_a_state(inside) else "number")


def reads_of_weights(key: str, weights: Sequence[Weight]) -> Iterator[Read]:
    """The measures of a list of weights."""
    for at, weight in enumerate(weights):
        yield Read((key, at, "measure"), weight.measure)


def not_positive(path: Path, value: Decimal) -> Iterator[CriterionFault]:
    """A fault for a number that is not more than 0."""
    if value <= 0:
        yield CriterionFault(path, "phải lớn hơn 0", "must be more than 0")


def not_equal_to_maximum(
    path: Path, name: str, value: Decimal, maximum: Decimal
) -> Iterator[CriterionFault]:
    """A fault for a number that must be the criterion's maximum and is not."""
    if value != maximum:
        yield CriterionFault(
            path,
            f"{plain(value)} khác maximum {plain(maximum)} của tiêu chí; hai số phải bằng nhau",
            f"{name} {plain(value)} is not the criterion's maximum {plain(maximum)}; "
            "make them equal",
        )


def above_maximum(path: Path, value: Decimal, maximum: Decimal) -> Iterator[CriterionFault]:
    """A fault for points that are more than the criterion may give."""
    if value > maximum:
        yield CriterionFault(
            path,
            f"{plain(value)} lớn hơn maximum {plain(maximum)} của tiêu chí; hạ xuống",
            f"{plain(value)} is more than the criterion's maximum {plain(maximum)}; lower it",
        )


def faults_of_weights(weights: Iterable[tuple[str, Sequence[Weight]]]) -> Iterator[CriterionFault]:
    """Faults of lists of weights: at least one line, and each worth something."""
    lists = list(weights)
    if not any(lines for _, lines in lists):
        yield CriterionFault(
            (), "cần ít nhất một dòng plus hoặc minus", "needs a line under plus or minus"
        )
    for key, lines in lists:
        for at, weight in enumerate(lines):
            yield from not_positive((key, at, "each"), weight.each)
