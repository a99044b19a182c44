"""thidua campaign …: the three files of a campaign, checked before anybody announces them.

What the Board does with them over HTTP: announcing.py, adopting.py, campaigns_shown.py.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from services.chassis.language import language, speak
from services.cli.output import FAILED, console
from services.cli.owed import owed_lines
from services.cli.speaking import argument, both, command, group, option
from services.contracts.campaign import Campaign, FileProblem
from services.contracts.rules import RuleSet
from services.contracts.rules.loader import read_files
from services.contracts.wording import count_en, number_en, number_vi

app = group(
    both(
        "Đợt thi đua: kiểm tra các tệp, công bố, sửa đổi, áp dụng bảng điểm, xem.",
        "Campaigns: check their files, announce, amend, adopt a table, look at them.",
    )
)

Directory = Annotated[
    Path,
    argument(
        "Thư mục có plan.yaml, units.csv và, nếu đã có bảng điểm, rules.yaml (docs/campaigns.md).",
        "Directory with plan.yaml, units.csv and, where there is a table, rules.yaml"
        " (docs/campaigns.md).",
        metavar="DIR",
        exists=True,
        file_okay=False,
    ),
]

Owed = Annotated[
    bool,
    option(
        "Liệt kê các nội dung phải thực hiện, thời hạn và đơn vị.",
        "List what units owe, until when, and who.",
        "--owed",
    ),
]


@command(
    app,
    vi="Liệt kê mọi lỗi của một đợt thi đua cùng lúc, kèm tệp, dòng và cách sửa.\n\n"
    "Những điểm chỉ nên sửa, như thiếu tên gọi, cũng được liệt kê và không đổi mã kết thúc. Với"
    " --owed, liệt kê từng nội dung phải thực hiện với thời hạn và đơn vị, để đối chiếu với văn"
    " bản.",
    example="thidua campaign check infra/campaigns/hanoi-2020",
    done=("dùng được", "usable"),
    failed=("có lỗi cần sửa", "problems"),
)
def check(directory: Directory, owed: Owed = False) -> None:
    """List every problem of a campaign at once, with file, line and remedy.

    Advice, such as a missing title, is listed too and changes no exit code. With --owed, what
    units owe is listed, with its days and its units, to be compared with the printed document.
    """
    loaded, problems = read_files(directory)
    show_problems(problems, lambda name: directory / name)
    if loaded is None:
        raise typer.Exit(FAILED)
    if owed:
        for line in owed_lines(loaded[0]):
            console.print(line, markup=False)
    console.print(_usable(*loaded), style="green")


def show_problems(problems: Sequence[FileProblem], file: Callable[[str], Path]) -> None:
    """Each problem: its place once, then a line in each language, the one asked for first.

    `file` finds the file of a name.
    """
    for problem in problems:
        place = f"{file(problem.file)}{problem.place.removeprefix(problem.file)}"
        console.print(place, style="bold", markup=False)
        asked_for, other = problem.sentences(language())
        console.print(f"    {asked_for}", markup=False)
        console.print(f"    {other}", style="dim", markup=False)
    if count := sum(not problem.warning for problem in problems):
        summary = speak(
            f"Có {number_vi(count)} lỗi cần sửa.", f"{count_en(count, 'problem')} to correct."
        )
        console.print(f"\n{summary}", style="bold red")


def _usable(campaign: Campaign, rules: RuleSet | None) -> str:
    """What is in it, on one line; the digest is what published standings name."""
    plan, units = campaign.plan, len(campaign.units)
    obligations = len(plan.obligations)
    if rules is None:
        return speak(
            f"Dùng được: {plan.campaign}: {number_vi(units)} đơn vị, {number_vi(obligations)} nội"
            " dung phải thực hiện; chưa có bảng điểm (rules.yaml), dữ liệu chưa được chấm điểm",
            f"Usable: {plan.campaign}: {number_en(units)} units, {obligations} obligations; no"
            " table (rules.yaml) yet, so that nothing is scored",
        )
    criteria = sum(len(table.criteria) for table in rules.tables)
    sample_vi, sample_en = (", bảng điểm minh họa", ", a sample") if rules.sample else ("", "")
    contents = speak(
        f"Dùng được: {plan.campaign}: {number_vi(units)} đơn vị, {number_vi(obligations)} nội dung"
        f" phải thực hiện, {number_vi(criteria)} tiêu chí{sample_vi}",
        f"Usable: {plan.campaign}: {number_en(units)} units, {obligations} obligations, "
        f"{criteria} criteria{sample_en}",
    )
    return f"{contents}; {rules.rule_set} sha256 {rules.digest()}"
