"""The tables that every service's database has beside its own, made by its first migration."""

from datetime import datetime
from typing import ClassVar, Protocol
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Text, text
from sqlalchemy.engine import Connection
from sqlmodel import Field

from services.chassis.storage.models import MOMENT, NOW, Stored, tables_of


class LoggedEvent(Stored, table=True):
    """Everything that this service ever published, append-only; `thidua republish` repeats it."""

    __tablename__: ClassVar[str] = "event_log"
    __table_args__ = (
        {
            "comment": "Everything this service ever published, append-only;"
            " `thidua republish` repeats it."
        },
    )

    seq: int = Field(
        primary_key=True,
        sa_type=BigInteger,
        sa_column_args=[Identity(always=True)],
    )
    event_id: UUID = Field(unique=True)
    topic: str = Field(sa_type=Text)
    key: bytes | None = None
    """Kafka key."""
    headers: bytes
    """msgpack: [[name, bytes or null], ...]"""
    value: bytes | None = None
    """Kafka value; null is a tombstone (dead letters only)."""
    recorded_at: datetime = Field(sa_type=MOMENT, sa_column_kwargs=NOW)


class OutboxRow(Stored, table=True):
    """What the relay has yet to publish; a row goes when the broker has acknowledged it.

    No foreign key to the event log: rows there are never deleted, and the check would lock one for
    each row.
    """

    __tablename__: ClassVar[str] = "outbox"
    __table_args__ = (
        {
            "comment": "What the relay has yet to publish; a row goes when the broker has"
            " acknowledged it.",
            # Short and busy: without eager vacuum the claim reads over rows that are already gone.
            "postgresql_with": {
                "autovacuum_vacuum_scale_factor": 0,
                "autovacuum_vacuum_threshold": 10_000,
                "autovacuum_vacuum_insert_scale_factor": 0,
            },
        },
    )

    seq: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    """`event_log.seq`."""


class InboxRow(Stored, table=True):
    """Id of an event whose effect is in this database. Never pruned: topics keep all."""

    __tablename__: ClassVar[str] = "inbox"
    __table_args__ = (
        {
            "comment": "Ids of the events whose effect is in this database. Never pruned: topics"
            " keep all."
        },
    )

    event_id: UUID = Field(primary_key=True)
    received_at: datetime = Field(sa_type=MOMENT, sa_column_kwargs=NOW)


class IdempotencyKey(Stored, table=True):
    """The answer to a POST, stored in the transaction of its effect."""

    __tablename__: ClassVar[str] = "idempotency_keys"
    __table_args__ = ({"comment": "Answers to POSTs, stored in the transaction of their effect."},)

    principal: str = Field(primary_key=True, sa_type=Text)
    route: str = Field(primary_key=True, sa_type=Text)
    """Method and path template."""
    key: str = Field(primary_key=True, sa_type=Text)
    """Idempotency-Key as sent."""
    request_hash: bytes
    """SHA-256 of path and body."""
    status: int | None = None
    """HTTP status of the answer."""
    body: bytes | None = None
    """The answer, repeated byte by byte."""
    created_at: datetime = Field(sa_type=MOMENT, sa_column_kwargs=NOW)


class DeadLetterRow(Stored, table=True):
    """What was set aside and what people decided about it; the message is in the event log."""

    __tablename__: ClassVar[str] = "dead_letters"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'redriven', 'discarded')", name="dead_letters_state"),
        CheckConstraint(  # as `dead_letters.decide.reason_of` has it
            "state <> 'discarded' OR coalesce(char_length(reason), 0) BETWEEN 3 AND 500",
            name="dead_letters_reason",
        ),
        Index("dead_letters_open", "set_aside_at", "id", postgresql_where=text("state = 'open'")),
        Index("dead_letters_to_try", "tried_at", "id", postgresql_where=text("state = 'open'")),
        {
            "comment": "What was set aside and what people decided about it; the messages are in"
            " event_log."
        },
    )

    id: UUID = Field(primary_key=True)
    """Header dl_id; `event_log.event_id` has the message."""
    state: str = Field(sa_type=Text, sa_column_kwargs={"server_default": "open"})
    cause: str = Field(sa_type=Text)
    """Of the last try."""
    detail: str = Field(sa_type=Text)
    topic: str = Field(sa_type=Text)
    """Where it was read, with partition and offset."""
    partition: int
    offset: int = Field(sa_type=BigInteger)
    event_id: UUID | None = None
    """Of the event; null where the message has none."""
    tries: int = Field(sa_column_kwargs={"server_default": "1"})
    set_aside_at: datetime = Field(sa_type=MOMENT, sa_column_kwargs=NOW)
    tried_at: datetime = Field(sa_type=MOMENT, sa_column_kwargs=NOW)
    decided_by: str | None = Field(default=None, sa_type=Text)
    """Who redrove or discarded it."""
    decided_at: datetime | None = Field(default=None, sa_type=MOMENT)
    reason: str | None = Field(default=None, sa_type=Text)
    """Why it was discarded."""
    tried_by: str | None = Field(default=None, sa_type=Text)
    """Who redrove it last, also in vain; null: nobody did."""
    outcome: str | None = Field(default=None, sa_type=Text)
    """Of that try: applied, repeated, failed."""
    unpublished: str | None = Field(default=None, sa_type=Text)
    """Why it is in this database only; null: it is on the dead-letter topic, or on its way."""


class SimulatedTime(Stored, table=True):
    """The time of a simulation, one row; empty and unread in production."""

    __tablename__: ClassVar[str] = "simulated_clock"
    __table_args__ = (
        CheckConstraint("id = 1", name="simulated_clock_has_one_row"),
        {"comment": "The time of a simulation, one row; empty and unread in production."},
    )

    id: int = Field(
        primary_key=True, sa_column_kwargs={"autoincrement": False, "server_default": text("1")}
    )
    now: datetime = Field(sa_type=MOMENT)


CHASSIS = tables_of(__name__)


class Operations(Protocol):
    """What is needed of Alembic's `op`."""

    def get_bind(self) -> Connection:
        """The connection of the migration."""


def create_chassis_tables(op: Operations) -> None:
    """First step of each service's first migration."""
    CHASSIS.create_all(op.get_bind(), checkfirst=False)
