"""thidua what-if: score the campaign in the database by a draft rule set, read only."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.chassis.language import speak
from services.cli.campaign import show_problems
from services.cli.output import FAILED, MisusedError, console, exit_codes
from services.cli.parts import database_settings
from services.cli.points_of_figures import show_points
from services.cli.speaking import argument, command, group, option
from services.contracts.campaign.problems import CampaignProblems

if TYPE_CHECKING:
    from services.scoring.what_if.comparison import WhatIf

app = group("")

Campaign = Annotated[
    str,
    argument(
        "Mã của đợt thi đua, ví dụ hanoi-2020; với --figures thì bỏ, chỉ ghi tệp dự thảo.",
        "Id of the campaign, e.g. hanoi-2020; with --figures it is left out: the draft alone.",
        metavar="[CAMPAIGN]",
    ),
]
Draft = Annotated[
    Path | None,
    argument(
        "Dự thảo: một tệp rules.yaml của cùng đợt thi đua.",
        "The draft: a rules.yaml of the same campaign.",
        metavar="RULES.yaml",
        exists=True,
        dir_okay=False,
        readable=True,
    ),
]
Figures = Annotated[
    Path | None,
    option(
        "Bảng số liệu thay cho dữ liệu đã lưu (CSV, .xlsx): mỗi đơn vị một dòng, mỗi chỉ số một"
        " cột. Kế hoạch và đơn vị lấy trong thư mục của dự thảo; không cần hệ thống đang chạy.",
        "A table of figures instead of what is stored (CSV, .xlsx): a row for each unit, a column"
        " for each measure. Plan and units are those beside the draft; nothing need be running.",
        "--figures",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        readable=True,
    ),
]
Shown = Annotated[
    int,
    option(
        "Số đơn vị được liệt kê; 0: mọi đơn vị có thay đổi.",
        "Units listed; 0: all that move.",
        "--show",
        min=0,
        metavar="N",
    ),
]


@command(
    app,
    "what-if",
    vi="Cho biết đơn vị nào thay đổi thứ hạng theo bảng điểm dự thảo, từ hạng nào đến hạng nào, do"
    " tiêu chí nào.\n\nĐọc cơ sở dữ liệu của dịch vụ chấm điểm (SCORING_DATABASE_URL) trong"
    " giao dịch không ghi được; kế hoạch và danh sách đơn vị cũng ở đó. Mọi lỗi của dự thảo được"
    " nêu cùng lúc.",
    example="thidua what-if hanoi-2020 draft/rules.yaml",
    done=("đã so sánh", "compared"),
    failed=("dự thảo có lỗi hoặc không thực hiện được", "faults or failed"),
)
def what_if(
    campaign: Campaign, draft: Draft = None, figures: Figures = None, show: Shown = 40
) -> None:
    """Show which units a draft rule set would move, from and to which rank, by which criterion.

    Reads scoring's database (SCORING_DATABASE_URL), which has the campaign's plan and units too, in
    transactions that cannot write. Faults of the draft are named all at once.
    """
    with exit_codes():
        if figures is not None:
            show_points(Path(campaign) if draft is None else draft, figures)
            return
        if draft is None:
            raise MisusedError(
                speak(
                    "Thiếu tham số 'RULES.yaml'. Chỉ với --figures mới bỏ mã đợt thi đua",
                    "Missing argument 'RULES.yaml'. Only with --figures is the campaign left out",
                )
            )
        from services.campaigns.registry import UnknownCampaignError  # noqa: PLC0415
        from services.scoring.what_if.report import report  # noqa: PLC0415 - loads the rest

        url = database_settings("scoring").database_url
        try:
            found = asyncio.run(_ask(url, campaign, draft.read_bytes()))
        except CampaignProblems as faulty:
            # Plan and units were checked when they were announced: the faults are the draft's.
            show_problems(faulty.problems, lambda _: draft)
            raise typer.Exit(FAILED) from None
        except UnknownCampaignError:
            raise MisusedError(
                speak(
                    f"Cơ sở dữ liệu này chưa có đợt thi đua có mã “{campaign}”",
                    f"no campaign “{campaign}” was announced to this database",
                )
            ) from None
        for line in report(found, show=show or len(found.change.movers)):
            console.print(line, markup=False)


async def _ask(url: str, campaign: str, draft: bytes) -> "WhatIf":
    from services.campaigns.files import newest_files  # noqa: PLC0415 - loads the driver
    from services.campaigns.registry import CampaignRegistry  # noqa: PLC0415
    from services.chassis.storage.database import Database  # noqa: PLC0415
    from services.scoring.drafts import read_draft  # noqa: PLC0415
    from services.scoring.scored_campaign import scored_campaign  # noqa: PLC0415
    from services.scoring.what_if.comparison import what_if  # noqa: PLC0415

    database = Database(url, 1, source="scoring what-if")
    try:
        scored = await CampaignRegistry(database, scored_campaign).of(campaign)
        async with database.transaction() as tx:
            files = await newest_files(tx, campaign)
        return await what_if(database, scored, read_draft(files, draft), datetime.now(UTC))
    finally:
        await database.close()
