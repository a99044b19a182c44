"""The tables of notifications; services/chassis/storage/tables.py has those of every service."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from services.chassis.storage.models import MOMENT, NOW, Stored


class Subscription(Stored, table=True):
    """Which events about which units are sent to whom, and how."""

    __tablename__: ClassVar[str] = "subscriptions"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'disabled', 'deleted')", name="known_state"),
        Index(
            "subscriptions_matched",
            text("coalesce(campaign, '')"),
            "unit",
            postgresql_where=text("state = 'active'"),
        ),
        Index("subscriptions_by_owner", "owner_unit"),
        # The same subscription twice would bring the same reader everything twice.
        Index(
            "one_subscription_once",
            text("coalesce(owner_unit, '')"),
            text("coalesce(campaign, '')"),
            "unit",
            "target",
            "event_types",
            unique=True,
            postgresql_where=text("state <> 'deleted'"),
        ),
        {"comment": "Target, host, note and secret go when one is deleted."},
    )

    id: UUID = Field(primary_key=True)
    campaign: str | None = None
    """None: all campaigns, those to come included."""
    unit: str
    event_types: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    """Short names, sorted."""
    channel: str
    target: str | None = None
    """E-mail address or URL; None once it is deleted."""
    host: str | None = None
    """The machine behind a URL, which several subscriptions may share; None: none is known."""
    language: str = "vi"
    content_type: str = "application/cloudevents+json"
    """Of webhook calls."""
    personal_data: bool = False
    note: str | None = None
    owner_unit: str | None = None
    """The unit that keeps it; None: the Board."""
    owner_subject: str
    """Who made it, as the token named them."""
    state: str = "active"
    disabled_reason: str | None = None
    disabled_at: datetime | None = Field(default=None, sa_type=MOMENT)
    secret: bytes | None = None
    """Encrypted; webhooks only."""
    failed_in_row: int = 0
    """Deliveries given up through the receiver's fault since the last accepted one."""
    created_at: datetime = Field(sa_type=MOMENT, sa_column_kwargs=NOW)


class StoredEvent(Stored, table=True):
    """An event with at least one delivery. Others leave only their id (inbox)."""

    __tablename__: ClassVar[str] = "events"
    __table_args__ = (
        {"comment": "Events with deliveries; `data` may carry personal data (x-personal-data)."},
    )

    event_id: UUID = Field(primary_key=True)
    type: str
    source: str
    subject: str
    time: datetime = Field(sa_type=MOMENT)
    recordedtime: datetime = Field(sa_type=MOMENT)
    partitionkey: str
    traceparent: str | None = None
    dataschema: str
    simulated: bool
    data: str
    """JSON, as text: nobody asks the database what is in it, but for the campaign."""
    campaign: str = Field(
        sa_column=Column(Text, Computed("(data::json) ->> 'campaign'", persisted=True))
    )


class Delivery(Stored, table=True):
    """One event for one subscription, from its event to the receiver's answer."""

    __tablename__: ClassVar[str] = "deliveries"
    __table_args__ = (
        UniqueConstraint("event_id", "subscription_id", name="one_event_once_a_subscription"),
        CheckConstraint(
            "state IN ('pending', 'held', 'accepted', 'failed', 'cancelled')", name="known_state"
        ),
        Index(
            "deliveries_due", "channel", "due_at", "id", postgresql_where=text("state = 'pending'")
        ),
        Index(
            "deliveries_in_turn",
            "channel",
            "subscription_id",
            "due_at",
            "id",
            postgresql_where=text("state = 'pending'"),
        ),
        Index("deliveries_of_subscription", "subscription_id", "id"),
        {"comment": "state held: its subscription is disabled; cancelled: deleted."},
    )

    id: UUID = Field(primary_key=True)
    """UUID of version 7; message ids derive from it."""
    event_id: UUID = Field(sa_column=Column(ForeignKey("events.event_id"), nullable=False))
    subscription_id: UUID = Field(sa_column=Column(ForeignKey("subscriptions.id"), nullable=False))
    channel: str
    state: str = "pending"
    attempts: int = 0
    """Begun so far; also the fence: who took it with another number may not report a failure."""
    attempts_before: int = 0
    """Of these, made before it was last put back by hand; the schedule counts from there."""
    due_at: datetime = Field(sa_type=MOMENT, sa_column_kwargs=NOW)
    """When it may be taken next. While an attempt runs: when its lease runs out."""
    created_at: datetime = Field(sa_type=MOMENT, sa_column_kwargs=NOW)
    concluded_at: datetime | None = Field(default=None, sa_type=MOMENT)


class Attempt(Stored, table=True):
    """One attempt; `outcome` is null while it runs, `lost` when nobody knows how it ended."""

    __tablename__: ClassVar[str] = "delivery_attempts"
    __table_args__ = (
        PrimaryKeyConstraint("delivery_id", "number"),
        {"comment": "Never content, address or a receiver's body."},
    )

    delivery_id: UUID = Field(sa_column=Column(ForeignKey("deliveries.id"), nullable=False))
    number: int
    started_at: datetime = Field(sa_type=MOMENT)
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    outcome: str | None = None
    code: int | None = None
    detail: str | None = None
