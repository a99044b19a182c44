"""The tables every service's database has beside its own, made by its first migration.

They are Core tables of a metadata of their own: three services share the shape and not the rows.
"""

from typing import Protocol

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.engine import Connection
from sqlalchemy.schema import SchemaItem

CHASSIS = MetaData()


def _at(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=text("now()"))


def _table(name: str, *items: SchemaItem, comment: str, **storage: object) -> Table:
    return Table(name, CHASSIS, *items, comment=comment, postgresql_with=storage or None)


EVENT_LOG = _table(
    "event_log",
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("topic", Text, nullable=False),
    Column("key", LargeBinary, comment="Kafka key"),
    Column("headers", LargeBinary, nullable=False, comment="msgpack: [[name, bytes or null], ...]"),
    Column("value", LargeBinary, comment="Kafka value; null is a tombstone (dead letters only)"),
    _at("recorded_at"),
    comment="Everything this service ever said, append-only; `thidua republish` says it again.",
)

# No foreign key to event_log: rows there are never deleted, and the check would lock one a row.
OUTBOX = _table(
    "outbox",
    Column("seq", BigInteger, primary_key=True, autoincrement=False, comment="event_log.seq"),
    comment="What the relay has yet to publish; a row goes when the broker has acknowledged it.",
    # Short and busy: without eager vacuum the claim reads over the rows that are already gone.
    autovacuum_vacuum_scale_factor=0,
    autovacuum_vacuum_threshold=10_000,
    autovacuum_vacuum_insert_scale_factor=0,
)

INBOX = _table(
    "inbox",
    Column("event_id", Uuid, primary_key=True),
    _at("received_at"),
    comment="Ids of the events whose effect is in this database. Never pruned: topics keep all.",
)

IDEMPOTENCY_KEYS = _table(
    "idempotency_keys",
    Column("principal", Text, nullable=False),
    Column("route", Text, nullable=False, comment="method and path template"),
    Column("key", Text, nullable=False, comment="Idempotency-Key as sent"),
    Column("request_hash", LargeBinary, nullable=False, comment="SHA-256 of path and body"),
    Column("status", Integer, comment="HTTP status of the answer"),
    Column("body", LargeBinary, comment="the answer, replayed byte by byte"),
    _at("created_at"),
    PrimaryKeyConstraint("principal", "route", "key"),
    comment="Answers to POSTs, stored in the transaction of their effect.",
)

SIMULATED_CLOCK = _table(
    "simulated_clock",
    Column("id", Integer, primary_key=True, autoincrement=False, server_default=text("1")),
    Column("now", DateTime(timezone=True), nullable=False),
    CheckConstraint("id = 1", name="simulated_clock_has_one_row"),
    comment="The time of a simulation, one row; empty and unread in production.",
)


class Operations(Protocol):
    """What is needed of Alembic's `op`."""

    def get_bind(self) -> Connection:
        """The connection of the migration."""


def create_chassis_tables(op: Operations) -> None:
    """First step of each service's first migration."""
    CHASSIS.create_all(op.get_bind(), checkfirst=False)


def drop_chassis_tables(op: Operations) -> None:
    """Its way back; loses the event log."""
    CHASSIS.drop_all(op.get_bind(), checkfirst=False)
