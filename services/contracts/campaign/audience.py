"""Whom something is for: one class with one meaning, wherever a campaign names units."""

from functools import cached_property
from typing import Annotated

from pydantic import Field

from services.contracts.campaign.base import CampaignModel, ClusterName, Slug, at_most
from services.contracts.campaign.unit import Unit
from services.contracts.events.base import UnitCode

MOST_UNITS = 20_000
"""Units that can be named one by one: all communes of the country twice."""
_MOST_WORDS = 1_000


class NamedUnits(CampaignModel):
    """Units by level, kind, cluster or code: each that any of them names."""

    levels: Annotated[tuple[Slug, ...], at_most(_MOST_WORDS)] = ()
    kinds: Annotated[tuple[Slug, ...], at_most(_MOST_WORDS)] = ()
    clusters: Annotated[tuple[ClusterName, ...], at_most(_MOST_WORDS)] = Field(
        default=(), description="Clusters of units, as units.csv has them."
    )
    units: Annotated[tuple[UnitCode, ...], at_most(MOST_UNITS)] = Field(
        default=(), description="Codes of units."
    )

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(self.units)

    @property
    def is_nobody(self) -> bool:
        """Whether nothing is named."""
        return not (self.levels or self.kinds or self.clusters or self.units)

    def names(self, unit: Unit) -> bool:
        """Whether the unit, as it is in this row, is one of them."""
        return (
            unit.level in self.levels
            or unit.kind in self.kinds
            or (unit.cluster is not None and unit.cluster in self.clusters)
            or unit.code in self._codes
        )


class Audience(NamedUnits):
    """Whom something is for: units of levels, of kinds, of clusters or named, less some of them.

    It is asked of a unit as it is on a day. A unit that is named by its code is meant by that code
    alone; what it owes when it ends passes on as everything does (docs/decisions/0091-whom.md).
    """

    excepted: NamedUnits | None = Field(
        default=None, alias="except", description="But not these, whoever names them."
    )

    def includes(self, unit: Unit) -> bool:
        """Whether the unit, as it is in this row, is meant."""
        return self.names(unit) and not (self.excepted is not None and self.excepted.names(unit))
