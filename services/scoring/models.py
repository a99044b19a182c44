"""The tables of scoring; services/chassis/storage/tables.py has those of every service.

They are the one definition: a test compares them with the migrations.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Numeric, String, text
from sqlalchemy.dialects.postgresql import JSON, JSONB
from sqlmodel import Field

from services.chassis.storage.models import MOMENT, Stored

JSON_OR_NULL: Any = JSON(none_as_null=True)
CODE: Any = String(collation="C")
"""Compared byte by byte, whatever the database's language: for every fact, in the index."""


class StoredFact(Stored, table=True):
    """One fact, kept once: store and inbox in one. Never changed, never deleted."""

    __tablename__: ClassVar[str] = "facts"
    __table_args__ = (
        {
            "comment": "Every fact that was taken, once. The primary key is the only index: it"
            " finds repetitions, the facts of a record and the facts of a unit.",
        },
    )

    unit: str = Field(primary_key=True, sa_type=CODE)
    record: UUID = Field(primary_key=True)
    """Of the aggregate; with the event's id it is as unique as the id alone."""
    event_id: UUID = Field(primary_key=True)
    event: str
    campaign: str
    data: str
    """JSON: version, moment and all else, without names of people. As text, which PostgreSQL does
    not parse: it is written for every fact, by us, and read for few."""


class UnitMeasures(Stored, table=True):
    """The running tally of one unit; locked in the order of units."""

    __tablename__: ClassVar[str] = "unit_measures"
    __table_args__ = (
        # Room on each page for the next version of its rows: updates then touch no index.
        {"postgresql_with": {"fillfactor": "50"}},
    )

    campaign: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    tally: dict[str, Any] = Field(
        sa_type=JSONB, sa_column_kwargs={"server_default": text("'{}'::jsonb")}
    )
    """Amounts by name: whole numbers as numbers, decimals as text."""
    version: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """One more for each change: the sum over a cluster names a state of it."""


class Tallied(Stored, table=True):
    """By which rule set a campaign is counted and scored; changed under the campaign's lock only.

    Without a row nothing of the campaign is counted yet: its facts are kept until then.
    """

    __tablename__: ClassVar[str] = "tallied"

    campaign: str = Field(primary_key=True)
    rule_set: int
    """Number in `rule_sets`: the one at work, for all replicas, whatever their clocks say."""
    measures_digest: str
    """Names what the tallies are made of: where it changes, they are counted again."""


class ClusterState(Stored, table=True):
    """Standings of one cluster; its row is the lock of its recompute."""

    __tablename__: ClassVar[str] = "clusters"

    campaign: str = Field(primary_key=True)
    cluster: str = Field(primary_key=True)
    seen: int | None = None
    """Sum of its units' `unit_measures.version` at the last recompute; another sum: it is due."""
    basis: str | None = None
    """Digest of the rules and units it was computed with; another one: it is due."""
    digest: str | None = None
    simulated: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    computed_at: datetime | None = Field(default=None, sa_type=MOMENT)


class CurrentPoints(Stored, table=True):
    """The points of one unit now."""

    __tablename__: ClassVar[str] = "points"

    campaign: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    cluster: str
    version: int
    total: Decimal = Field(sa_type=Numeric)
    maximum: Decimal = Field(sa_type=Numeric)
    rank: int
    level: str | None
    digest: str
    detail: dict[str, Any] = Field(sa_type=JSON)
    """`engine.results.UnitPoints`: groups, lines, what went into them."""
    computed_at: datetime = Field(sa_type=MOMENT)


class PastPoints(Stored, table=True):
    """Every version of a unit's points, the present one too."""

    __tablename__: ClassVar[str] = "points_history"

    campaign: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    total: Decimal = Field(sa_type=Numeric)
    maximum: Decimal = Field(sa_type=Numeric)
    rank: int
    level: str | None
    digest: str
    lines: dict[str, str] = Field(sa_type=JSON)
    """Points by criterion."""
    computed_at: datetime = Field(sa_type=MOMENT)


class Publication(Stored, table=True):
    """Standings as the Board froze them. Never changed; a correction is the next version."""

    __tablename__: ClassVar[str] = "publications"

    campaign: str = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    as_of: datetime = Field(sa_type=MOMENT)
    published_at: datetime = Field(sa_type=MOMENT)
    digest: str
    rules_digest: str
    rule_set: str
    sample: bool
    rules: dict[str, Any] | None = Field(default=None, sa_type=JSON_OR_NULL)
    """The rule set itself: what was published can be explained when another one is in force. None
    after a rebuild where no topic has it."""
    units: int
    facts: int
    facts_root: str
    simulated: bool
    reason: str | None = None
    watermark: dict[str, Any] | None = Field(default=None, sa_type=JSON_OR_NULL)
    """Which facts count; None for a publication that was made before it named any."""


class PublishedUnit(Stored, table=True):
    """The points of one unit in one publication."""

    __tablename__: ClassVar[str] = "published_points"

    campaign: str = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    unit: str = Field(primary_key=True)
    cluster: str
    digest: str
    detail: dict[str, Any] = Field(sa_type=JSON)
    """`engine.results.UnitPoints`."""
    facts: dict[str, str] = Field(sa_type=JSON)
    """Hash of each fact that was counted, by id."""
    facts_root: str


class AdoptedRuleSet(Stored, table=True):
    """A rule set that the Board adopted, as it is on the topic rule-set-adopted. Never changed."""

    __tablename__: ClassVar[str] = "rule_sets"

    campaign: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    rule_set: str
    sample: bool
    rules: str
    """rules.yaml as written."""
    rules_digest: str
    """Of what it says: see `RuleSet.digest`."""
    in_force_since: datetime = Field(sa_type=MOMENT)
    """In force from then on, until the next one's moment."""
    document: str | None = None
    """Number and date of the document behind it; None for one of before campaigns were announced,
    which is on no topic until its campaign is."""
    reason: str | None = None
    adopted_at: datetime = Field(sa_type=MOMENT)


class RebuildPosition(Stored, table=True):
    """Up to where this database was rebuilt from a partition; none for one that is in service."""

    __tablename__: ClassVar[str] = "rebuild_positions"

    topic: str = Field(primary_key=True)
    partition: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    next_offset: int = Field(sa_type=BigInteger)
