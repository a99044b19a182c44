"""thidua verify: compute a publication from the topics alone and compare."""

import asyncio
from typing import Annotated

import typer

from services.cli.output import FAILED, console, exit_codes
from services.cli.speaking import argument, command, group, option

app = group("")

Campaign = Annotated[
    str,
    argument(
        "Mã của đợt thi đua, ví dụ hanoi-2020.",
        "Id of the campaign, e.g. hanoi-2020.",
        metavar="CAMPAIGN",
    ),
]
Version = Annotated[
    int | None,
    option(
        "Lần công bố; mặc định: lần cuối.",
        "Number of the publication; default: the last one.",
        min=1,
        metavar="N",
    ),
]


@command(
    app,
    vi="Tính lại một lần công bố chỉ từ các topic, rồi đối chiếu.\n\n"
    "Kế hoạch, danh sách đơn vị và bảng điểm cũng lấy từ topic. Đọc Kafka (THIDUA_KAFKA_…,"
    " THIDUA_TOPIC_PREFIX), không đọc tệp hay cơ sở dữ liệu. Khi không khớp, nêu đơn vị, tiêu chí"
    " và dữ liệu.",
    example="thidua verify hanoi-2020",
    done=("khớp", "it holds"),
    failed=("không khớp hoặc không thực hiện được", "different or failed"),
)
def verify(campaign: Campaign, version: Version = None) -> None:
    """Compute a publication again from the topics alone, and compare.

    Plan, units and rule set are from the topics too. Reads Kafka (THIDUA_KAFKA_…,
    THIDUA_TOPIC_PREFIX), and no file or database. On a difference it names unit, criterion and
    fact.
    """
    with exit_codes():
        from services.chassis.process_settings import load_settings  # noqa: PLC0415
        from services.chassis.settings import SharedSettings  # noqa: PLC0415
        from services.scoring.publications.verify import report, verify_published  # noqa: PLC0415

        found = asyncio.run(
            verify_published(
                load_settings(SharedSettings), campaign, version=version, write_line=console.print
            )
        )
        for line in report(found):
            console.print(line, markup=False)
    if not found.holds:
        raise typer.Exit(FAILED)
