"""thidua campaign announce, amend, withdraw: what the Board does with a campaign, over HTTP."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from services.chassis.language import speak
from services.cli.campaign import show_problems
from services.cli.output import FAILED, console, exit_codes
from services.cli.rules_against_files import rules_fit
from services.cli.speaking import argument, command, group, option
from services.contracts.campaign import FileProblem
from services.contracts.campaign.loader import PLAN, UNITS
from services.contracts.campaign.units_file import units_text
from services.contracts.campaign.yaml_file import text_of
from services.contracts.reading import is_visible
from services.contracts.rules.loader import RULES, read_files
from services.contracts.wording import count_en, number_vi

app = group("")


def _code(text: str) -> str:
    """`text`, if a campaign can have it for its code: `/` in one would lead to another route. For
    typer: raises BadParameter."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,62}", text):
        raise typer.BadParameter(
            speak(
                f"“{text}” không phải mã đợt thi đua; mã gồm chữ thường không dấu, chữ số và dấu"
                " gạch nối, như hanoi-2026",
                f"“{text}” is no code of a campaign: it has small letters, digits and hyphens, as"
                " hanoi-2026",
            )
        )
    return text


def not_empty(text: str | None) -> str | None:
    """`text`, if there is something to read in it. For typer: raises BadParameter."""
    if text is not None and not is_visible(text):
        raise typer.BadParameter(speak("để trống; điền vào.", "is empty; fill it in."))
    return text


CampaignId = Annotated[
    str,
    argument(
        "Mã của đợt thi đua, như trong `thidua campaign list`.",
        "Code of the campaign, as `thidua campaign list` has it.",
        callback=_code,
        metavar="CAMPAIGN",
    ),
]
Document = Annotated[
    str,
    option(
        "Số và ngày của văn bản làm căn cứ, ví dụ “251/BTĐ-NV2, 05/6/2020”.",
        "Number and date of the document behind it, as `1234/QD, 05/6/2020`.",
        callback=not_empty,
        metavar="TEXT",
    ),
]
Reason = Annotated[str, option("Lý do.", "Why.", callback=not_empty, metavar="TEXT")]
_DespiteRules = Annotated[
    str | None,
    option(
        "Vẫn gửi dù bảng điểm đã áp dụng không khớp; ghi lý do, được thêm vào --reason.",
        "Send it although an adopted table does not fit; why, which is added to --reason.",
        metavar="TEXT",
    ),
]
_Files = Annotated[
    Path,
    argument(
        "Thư mục có plan.yaml và units.csv, có thể có rules.yaml (docs/campaigns.md).",
        "Directory with plan.yaml and units.csv, and perhaps rules.yaml (docs/campaigns.md).",
        metavar="DIR",
        exists=True,
        file_okay=False,
    ),
]


@command(
    app,
    vi="Công bố một đợt thi đua: kế hoạch, danh sách đơn vị, và bảng điểm nếu có tệp rules.yaml."
    "\n\nCác tệp được kiểm tra trước như `check`; còn lỗi thì không tệp nào được gửi. Cần có"
    " THIDUA_SUBMISSIONS_URL và THIDUA_TOKEN.",
    example='thidua campaign announce infra/campaigns/hanoi-2020 --document "251/BTD-NV2"',
    done=("đã công bố", "announced"),
    failed=("tệp có lỗi, hoặc bị từ chối", "faults, or refused"),
)
def announce(directory: _Files, document: Document) -> None:
    """Announce a campaign: its plan, its units, and its table where there is a rules.yaml.

    The files are checked first, as by `check`; with faults nothing is sent. Needs
    THIDUA_SUBMISSIONS_URL and THIDUA_TOKEN.
    """
    files = checked_files(directory)
    with exit_codes():
        from services.cli.api import open_api  # noqa: PLC0415 - loads the HTTP client

        with open_api() as api:
            taken = api.send("submissions", "/v1/campaigns", {"files": files, "document": document})
    console.print(
        speak(f"Đã công bố {taken['campaign']}", f"Announced {taken['campaign']}")
        + f": {_contents(taken)}",
        style="green",
    )
    if RULES not in files:
        console.print(
            speak(
                "Chưa có bảng điểm: dữ liệu được tiếp nhận và lưu, chưa được chấm điểm. Áp dụng"
                " bảng điểm bằng `thidua campaign adopt`.",
                "There is no table: facts are taken and kept, and not scored yet. Adopt one with"
                " `thidua campaign adopt`.",
            )
        )


@command(
    app,
    vi="Ban hành bản sửa đổi của một đợt thi đua đã công bố: kế hoạch và danh sách đơn vị từ nay"
    " về sau.\n\nGửi toàn bộ hai tệp, không chỉ phần thay đổi. Tệp rules.yaml nếu có chỉ dùng để"
    " kiểm tra; nếu không có, các tệp được đối chiếu với những bảng điểm đã áp dụng. Bảng điểm được"
    " thay bằng `thidua campaign adopt`.",
    example='thidua campaign amend hanoi-2020 my-files --document "300/BTD" --reason "..."',
    done=("đã sửa đổi", "amended"),
    failed=("tệp có lỗi, hoặc bị từ chối", "faults, or refused"),
)
def amend(
    campaign: CampaignId,
    directory: _Files,
    *,
    document: Document,
    reason: Reason,
    despite_rules: _DespiteRules = None,
) -> None:
    """Amend a campaign that was announced: its plan and its units from now on.

    Both files are sent whole, not only what changes. A rules.yaml only takes part in the check;
    without one the files are checked against the tables that were adopted. Another table is adopted
    with `thidua campaign adopt`.
    """
    files = checked_files(directory)
    with exit_codes():
        from services.cli.api import open_api  # noqa: PLC0415 - loads the HTTP client

        with open_api() as api:
            if RULES not in files and not rules_fit(api, campaign, directory, files):
                if despite_rules is None:
                    _refuse_unfit()
                reason = f"{reason} ({despite_rules})"
            amended = api.read("submissions", f"/v1/campaigns/{campaign}")["version"]
            taken = api.send(
                "submissions",
                f"/v1/campaigns/{campaign}/versions",
                {"files": files, "document": document, "reason": reason, "version": amended},
            )
    console.print(
        speak(
            f"Đã sửa đổi {campaign}, phiên bản {taken['version']}",
            f"Amended {campaign}, version {taken['version']}",
        )
        + f": {_contents(taken)}, {_moved(taken['days_moved'])}",
        style="green",
    )


@command(
    app,
    vi="Rút lại một đợt thi đua trước ngày bắt đầu: không đơn vị nào còn phải thực hiện nội dung"
    " của đợt đó.\n\nĐợt đã bắt đầu thì không rút lại được, chỉ sửa đổi được.",
    example='thidua campaign withdraw hanoi-2021 --document "12/BTD" --reason "..."',
    done=("đã rút lại", "withdrawn"),
    failed=("bị từ chối", "refused"),
)
def withdraw(campaign: CampaignId, document: Document, reason: Reason) -> None:
    """Take a campaign back before it opens: no unit owes anything by it any more.

    One that has opened can't be withdrawn, only amended.
    """
    with exit_codes():
        from services.cli.api import open_api  # noqa: PLC0415 - loads the HTTP client

        with open_api() as api:
            body = {"document": document, "reason": reason}
            api.send("submissions", f"/v1/campaigns/{campaign}/withdrawal", body)
    console.print(speak(f"Đã rút lại {campaign}", f"Withdrew {campaign}"), style="green")


def checked_files(directory: Path) -> dict[str, str]:
    """The texts of a campaign's files, by name, once they are without error; problems are printed.

    rules.yaml may be missing. Ends the command where there is an error.
    """
    loaded, problems = read_files(directory)
    _show(problems, lambda name: directory / name)
    if loaded is None:
        raise typer.Exit(FAILED)
    campaign, rules = loaded
    names = [PLAN] if rules is None else [PLAN, RULES]
    texts = {name: text_of((directory / name).read_bytes()) for name in names}
    return {**texts, UNITS: units_text(campaign.units.rows)}


def _show(problems: list[FileProblem], file: Callable[[str], Path]) -> None:
    show_problems(problems, file)
    if any(not problem.warning for problem in problems):
        console.print(speak("Chưa gửi gì.", "Nothing was sent."), style="bold red")


def _refuse_unfit() -> NoReturn:
    console.print(
        speak(
            "Chưa gửi gì. Sửa các tệp cho khớp; hoặc, nếu sẽ áp dụng bảng điểm khác sau khi sửa"
            " đổi, gửi lại với --despite-rules và lý do.",
            "Nothing was sent. Mend the files; or, if another table is to be adopted once they are"
            " in force, send them with --despite-rules and the reason.",
        ),
        style="bold red",
        markup=False,
    )
    raise typer.Exit(FAILED)


def _moved(days: int) -> str:
    return speak(f"thay đổi {number_vi(days)} thời hạn", f"{count_en(days, 'deadline')} moved")


def _contents(taken: Mapping[str, Any]) -> str:
    units, owed = taken["units"], taken["owed"]
    return speak(
        f"{number_vi(units)} đơn vị, thêm {number_vi(owed)} nội dung phải thực hiện",
        f"{count_en(units, 'unit')}, {count_en(owed, 'new obligation')}",
    )
