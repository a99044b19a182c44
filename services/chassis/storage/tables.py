"""The tables every service's database has beside its own, made by its first migration.

They are Core tables of a metadata of their own: three services share the shape and not the rows.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection
from sqlalchemy.schema import SchemaItem

from services.chassis.dead_letters.letter import Fault, event_id_of, parted
from services.chassis.storage.outbox import decode_headers

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

# As `dead_letters.decide.reason_of` has it.
_REASONED = "state <> 'discarded' OR coalesce(char_length(reason), 0) BETWEEN 3 AND 500"

DEAD_LETTERS = _table(
    "dead_letters",
    Column(
        "id", Uuid, primary_key=True, comment="header dl_id; event_log.event_id has the message"
    ),
    Column("state", Text, nullable=False, server_default="open"),
    Column("cause", Text, nullable=False, comment="of the last try"),
    Column("detail", Text, nullable=False),
    Column("topic", Text, nullable=False, comment="where it stood, with partition and offset"),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("event_id", Uuid, comment="of the event; null where the message has none"),
    Column("tries", Integer, nullable=False, server_default="1"),
    _at("set_aside_at"),
    _at("tried_at"),
    Column("decided_by", Text, comment="who redrove or discarded it"),
    Column("decided_at", DateTime(timezone=True)),
    Column("reason", Text, comment="why it was discarded"),
    Column("tried_by", Text, comment="who redrove it last, also in vain; null: nobody did"),
    Column("outcome", Text, comment="of that try: applied, repeated, of-other-campaign, failed"),
    CheckConstraint("state IN ('open', 'redriven', 'discarded')", name="dead_letters_state"),
    CheckConstraint(_REASONED, name="dead_letters_reason"),
    Index("dead_letters_open", "set_aside_at", "id", postgresql_where=text("state = 'open'")),
    Index("dead_letters_to_try", "tried_at", "id", postgresql_where=text("state = 'open'")),
    comment="What was set aside and what people decided about it; the messages are in event_log.",
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


def add_dead_letters(op: Operations) -> None:
    """For a database made before there was a list of dead letters: with those in its event log."""
    connection = op.get_bind()
    DEAD_LETTERS.create(connection, checkfirst=True)
    rows = connection.execute(
        text("SELECT event_id, headers FROM event_log WHERE topic LIKE '%.dead-letter.%'")
    )
    for event_id, packed in rows.all():
        headers, own = parted(decode_headers(packed))

        # By name: a stranger's headers may be called dl_… too, and ours are not all text.
        def said(name: str, own: Mapping[str, bytes | None] = own) -> str:
            return (own.get(name) or b"").decode()

        fault = Fault(said("dl_cause"), said("dl_detail"))
        at = datetime.fromisoformat(said("dl_time"))
        values = {
            "id": event_id,
            "cause": fault.cause,
            "detail": fault.detail,
            "topic": said("dl_topic"),
            "partition": int(said("dl_partition")),
            "offset": int(said("dl_offset")),
            "event_id": event_id_of(headers),
            "set_aside_at": at,
            "tried_at": at,
        }
        connection.execute(insert(DEAD_LETTERS).values(values).on_conflict_do_nothing())


def trace_dead_letters(op: Operations) -> None:
    """For a list that did not keep who tried a letter in vain, and took any reason or none."""
    for statement in (
        "ALTER TABLE dead_letters ADD COLUMN IF NOT EXISTS tried_by text",
        "ALTER TABLE dead_letters ADD COLUMN IF NOT EXISTS outcome text",
        f"""
        UPDATE dead_letters SET reason = left(btrim(concat(reason, ' (no reason was given)')), 500)
         WHERE NOT ({_REASONED})
        """,  # noqa: S608 - a constant
        "ALTER TABLE dead_letters DROP CONSTRAINT IF EXISTS dead_letters_reason",
        f"ALTER TABLE dead_letters ADD CONSTRAINT dead_letters_reason CHECK ({_REASONED})",
        """
        CREATE INDEX IF NOT EXISTS dead_letters_to_try ON dead_letters (tried_at, id)
         WHERE state = 'open'
        """,
    ):
        op.get_bind().execute(text(statement))


def untrace_dead_letters(op: Operations) -> None:
    """Its way back; loses who tried letters in vain."""
    for statement in (
        "DROP INDEX dead_letters_to_try",
        "ALTER TABLE dead_letters DROP CONSTRAINT dead_letters_reason",
        "ALTER TABLE dead_letters DROP COLUMN tried_by, DROP COLUMN outcome",
    ):
        op.get_bind().execute(text(statement))


def drop_chassis_tables(op: Operations) -> None:
    """Its way back; loses the event log."""
    CHASSIS.drop_all(op.get_bind(), checkfirst=False)
