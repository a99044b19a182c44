"""thidua rebuild …: rebuild a service's state from the topics alone and compare it."""

from typing import Annotated

import typer

from services.chassis.language import speak
from services.cli.output import MisusedError, console, exit_codes
from services.cli.speaking import both, command, group, option

app = group(both("Dựng lại một dịch vụ từ topic.", "Rebuild a service from the topics."))

Into = Annotated[
    str | None,
    option(
        "Cơ sở dữ liệu trống, postgresql://…; mặc định: <tên>_rebuild bên cạnh cơ sở dữ liệu"
        " của dịch vụ, tạo mới mỗi lần.",
        "Empty database, postgresql://…; default: <name>_rebuild beside the service's own,"
        " made new each time.",
        metavar="URL",
    ),
]
Compare = Annotated[
    bool,
    option(
        "So sánh với cơ sở dữ liệu đang chạy; với --no-compare: chỉ dựng lại, khi cơ sở dữ liệu"
        " đó đã mất.",
        "Compare with the running database; --no-compare: only rebuild, where that one is lost.",
    ),
]
TakeOver = Annotated[
    bool,
    option(
        "Khi dịch vụ chấm điểm đã dừng: đọc phần còn lại, so sánh, rồi cho cơ sở dữ liệu này"
        " thay thế.",
        "Scoring is stopped: read the rest, compare, and let the database go on from it.",
        "--take-over",
    ),
]


@app.callback()
def _group() -> None:
    """Keeps `scoring` a command of its own while it is the only one."""


@command(
    app,
    vi="Dựng lại dữ liệu và điểm từ topic vào một cơ sở dữ liệu khác rồi so sánh mã kiểm tra.\n\n"
    "Dịch vụ vẫn chạy trong lúc đó; cấu hình (SCORING_…) là của cơ sở dữ liệu đang chạy. Để thay"
    " thế: dựng lại, dừng dịch vụ chấm điểm, chạy lại lệnh với --take-over, rồi chạy dịch vụ với"
    " địa chỉ mới (docs/operating.md).",
    example="thidua rebuild scoring",
    done=("giống nhau", "equal"),
    failed=("khác nhau hoặc không thực hiện được", "different or failed"),
)
def scoring(into: Into = None, compare: Compare = True, take_over: TakeOver = False) -> None:
    """Rebuild facts and points from the topics into another database and compare the digests.

    The service goes on meanwhile; its settings (SCORING_…) are those of the running database. To
    take over: rebuild, stop scoring, the same again with --take-over, start scoring with the new
    address (docs/operating.md).
    """
    with exit_codes():
        if into is not None and not into.startswith("postgresql://"):
            address = "postgresql://user:password@host/name"
            raise MisusedError(
                speak(
                    f"{into} không phải địa chỉ; viết {address}",
                    f"{into} is no address: write {address}",
                )
            )
        from services.chassis.process_settings import load_settings  # noqa: PLC0415 - loads the rest
        from services.scoring.rebuilding.rebuild import rebuild  # noqa: PLC0415
        from services.scoring.settings import ScoringSettings  # noqa: PLC0415

        code = rebuild(
            load_settings(ScoringSettings),
            into,
            compare=compare,
            take_over=take_over,
            write_line=console.print,
        )
    raise typer.Exit(code)
