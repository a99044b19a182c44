"""thidua dead-letters …: list, show, redrive and discard what could not be processed."""

import asyncio
from typing import Annotated

import typer

from services.chassis.language import speak
from services.chassis.process_settings import load_settings
from services.chassis.settings import SharedSettings
from services.cli.output import FAILED, console, exit_codes
from services.cli.parts import READERS, topic_by_name
from services.cli.speaking import argument, both, command, group, option
from services.contracts.wording import number_en, number_vi

app = group(
    both(
        "Bản tin chưa xử lý được: liệt kê, xem, xử lý lại, loại bỏ.",
        "Dead letters: list, show, redrive, discard.",
    )
)

ServiceOption = Annotated[
    str | None,
    option(
        f"Một trong {', '.join(READERS)}; mặc định: mỗi dịch vụ có <SERVICE>_DATABASE_URL.",
        f"One of {', '.join(READERS)}; default: each whose <SERVICE>_DATABASE_URL is set.",
        "--service",
        metavar="SERVICE",
    ),
]
_ID = (
    "Phần đầu mã của bản tin, hoặc mã của dữ liệu trong đó.",
    "Beginning of a letter's id, or the id of its event.",
)
Ids = Annotated[list[str], argument(*_ID, metavar="ID…")]
MaybeIds = Annotated[list[str] | None, argument(*_ID, metavar="ID…")]
Id = Annotated[str, argument(*_ID, metavar="ID")]
By = Annotated[
    str | None,
    option(
        "Người quyết định; mặc định: tài khoản trên máy này.",
        "Who decides; default: the user of this machine.",
        metavar="NAME",
    ),
]
StateOption = Annotated[
    str,
    option(
        "Tình trạng: `open` (chờ xử lý), `redriven` (đã xử lý lại), `discarded` (đã loại bỏ)"
        " hoặc `any`.",
        "open, redriven, discarded or any.",
        metavar="STATE",
    ),
]
Cause = Annotated[
    str | None,
    option("Chỉ nguyên nhân này.", "Only of this cause.", metavar="CAUSE"),
]
TopicOption = Annotated[
    str | None,
    option("Chỉ topic hoặc loại dữ liệu này.", "Only of this topic or event.", metavar="TOPIC"),
]
Limit = Annotated[
    int,
    option(
        "Nhiều nhất bấy nhiêu của mỗi dịch vụ.",
        "At most so many of each service.",
        min=1,
        metavar="N",
    ),
]
AsJson = Annotated[
    bool,
    option("Mỗi dòng một đối tượng JSON.", "One JSON object a line.", "--json"),
]
Every = Annotated[bool, option("Mọi bản tin đang chờ xử lý.", "All that are open.", "--all")]
CauseOfAll = Annotated[
    str | None,
    option(
        "Cùng với --all: chỉ nguyên nhân này.", "With --all: only of this cause.", metavar="CAUSE"
    ),
]
Reason = Annotated[
    str,
    option(
        "Lý do, từ 3 đến 500 ký tự; được lưu cùng bản tin.",
        "Why, in 3 to 500 characters; it is kept with the letter.",
        metavar="TEXT",
    ),
]


@command(
    app,
    "list",
    vi="Liệt kê các bản tin chưa xử lý được, cũ nhất trước: mã, tình trạng, nguyên nhân, số lần"
    " thử, vị trí, dữ liệu.",
    example="thidua dead-letters list --cause unknown-unit",
)
def show_list(
    *,
    service: ServiceOption = None,
    state: StateOption = "open",
    cause: Cause = None,
    topic: TopicOption = None,
    limit: Limit = 100,
    as_json: AsJson = False,
) -> None:
    """List what was set aside, oldest first: id, state, cause, tries, place, event."""
    with exit_codes():
        from services.cli.dead_letter_lines import json_line, table_of  # noqa: PLC0415 - likewise
        from services.cli.dead_letter_work import letters  # noqa: PLC0415 - loads the rest

        if topic is not None:
            topic = topic_by_name(load_settings(SharedSettings), topic)
        found, open_ = asyncio.run(
            letters(service, state=state, cause=cause, topic=topic, most=limit)
        )
        lines = (json_line(*one) for one in found) if as_json else table_of(found)
        for line in lines:
            console.print(line, markup=False)
        if not as_json:
            console.print(
                speak(
                    f"Liệt kê {number_vi(len(found))} bản tin; tổng số chờ xử lý:"
                    f" {number_vi(open_)}",
                    f"{number_en(len(found))} listed; {number_en(open_)} open in all",
                )
            )


@command(
    app,
    vi="Xem toàn bộ một bản tin: nguyên nhân, vị trí, phần đầu, và nội dung đã bỏ thông tin cá"
    " nhân.",
    example="thidua dead-letters show 3f9a2c1b",
)
def show(name: Id, service: ServiceOption = None) -> None:
    """Show all of one: cause, place, headers, and the body without what may name a person."""
    with exit_codes():
        from services.cli.dead_letter_lines import all_of  # noqa: PLC0415 - loads the rest
        from services.cli.dead_letter_work import letter_of  # noqa: PLC0415 - likewise

        console.print(all_of(*asyncio.run(letter_of(service, name))), markup=False)


@command(
    app,
    vi="Xử lý lại các bản tin qua chính dịch vụ, mỗi bản tin một giao dịch riêng.\n\n"
    "Không xử lý bản tin nào nếu có mã không tìm thấy hoặc đã được quyết định. Đọc toàn bộ cấu hình"
    " của dịch vụ. Dịch vụ có thể đang chạy hoặc không. Bản tin vẫn lỗi thì vẫn chờ xử lý, số lần"
    " thử tăng thêm một.",
    example="thidua dead-letters redrive 3f9a2c1b",
    done=("đều thành công", "all succeeded"),
    failed=("có bản tin vẫn lỗi, hoặc không thực hiện được", "one failed again or all failed"),
)
def redrive(
    names: MaybeIds = None,
    every: Every = False,
    cause: CauseOfAll = None,
    service: ServiceOption = None,
    by: By = None,
) -> None:
    """Redrive letters, each in a transaction of its own, through the service's own handler.

    Nothing is tried if one of the names is nobody's or of a closed letter. Reads all settings of
    the service. The service may run meanwhile, or not. What fails again stays open, with one more
    try.
    """
    if bool(names) == every or (cause and not every):
        raise typer.BadParameter(
            speak(
                "Nêu mã bản tin, hoặc --all (có thể kèm --cause)",
                "give ids, or --all, which may have a --cause",
            )
        )
    with exit_codes():
        from services.cli.dead_letter_work import redriven  # noqa: PLC0415 - loads the rest

        counted = {"done": 0, "failed": 0}

        async def print_results() -> None:
            async for result in redriven(service, names or [], cause=cause, by=by):
                failed = result.outcome == "failed"
                counted["failed" if failed else "done"] += 1
                why = f"  {result.cause} {result.detail}" if failed else ""
                console.print(f"{str(result.letter.id)[:8]}  {result.outcome}{why}", markup=False)

        try:
            asyncio.run(print_results())
        finally:  # what was done until a failure stays done
            done, failed = counted["done"], counted["failed"]
            console.print(
                speak(
                    f"Đã xử lý lại {number_vi(done)} bản tin, vẫn lỗi {number_vi(failed)}",
                    f"{number_en(done)} succeeded, {number_en(failed)} failed again",
                )
            )
    if failed:
        raise typer.Exit(FAILED)


@command(
    app,
    vi="Loại bỏ bản tin, không tính vào kết quả. Bản tin vẫn còn trên topic và trong danh sách.",
    example='thidua dead-letters discard 3f9a2c1b --reason "written by a test"',
)
def discard(names: Ids, reason: Reason, service: ServiceOption = None, by: By = None) -> None:
    """Close letters without any effect. The messages stay on their topics, and so does the list."""
    with exit_codes():
        from services.cli.dead_letter_work import discarded  # noqa: PLC0415 - loads the rest

        count = asyncio.run(discarded(service, names, reason=reason, by=by))
        console.print(
            speak(f"Đã loại bỏ {number_vi(count)} bản tin", f"{number_en(count)} discarded")
        )
