"""thidua reconcile: compare a service's event log with its topics after a restore."""

import asyncio
from typing import Annotated

import typer

from services.chassis.language import speak
from services.cli.output import FAILED, console, exit_codes
from services.cli.parts import ServiceName, database_settings
from services.cli.speaking import command, group, option
from services.contracts.wording import number

SHOWN = 50
"""More of them on a screen help nobody; all are counted."""


app = group("")

Repair = Annotated[
    bool,
    option(
        "Sửa những gì tìm thấy; không có tùy chọn này: chỉ báo cáo.",
        "Repair what is found; without: only report it.",
    ),
]


@command(
    app,
    vi="Đối chiếu nhật ký dữ liệu của một dịch vụ với topic, cả hai chiều, và sửa.\n\n"
    "Dữ liệu chỉ có trên topic được ghi vào nhật ký để `thidua republish` dùng; dữ liệu chỉ có"
    " trong nhật ký được phát lại. Dữ liệu mà dịch vụ đã mất dòng trong bảng được nêu tên: vẫn được"
    " tính ở mọi nơi, nhưng không có trong danh sách của dịch vụ cho đến khi được gửi lại.",
    example="thidua reconcile submissions --repair",
    done=("giống nhau hoặc đã sửa", "equal or repaired"),
    failed=("khác nhau hoặc không thực hiện được", "different or failed"),
)
def reconcile(service: ServiceName, repair: Repair = False) -> None:
    """Compare a service's event log with its topics, both ways, and repair.

    What only the topics have is written into the log, so that `thidua republish` has it; what only
    the log has is published again. Events whose rows the service lost are named: they are counted
    everywhere, and missing in its own lists until somebody sends them again.
    """
    with exit_codes():
        from services.chassis.relay import reconcile as work  # noqa: PLC0415 - loads all events
        from services.contracts.events import FACTS  # noqa: PLC0415
        from services.contracts.topics import topic_of  # noqa: PLC0415

        settings = database_settings(service)
        prefix = settings.topic_prefix
        topics = [topic_of(prefix, fact) for fact in FACTS if fact.sheet.publisher == service]
        found = asyncio.run(
            work.compare(settings, settings.database_url, service=service, topics=topics)
        )
        compared, lost = number(found.compared), number(len(found.not_in_log))
        unsent = number(len(found.not_on_topics))
        console.print(
            speak(
                f"Topic Kafka có {compared.vi} dữ liệu của {service}: {lost.vi} không có trong cơ "
                f"sở dữ liệu; cơ sở dữ liệu có {unsent.vi} dữ liệu không còn trên topic.",
                f"The topics have {compared.en} events of {service}: {lost.en} are not in its "
                f"database; {unsent.en} of its database are on no topic.",
            )
        )
        for one in found.not_in_log[:SHOWN]:
            event = one.event
            console.print(
                f"  {event.recordedtime.isoformat(timespec='seconds')}"
                f" {event.data.event} {event.partitionkey} {event.subject} {event.id}",
                markup=False,
            )
        if len(found.not_in_log) > SHOWN:
            console.print("  …")
        if repair and found:
            asyncio.run(work.repair(settings.database_url, found))
            console.print(
                speak(
                    "Đã ghi lại nhật ký dữ liệu và đưa dữ liệu thiếu vào hàng chờ gửi. Các dòng đã "
                    "mất trong bảng của dịch vụ không phục hồi được: đơn vị gửi lại với cùng"
                    " Idempotency-Key.",
                    "The log has them, and what was missing on topics waits to be sent. Rows that "
                    "the service's own tables lost are not restored: have them sent again, with the"
                    " same Idempotency-Key.",
                )
            )
    if found and not repair:
        raise typer.Exit(FAILED)
