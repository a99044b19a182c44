"""thidua campaign …: the three files of a campaign, checked before any service reads them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from services.cli.output import FAILED, console, epilog
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.loader import load_campaign
from services.contracts.campaign.problems import CampaignProblems, Problem

app = typer.Typer(no_args_is_help=True, help="Đợt thi đua / Campaigns: check their files.")

Directory = Annotated[
    Path,
    typer.Argument(
        metavar="DIR",
        help="Directory with plan.yaml, units.csv and rules.yaml (docs/campaigns.md).",
    ),
]


@app.callback()
def _group() -> None:
    """Keeps `check` a command of its own while it is the only one."""


@app.command(
    epilog=epilog("thidua campaign check infra/campaigns/hanoi-2020", codes="0 usable, 1 problems")
)
def check(directory: Directory) -> None:
    """Tell every problem of a campaign at once, with file, line and remedy; exit 1 if any."""
    try:
        campaign = load_campaign(directory)
    except CampaignProblems as found:
        tell_faults(found.problems, lambda name: directory / name)
        raise typer.Exit(FAILED) from None
    console.print(_usable(campaign), style="green")


def tell_faults(problems: Sequence[Problem], file: Callable[[str], Path]) -> None:
    """Every problem of a campaign; `file` says where the file of that name is."""
    for problem in problems:
        console.print(_told(file(problem.file), problem), markup=False)
    count = len(problems)
    console.print(f"\n{count} chỗ phải sửa / {count} to correct", style="bold red")


def _told(file: Path, problem: Problem) -> str:
    """One line: the place first, as editors read it, then Vietnamese and English."""
    return f"{file}:{problem.line}: {problem.vi} / {problem.en}"


def _usable(campaign: Campaign) -> str:
    """What is in it, on one line; the digest is what published standings name."""
    plan, rules = campaign.plan, campaign.rules
    units = len(campaign.units)
    duties = len(plan.obligations)
    criteria = sum(len(table.criteria) for table in rules.tables)
    sample_vi, sample_en = (", bảng điểm mẫu", ", a sample") if rules.sample else ("", "")
    return (
        f"Dùng được / Usable: {plan.campaign}: "
        f"{units} đơn vị, {duties} nghĩa vụ, {criteria} tiêu chí{sample_vi} / "
        f"{units} units, {duties} obligations, {criteria} criteria{sample_en}; "
        f"{rules.rule_set} sha256 {rules.digest()}"
    )
