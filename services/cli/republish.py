"""thidua republish: publish the events of a service once more."""

import asyncio
from datetime import datetime
from typing import Annotated

from services.chassis.language import speak
from services.cli.output import MisusedError, console, exit_codes, moment
from services.cli.parts import DatabaseSettings, ServiceName, database_settings
from services.cli.speaking import command, group, option
from services.contracts.wording import count_en, number_vi

app = group("")

Since = Annotated[
    str | None,
    option(
        "Chỉ dữ liệu ghi nhận từ thời điểm này, ví dụ 2020-06-01T00:00:00+07:00.",
        "Only what was recorded from then on, e.g. 2020-06-01T00:00:00+07:00.",
        metavar="MOMENT",
    ),
]
Until = Annotated[
    str | None,
    option(
        "Chỉ dữ liệu ghi nhận trước thời điểm này.",
        "Only what was recorded before that moment.",
        metavar="MOMENT",
    ),
]
Types = Annotated[
    list[str] | None,
    option(
        "Chỉ loại dữ liệu này, ví dụ `essay-submitted`. Dùng được nhiều lần.",
        "Only this event, e.g. essay-submitted. May be repeated.",
        "--type",
        metavar="EVENT",
    ),
]


@command(
    app,
    vi="Đưa dữ liệu trong nhật ký của một dịch vụ trở lại hàng chờ gửi; dịch vụ phát lại lên topic."
    "\n\nDùng khi Kafka mất đĩa, hoặc khi topic được tạo lại. Bên đọc tính mỗi dữ liệu một lần,"
    " nên phát lại nhiều hơn mức cần không gây sai. Thời điểm là lúc ghi nhận, theo đồng hồ thật.",
    example="thidua republish submissions --since 2020-06-01T00:00:00+07:00",
)
def republish(
    service: ServiceName, since: Since = None, until: Until = None, types: Types = None
) -> None:
    """Put facts from a service's event log back into its outbox; its relay publishes them again.

    For a broker that lost its disk, or a topic made anew. Consumers take each fact once, whatever
    they had before, so too much does no harm. Times are those of recording, by the wall clock.
    """
    with exit_codes():
        settings = database_settings(service)
        count = asyncio.run(_republish(settings, moment(since), moment(until), types or []))
        console.print(
            speak(
                f"{number_vi(count)} dữ liệu sẽ được phát lại",
                f"{count_en(count, 'event')} will be published again",
            )
        )


async def _republish(
    settings: DatabaseSettings, since: datetime | None, until: datetime | None, types: list[str]
) -> int:
    import asyncpg  # noqa: PLC0415 - only here

    from services.chassis.storage import outbox  # noqa: PLC0415
    from services.contracts.events import FACTS  # noqa: PLC0415 - loads all events
    from services.contracts.topics import topic_of  # noqa: PLC0415

    by_name = {fact.event: topic_of(settings.topic_prefix, fact) for fact in FACTS}
    if unknown := sorted(set(types) - set(by_name)):
        wrong, known = ", ".join(unknown), ", ".join(by_name)
        raise MisusedError(
            speak(
                f"Không có loại dữ liệu {wrong}; có {known}",
                f"no such event: {wrong}; there are {known}",
            )
        )
    topics = [by_name[name] for name in types] or None
    connection = await asyncpg.connect(settings.database_url)
    try:
        async with connection.transaction():
            return await outbox.republish(connection, since=since, until=until, topics=topics)
    finally:
        await connection.close()
