"""thidua campaign try: points of a small table of figures, without a running system."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from services.chassis.language import speak
from services.cli.campaign import Directory, show_problems
from services.cli.output import FAILED, MisusedError, console, exit_codes
from services.cli.speaking import argument, command, group, option
from services.contracts.reading import UnreadableError, read_day
from services.contracts.rules.loader import RULES, read_with_rules

app = group("")

Figures = Annotated[
    Path,
    argument(
        "Bảng số liệu (CSV, .xlsx): mỗi đơn vị một dòng, mỗi chỉ số một cột.",
        "The table of figures (CSV, .xlsx): a row for each unit, a column for each measure.",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        readable=True,
    ),
]
TableDay = Annotated[
    str | None,
    option(
        "Theo bảng có hiệu lực ngày này (năm-tháng-ngày), khi bảng thay đổi giữa năm; không ghi:"
        " bảng có hiệu lực sau cùng.",
        "By the table that is in force on this day (2026-06-30), where one changes inside the year;"
        " absent: the one that is in force last.",
        "--day",
        metavar="DAY",
    ),
]


@command(
    app,
    "try",
    vi="Tính điểm từ một bảng số liệu nhỏ theo bảng điểm đang soạn, không cần hệ thống đang chạy."
    "\n\nMỗi đơn vị một dòng, mỗi chỉ số một cột, ghi tên chỉ số hoặc tên gọi của nó; nội dung phải"
    " thực hiện ghi số ngày chậm, hoặc “quá hạn”, “được miễn”. Cách tính là cách tính thật.",
    example="thidua campaign try infra/campaigns/hanoi-2020 figures.csv",
    done=("đã tính", "computed"),
    failed=("có lỗi cần sửa", "problems"),
)
def try_(directory: Directory, figures: Figures, day: TableDay = None) -> None:
    """Compute points of a small table of figures by the rules being written, with nothing running.

    A row for each unit, a column for each measure, by its name or title; of an obligation the days
    late, or “overdue”, “waived”. The formulas are those of a season.
    """
    with exit_codes():
        show_points(directory / RULES, figures, _day(day) if day else None)


def _day(text: str) -> date:
    try:
        return read_day(text)
    except UnreadableError as error:
        raise MisusedError(f"--day {text}: {speak(error.vi, error.en)}") from None


def show_points(rules_file: Path, figures: Path, day: date | None = None) -> None:
    """Print the points by a file of rules, of the tables in force on that day; plan and units are
    those beside it.

    Ends the command where something is wrong in the files or the table.
    """
    from services.scoring.what_if.figures_table import read_figures  # noqa: PLC0415 - loads scoring
    from services.scoring.what_if.trial import try_figures  # noqa: PLC0415
    from services.scoring.what_if.trial_lines import trial_lines  # noqa: PLC0415

    if not rules_file.is_file():
        raise MisusedError(speak(f"Không có tệp {rules_file}", f"there is no file {rules_file}"))
    directory = rules_file.parent
    loaded, problems = read_with_rules(directory, rules_file.read_bytes())
    faults = [one for one in problems if not one.warning]
    show_problems(faults, lambda name: rules_file if name == RULES else directory / name)
    if loaded is None:
        raise typer.Exit(FAILED)
    campaign, rules = loaded
    units = campaign.units if day is None else campaign.units.on(day)
    table = read_figures(figures.name, figures.read_bytes(), rules, units)
    show_problems(table.problems, lambda _: figures)
    if table.problems:
        raise typer.Exit(FAILED)
    for line in trial_lines(try_figures(table, rules, campaign, day)):
        console.print(line, markup=False, soft_wrap=True)
