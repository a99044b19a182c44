"""thidua verify: compute a publication from the topics alone and compare."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from services.cli.output import FAILED, console, exit_codes
from services.cli.speaking import argument, command, group, option

app = group("")

Directory = Annotated[
    Path,
    argument(
        "Thư mục của đợt thi đua: plan.yaml, units.csv và rules.yaml.",
        "Directory of the campaign: its plan.yaml, units.csv and rules.yaml.",
        metavar="DIR",
        exists=True,
        file_okay=False,
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
    vi="Tính lại một lần công bố từ dữ liệu trên topic và bảng điểm, rồi đối chiếu.\n\n"
    "Đọc Kafka (THIDUA_KAFKA_…, THIDUA_TOPIC_PREFIX), không đọc cơ sở dữ liệu. Khi không khớp, nêu"
    " đơn vị, tiêu chí và dữ liệu.",
    example="thidua verify infra/campaigns/hanoi-2020",
    done=("khớp", "it holds"),
    failed=("không khớp hoặc không thực hiện được", "different or failed"),
)
def verify(directory: Directory, version: Version = None) -> None:
    """Compute a publication again from the fact topics and the rule set, and compare.

    Reads Kafka (THIDUA_KAFKA_…, THIDUA_TOPIC_PREFIX) and no database. On a difference it names
    unit, criterion and fact.
    """
    with exit_codes():
        from services.chassis.settings import SharedSettings, load_settings  # noqa: PLC0415
        from services.scoring.publications.verify import report, verify_published  # noqa: PLC0415

        found = asyncio.run(
            verify_published(
                load_settings(SharedSettings), directory, version=version, write_line=console.print
            )
        )
        for line in report(found):
            console.print(line, markup=False)
    if not found.holds:
        raise typer.Exit(FAILED)
