"""thidua what-if: score the campaign in the database by a draft rule set, read only."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.campaign import show_problems
from services.cli.output import FAILED, console, exit_codes
from services.cli.speaking import argument, command, group, option
from services.contracts.campaign.problems import CampaignProblems
from services.contracts.rules import RuleSet
from services.contracts.rules.loader import RULES, load_with_rules

if TYPE_CHECKING:
    from services.scoring.campaign_snapshot import CampaignTimeline
    from services.scoring.what_if.comparison import WhatIf

app = group("")

Draft = Annotated[
    Path,
    argument(
        "Dự thảo: một tệp rules.yaml của cùng đợt thi đua.",
        "The draft: a rules.yaml of the same campaign.",
        metavar="RULES.yaml",
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
    " tiêu chí nào.\n\nĐọc cơ sở dữ liệu của dịch vụ chấm điểm (SCORING_DATABASE_URL) trong một"
    " giao dịch không ghi được, và kế hoạch, danh sách đơn vị của đợt thi đua"
    " (SCORING_CAMPAIGN_DIR). Mọi lỗi của dự thảo được nêu cùng lúc.",
    example="thidua what-if draft/rules.yaml",
    done=("đã so sánh", "compared"),
    failed=("dự thảo có lỗi hoặc không thực hiện được", "faults or failed"),
)
def what_if(draft: Draft, show: Shown = 40) -> None:
    """Show which units a draft rule set would move, from and to which rank, by which criterion.

    Reads scoring's database (SCORING_DATABASE_URL) in a transaction that cannot write, and the
    campaign's plan and units (SCORING_CAMPAIGN_DIR). Faults of the draft are named all at once.
    """
    with exit_codes():
        from services.chassis.settings import load_settings  # noqa: PLC0415 - loads the rest
        from services.scoring.campaign_snapshot import CampaignTimeline  # noqa: PLC0415
        from services.scoring.settings import ScoringSettings  # noqa: PLC0415
        from services.scoring.what_if.comparison import read_draft  # noqa: PLC0415
        from services.scoring.what_if.report import report  # noqa: PLC0415

        settings = load_settings(ScoringSettings)
        directory = settings.campaign_dir
        timeline = CampaignTimeline(*load_with_rules(directory))
        try:
            rules = read_draft(directory, draft.read_bytes())
        except CampaignProblems as faulty:
            # Faults of rules.yaml are in the draft, which may have another name.
            show_problems(
                faulty.problems, lambda name: draft if name == RULES else directory / name
            )
            raise typer.Exit(FAILED) from None
        found = asyncio.run(_ask(settings.database_url, timeline, rules))
        for line in report(found, show=show or len(found.change.movers)):
            console.print(line, markup=False)


async def _ask(url: str, timeline: "CampaignTimeline", rules: RuleSet) -> "WhatIf":
    from services.chassis.storage.database import Database  # noqa: PLC0415 - loads the driver
    from services.scoring.what_if.comparison import what_if  # noqa: PLC0415

    database = Database(url, 1, source="scoring what-if")
    try:
        return await what_if(database, timeline, rules, datetime.now(UTC))
    finally:
        await database.close()
