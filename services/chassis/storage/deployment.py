"""Whose database it is: of which service, under which topic prefix, beside which Kafka.

All services name their revisions and the chassis' tables alike, so a service that is given the
address of another one's database, or of another deployment's, would find what it looks for. One row
names the owner; a database of before that row is known by the tables that only one service has.

SQL by hand: whatever tables a database has are asked of its catalogue, and a place is noted once.
"""

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, ClassVar, Protocol

from sqlalchemy import CheckConstraint, Connection, Text, text
from sqlmodel import Field

from services.chassis.refused import RefusedAtStartError
from services.chassis.storage.database import Transaction
from services.chassis.storage.models import MOMENT, NOW, Stored, tables_of
from services.chassis.storage.schema import revisions, why_retired
from services.chassis.storage.tables import LoggedEvent, Operations, OutboxRow

_OF_EVERY_SERVICE = {LoggedEvent.__tablename__, OutboxRow.__tablename__}
"""Tables that every release of every service has had."""

_SHOWN = 3
"""So many tables of another system are named."""

FIND_TABLES = """
SELECT c.relname FROM pg_class c
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY c.relname
"""
"""Without those of extensions, which an administrator may install in any database."""

FIND_REVISION = "SELECT version_num FROM alembic_version"
FIND_OWNER = "SELECT service, topic_prefix, kafka_cluster FROM deployment"


class Deployment(Stored, table=True):
    """Whose database this is, one row."""

    __tablename__: ClassVar[str] = "deployment"
    __table_args__ = (
        CheckConstraint("id = 1", name="deployment_has_one_row"),
        {"comment": "Whose database this is, one row."},
    )

    id: int = Field(
        primary_key=True, sa_column_kwargs={"autoincrement": False, "server_default": text("1")}
    )
    service: str = Field(sa_type=Text)
    topic_prefix: str | None = Field(default=None, sa_type=Text)
    """Under which it publishes and reads; null before the service's first start."""
    kafka_cluster: str | None = Field(default=None, sa_type=Text)
    """Id of the Kafka cluster; null until its brokers answered for the first time."""
    made_at: datetime = Field(sa_type=MOMENT, sa_column_kwargs=NOW)


DEPLOYMENT = tables_of(__name__)


class WrongDatabaseError(RefusedAtStartError):
    """The database is another service's, another system's, or another deployment's."""


class _Inserts(Operations, Protocol):
    def execute(self, statement: Any) -> Any:
        """Of Alembic's `op`."""


def create_deployment_table(op: _Inserts, service: str) -> None:
    """A step of each service's migrations: the table, and that the database is this service's."""
    DEPLOYMENT.create_all(op.get_bind(), checkfirst=False)
    op.execute(Deployment.__table__.insert().values(service=service))  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class DatabaseTraits:
    """What a database has that tells whose it is."""

    tables: tuple[str, ...] = ()
    revision: str | None = None
    owner: str | None = None
    """The service of the row; None where there is none."""
    topic_prefix: str | None = None
    kafka_cluster: str | None = None


async def found_in(tx: Transaction) -> DatabaseTraits:
    """Look at the database of a transaction."""
    tables = tuple(row[0] for row in await tx.fetch(FIND_TABLES))
    revision = await tx.fetchval(FIND_REVISION) if "alembic_version" in tables else None
    row = await tx.fetchrow(FIND_OWNER) if Deployment.__tablename__ in tables else None
    return DatabaseTraits(tables, revision, *(row or ()))


def found_by(connection: Connection) -> DatabaseTraits:
    """The same on the connection of a migration."""
    tables = tuple(connection.execute(text(FIND_TABLES)).scalars())
    revision = (
        connection.execute(text(FIND_REVISION)).scalar() if "alembic_version" in tables else None
    )
    named = Deployment.__tablename__ in tables
    row = connection.execute(text(FIND_OWNER)).one_or_none() if named else None
    return DatabaseTraits(tables, revision, *(row or ()))


def require_own(service: str, found: DatabaseTraits) -> None:
    """Raises WrongDatabaseError for a database that is not this service's, and
    RetiredSchemaError for one from which no way leads on. An empty one is anybody's."""
    if why := why_foreign(service, found):
        raise WrongDatabaseError(*why)


def why_foreign(service: str, found: DatabaseTraits) -> tuple[str, str] | None:
    """Why a database is not this service's, in Vietnamese and English; None where it may be."""
    remedy = (
        f"Đặt {service.upper()}_DATABASE_URL là địa chỉ cơ sở dữ liệu của {service}. Không có gì"
        " bị thay đổi.",
        f"Set {service.upper()}_DATABASE_URL to the database of {service}. Nothing was changed.",
    )
    if found.owner is not None:
        if found.owner == service:
            return None
        return (
            f"Cơ sở dữ liệu này là của dịch vụ {found.owner}, không phải của {service}. "
            + remedy[0],
            f"This is the database of {found.owner}, not of {service}. " + remedy[1],
        )
    tables = set(found.tables) - {"alembic_version"}
    if not tables and found.revision is None:
        return None
    if tables >= _OF_EVERY_SERVICE:
        if tables & own_tables(service) or why_retired(service, found.revision):
            return None
        if found.revision in revisions(service):
            return (
                f"Cơ sở dữ liệu này là của dịch vụ khác, không phải của {service}. " + remedy[0],
                f"This is the database of another service, not of {service}. " + remedy[1],
            )
    some = ", ".join(sorted(tables)[:_SHOWN]) or str(found.revision)
    return (
        f"Cơ sở dữ liệu này là của hệ thống khác (có {some}), không phải của {service}. "
        + remedy[0],
        f"This is the database of another system (it has {some}), not of {service}. " + remedy[1],
    )


def own_tables(service: str) -> set[str]:
    """Names of the tables that no other service has."""
    return set(tables_of(import_module(f"services.{service}.models").__name__).tables)


async def note(
    tx: Transaction, service: str, *, topic_prefix: str | None = None, cluster: str | None = None
) -> Any:
    """The row of the database's deployment; what it does not name yet, it names from now on."""
    return await tx.fetchrow(
        """
        INSERT INTO deployment AS known (service, topic_prefix, kafka_cluster) VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE
           SET topic_prefix = coalesce(known.topic_prefix, excluded.topic_prefix),
               kafka_cluster = coalesce(known.kafka_cluster, excluded.kafka_cluster)
        RETURNING topic_prefix, kafka_cluster
        """,
        service,
        topic_prefix,
        cluster,
    )


async def forget_cluster(tx: Transaction) -> str | None:
    """The next start notes its Kafka cluster; the one that was noted."""
    former: str | None = await tx.fetchval("SELECT kafka_cluster FROM deployment FOR UPDATE")
    await tx.execute("UPDATE deployment SET kafka_cluster = NULL")
    return former
