"""thidua accept-kafka: a service's database goes on beside another Kafka cluster."""

import asyncio

from services.chassis.language import speak
from services.cli.output import console, exit_codes
from services.cli.parts import ServiceName, database_settings
from services.cli.speaking import command, group

app = group("")


@command(
    app,
    vi="Khi cụm Kafka được thay thế: cho phép dịch vụ chạy tiếp với cụm mới.\n\nCơ sở dữ liệu ghi"
    " nhận cụm Kafka của lần chạy đầu tiên, và dịch vụ không khởi động với cụm khác. Sau lệnh này,"
    " lần khởi động tiếp theo ghi nhận cụm mà dịch vụ đang dùng. Đưa dữ liệu lên cụm mới:"
    " `thidua republish`.",
    example="thidua accept-kafka scoring",
)
def accept_kafka(service: ServiceName) -> None:
    """After Kafka was replaced: let a service go on with the new cluster.

    The database knows the cluster of its first start, and the service does not start with another
    one. After this the next start notes the one that it finds. `thidua republish` brings the facts
    to the new cluster.
    """
    with exit_codes():
        former = asyncio.run(_forget(database_settings(service).database_url)) or "–"
        console.print(
            speak(
                f"{service}: lần khởi động tiếp theo ghi nhận cụm Kafka mới (cụm cũ: {former})",
                f"{service}: the next start notes its Kafka cluster (it was {former})",
            )
        )


async def _forget(url: str) -> str | None:
    from services.chassis.storage.database import Database  # noqa: PLC0415 - loads the driver
    from services.chassis.storage.deployment import forget_cluster  # noqa: PLC0415

    database = Database(url, 1, source="thidua")
    try:
        async with database.transaction() as tx:
            return await forget_cluster(tx)
    finally:
        await database.close()
