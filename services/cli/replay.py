"""thidua replay: a consumer group reads from an earlier place."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from services.chassis.language import speak
from services.chassis.process_settings import load_settings
from services.chassis.settings import SharedSettings
from services.cli.output import MisusedError, console, exit_codes, moment
from services.cli.parts import READERS, group_of, topic_by_name
from services.cli.speaking import argument, command, group, option
from services.contracts.wording import count_en, number_en, number_vi

if TYPE_CHECKING:
    from services.chassis.broker.group_positions import Move, Target


app = group("")

Group = Annotated[
    str,
    argument(
        f"Một nhóm đọc Kafka, hoặc một dịch vụ: {', '.join(READERS)}.",
        f"A consumer group, or a service: {', '.join(READERS)}.",
        metavar="GROUP",
    ),
]
ToTime = Annotated[
    str | None,
    option(
        "Bản ghi từ thời điểm này trở đi, ví dụ 2020-06-01T00:00:00+07:00.",
        "Records written from then on, e.g. 2020-06-01T00:00:00+07:00.",
        metavar="MOMENT",
    ),
]
ToOffset = Annotated[
    list[str] | None,
    option("Dùng được nhiều lần.", "May be repeated.", metavar="TOPIC:PARTITION:OFFSET"),
]
ToBeginning = Annotated[bool, option("Đọc lại toàn bộ.", "Everything.", "--to-beginning")]
ToEnd = Annotated[
    bool,
    option("Bỏ qua mọi bản ghi hiện có.", "Nothing that is there now.", "--to-end"),
]
Topics = Annotated[
    list[str] | None,
    option(
        "Chỉ topic hoặc loại dữ liệu này, ví dụ `essay-submitted`. Dùng được nhiều lần.",
        "Only this topic or event, e.g. essay-submitted. Repeatable.",
        "--topic",
        metavar="TOPIC",
    ),
]
SkipUnread = Annotated[
    bool,
    option(
        "Bỏ qua cả những bản ghi chưa từng đọc.",
        "Also pass over records that were never read.",
        "--skip-unread",
    ),
]
NewGroup = Annotated[
    bool,
    option(
        "Nhóm chưa có vị trí đọc; bắt đầu đọc từ đó.",
        "The group has no positions yet; it begins there.",
        "--new-group",
    ),
]
DryRun = Annotated[
    bool,
    option("Chỉ cho xem kết quả dự kiến.", "Only show what would be.", "--dry-run"),
]


@command(
    app,
    vi="Chuyển vị trí đọc của một nhóm đang dừng; khi chạy lại, nhóm đọc từ vị trí đó.\n\n"
    "Dịch vụ tính mỗi dữ liệu một lần nên đọc lại không làm thay đổi kết quả (lý do với từng dịch"
    " vụ: docs/operating.md). Bị từ chối khi nhóm đang có thành viên, trừ khi có --dry-run. Đọc"
    " THIDUA_KAFKA_… và <SERVICE>_GROUP_ID.",
    example="thidua replay scoring --to-time 2020-06-01T00:00:00+07:00",
)
def replay(
    group: Group,
    *,
    to_time: ToTime = None,
    to_offset: ToOffset = None,
    to_beginning: ToBeginning = False,
    to_end: ToEnd = False,
    topics: Topics = None,
    skip_unread: SkipUnread = False,
    new_group: NewGroup = False,
    dry_run: DryRun = False,
) -> None:
    """Move a stopped group's position; started again, it reads from there.

    Services take each fact once, so reading again changes nothing (docs/operating.md says why for
    each). Refused while the group has members, but for --dry-run. Reads THIDUA_KAFKA_… and
    <SERVICE>_GROUP_ID.
    """
    given = [to_time is not None, bool(to_offset), to_beginning, to_end]
    if sum(given) != 1:
        raise typer.BadParameter(
            speak(
                "Chọn một trong --to-time, --to-offset, --to-beginning và --to-end",
                "give one of --to-time, --to-offset, --to-beginning and --to-end",
            )
        )
    if to_offset and topics:
        raise typer.BadParameter(
            speak(
                "--to-offset đã nêu topic: bỏ --topic",
                "--to-offset names its topics itself: leave --topic out",
            )
        )
    with exit_codes():
        settings = load_settings(SharedSettings)
        target: Target
        if to_time is not None:
            target = _moment(to_time)
        elif to_offset:
            target = _offsets(settings, to_offset)
        else:
            target = "beginning" if to_beginning else "end"
        wanted = [topic_by_name(settings, name) for name in topics or ()]
        asyncio.run(
            _replay(
                settings,
                group_of(group),
                target,
                wanted,
                skip_unread=skip_unread,
                new_group=new_group,
                dry_run=dry_run,
            )
        )


async def _replay(
    settings: SharedSettings,
    group: str,
    target: "Target",
    topics: Sequence[str],
    *,
    skip_unread: bool,
    new_group: bool,
    dry_run: bool,
) -> None:
    from services.chassis.broker import group_positions as positions  # noqa: PLC0415 - loads the client

    if not dry_run:
        await positions.require_stopped(settings, group)
    planned = await positions.plan(settings, group, target, topics, new_group=new_group)
    moves = [one for one in planned if one.after != one.before]
    for one in moves:
        _print_move(one)
    repeated, skipped = sum(one.repeated for one in moves), sum(one.skipped for one in moves)
    console.print(
        f"{group}: "
        + speak(
            f"{number_vi(repeated)} bản ghi sẽ được đọc lại",
            f"{count_en(repeated, 'record')} to be read once more",
        )
    )
    if skipped and not skip_unread and not dry_run:
        raise positions.GroupPositionError(
            speak(
                f"{number_vi(skipped)} bản ghi chưa được {group} đọc sẽ bị bỏ qua; chưa chuyển vị"
                " trí nào. Nếu đúng ý định, thêm --skip-unread",
                f"{number_en(skipped)} records were never read by {group} and would be passed over:"
                " nothing was moved; add --skip-unread if that is meant",
            )
        )
    if skipped:
        passed_over = speak(
            f"{number_vi(skipped)} bản ghi chưa đọc, bị bỏ qua",
            f"{number_en(skipped)} never read and passed over",
        )
        console.print(passed_over, style="bold red")
    if dry_run:
        console.print(speak("Chưa thay đổi gì (--dry-run)", "Nothing was moved (--dry-run)"))
        return
    # Declared of all that were named, also of those that stay where they are.
    await positions.move(
        settings, group, planned if skip_unread else moves, skip_unread=skip_unread
    )
    console.print(
        speak("Đã chuyển vị trí đọc. Khởi động lại dịch vụ.", "Moved: restart the service"),
        style="green",
    )


def _print_move(one: "Move") -> None:
    place = f"{one.place.topic}/{one.place.partition}"
    before = f"– ({one.first})" if one.before is None else str(one.before)  # it has none there
    more = (
        speak(f"đọc lại {number_vi(one.repeated)}", f"{number_en(one.repeated)} repeated")
        if one.repeated
        else speak(f"bỏ qua {number_vi(one.skipped)}", f"{number_en(one.skipped)} passed over")
    )
    console.print(f"{place}  {before} → {one.after}  {more}", markup=False)


def _moment(text: str) -> datetime:
    found = moment(text)
    assert found is not None  # noqa: S101 - only None gives None
    return found


def _offsets(settings: SharedSettings, texts: Sequence[str]) -> "Target":
    from aiokafka import TopicPartition  # noqa: PLC0415 - loads the client

    found, wrong = {}, []
    for text in texts:
        topic, _, rest = text.rpartition(":")[0].rpartition(":")
        number, offset = rest, text.rpartition(":")[2]
        if topic and number.isdecimal() and offset.isdecimal():
            found[TopicPartition(topic_by_name(settings, topic), int(number))] = int(offset)
        else:
            wrong.append(text)
    if wrong:
        some = ", ".join(wrong)
        raise MisusedError(
            speak(
                f"Không đúng dạng `TOPIC:PARTITION:OFFSET`: {some}",
                f"not TOPIC:PARTITION:OFFSET: {some}",
            )
        )
    return found
