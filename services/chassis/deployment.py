"""Whether database and Kafka are this deployment's: looked at when a service starts.

    database: this service's, this topic prefix's        before anything is done
    Kafka: the cluster that the database belongs to      before the first record is read or sent

Kafka may be away when a service starts. Whoever connects to it calls `require` first, so nothing is
sent to, or taken from, a cluster that was not looked at
(docs/decisions/0008-a-database-knows-its-owner.md).
"""

import asyncio

import structlog
from aiokafka.errors import KafkaError

from services.chassis.broker.topic_admin import admin_client
from services.chassis.retry import is_transient
from services.chassis.service_settings import ServiceSettings
from services.chassis.storage.database import Database
from services.chassis.storage.deployment import (
    WrongDatabaseError,
    found_in,
    note,
    require_own,
)
from services.chassis.storage.schema import require_revision, revisions

_log = structlog.get_logger(__name__)

_ATTEMPT_S = 5.0
"""A start waits no longer for Kafka's answer; whoever connects to Kafka later asks once more."""


class DeploymentCheck:
    """Of one service. Nothing is connected before it is asked."""

    def __init__(self, service: str, settings: ServiceSettings, database: Database) -> None:
        self._service = service
        self._settings = settings
        self._database = database
        self._passed = not revisions(service)  # without migrations there is no row to compare
        self._turn = asyncio.Lock()

    async def require_database(self) -> None:
        """Raises RefusedAtStartError for a database that is not this service's, not this topic
        prefix's, or not of this release; and what the database raises while it is away."""
        if self._passed:
            return
        ours = self._settings.topic_prefix
        async with self._database.transaction() as tx:
            found = await found_in(tx)
            require_own(self._service, found)
            require_revision(self._service, found.revision)
            theirs = (await note(tx, self._service, topic_prefix=ours))["topic_prefix"]
        if theirs != ours:
            name = f"{self._service.upper()}_DATABASE_URL"
            raise WrongDatabaseError(
                f"Cơ sở dữ liệu này thuộc về các topic bắt đầu bằng {theirs}., còn dịch vụ đang"
                f" chạy với {ours}.: đặt THIDUA_TOPIC_PREFIX={theirs}, hoặc trỏ {name} đến cơ sở dữ"
                f" liệu của {ours}. Không có gì bị thay đổi.",
                f"This database belongs to the topics that begin with {theirs}., and the service"
                f" runs with {ours}.: set THIDUA_TOPIC_PREFIX={theirs}, or {name} to the database"
                f" of {ours}. Nothing was changed.",
            )

    async def require(self) -> None:
        """Before a connection to Kafka is used. Raises RefusedAtStartError for another cluster than
        the database's; KafkaError, OSError or TimeoutError while nobody answers."""
        async with self._turn:
            if self._passed:
                return
            await self.require_database()
            async with asyncio.timeout(_ATTEMPT_S), admin_client(self._settings) as admin:
                ours = (await admin.describe_cluster())["cluster_id"]
            if ours is None:  # brokers that have no name can't be told apart
                self._passed = True
                return
            async with self._database.transaction() as tx:
                theirs = (await note(tx, self._service, cluster=ours))["kafka_cluster"]
            if theirs != ours:
                raise _other_cluster(self._service, theirs, ours)
            self._passed = True

    async def at_start(self) -> None:
        """Both, as far as database and Kafka answer. Raises RefusedAtStartError."""
        try:
            await self.require_database()
            await self.require()
        except Exception as error:
            if not (isinstance(error, KafkaError) or is_transient(error)):
                raise
            _log.warning("whose Kafka this is will be asked when it answers", error=repr(error))


def _other_cluster(service: str, theirs: str, ours: str) -> WrongDatabaseError:
    return WrongDatabaseError(
        f"Cơ sở dữ liệu của {service} thuộc về cụm Kafka có mã “{theirs}”, còn"
        f" THIDUA_KAFKA_BOOTSTRAP trỏ đến cụm có mã “{ours}”: sửa một trong hai địa chỉ. Nếu cụm"
        f" Kafka cũ đã được thay thế, chạy `thidua accept-kafka {service}` rồi khởi động lại.",
        f"The database of {service} belongs to the Kafka cluster {theirs}, and"
        f" THIDUA_KAFKA_BOOTSTRAP leads to {ours}: correct one of the two addresses. Where the old"
        f" cluster was replaced, run `thidua accept-kafka {service}`, then start again.",
    )
