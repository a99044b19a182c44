"""Conditions as data: comparisons of measures, joined by all, any and not.

Not an expression language: what is data can be completed by an editor, checked for rungs that are
never reached, and printed in words.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from pydantic import Discriminator, Field, StrictBool, Tag

from services.contracts.campaign.base import CampaignModel, MeasureName, Points
from services.contracts.campaign.measuring.operands import MeasureOperand, Operand

State = Literal["fulfilled", "missed", "waived", "open"]
"""How an obligation stands."""
STATES: tuple[State, ...] = get_args(State)


def _kind_of_is(value: object) -> str:
    return "state" if value in STATES else "points"


Is = Annotated[
    Annotated[Points, Tag("points")] | Annotated[State, Tag("state")],
    Discriminator(_kind_of_is),
]
"""A number in quotes, or the state of an obligation."""

BOUNDS = ("at_least", "more_than", "at_most", "less_than")


class Comparison(CampaignModel):
    """One measure against numbers or other measures; every bound that is given must hold.

    A measure without a value passes none but `given: false`. Bounds on a days-late measure speak of
    its days and hold only when it is fulfilled; `is` may name its state.
    """

    measure: MeasureName
    equals: Is | None = Field(default=None, alias="is")
    at_least: Operand | None = None
    more_than: Operand | None = None
    at_most: Operand | None = None
    less_than: Operand | None = None
    given: StrictBool | None = Field(default=None, description="Whether it has a value.")

    @property
    def bounds(self) -> dict[str, Decimal | MeasureOperand]:
        """The bounds that are given, by key."""
        return {key: bound for key in BOUNDS if (bound := getattr(self, key)) is not None}


class AllOf(CampaignModel):
    """Every one must hold."""

    all_of: tuple["Condition", ...] = Field(alias="all", min_length=1)


class AnyOf(CampaignModel):
    """One must hold."""

    any_of: tuple["Condition", ...] = Field(alias="any", min_length=1)


class Not(CampaignModel):
    """It must not hold."""

    negated: "Condition" = Field(alias="not")


_JOINERS: dict[str, type[CampaignModel]] = {"all": AllOf, "any": AnyOf, "not": Not}


def _kind_of_condition(value: Any) -> str:
    for key, model in _JOINERS.items():
        if isinstance(value, model) or (isinstance(value, dict) and key in value):
            return key
    return "comparison"


Condition = Annotated[
    Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[Comparison, Tag("comparison")],
    Discriminator(_kind_of_condition),
]

for _model in _JOINERS.values():
    _model.model_rebuild()


def comparisons(condition: Condition) -> Iterator[tuple[tuple[str | int, ...], Comparison]]:
    """Every comparison in a condition, with its path in it."""
    if isinstance(condition, Comparison):
        yield (), condition
    elif isinstance(condition, Not):
        for path, comparison in comparisons(condition.negated):
            yield ("not", *path), comparison
    else:
        key, parts = (
            ("all", condition.all_of) if isinstance(condition, AllOf) else ("any", condition.any_of)
        )
        for at, part in enumerate(parts):
            for path, comparison in comparisons(part):
                yield (key, at, *path), comparison


def measures_in(condition: Condition) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every measure that a condition reads, with its path in it."""
    for path, comparison in comparisons(condition):
        yield (*path, "measure"), comparison.measure
        for key, bound in comparison.bounds.items():
            if isinstance(bound, MeasureOperand):
                yield (*path, key, "measure"), bound.measure


def asks_a_state(path: tuple[str | int, ...]) -> bool:
    """Whether a measure at that path of a condition may be one of an obligation: the measure that
    is compared may, one that it is compared with is a number."""
    return len(path) < 2 or path[-2] not in BOUNDS  # noqa: PLR2004 - a bound and its measure
