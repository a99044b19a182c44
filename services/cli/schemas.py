"""thidua schemas …: the published contracts, written, checked and released from the models."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.chassis.language import speak
from services.cli.speaking import both, command, group, option
from services.contracts import published
from services.contracts.wording import number_en, number_vi

app = group(
    both(
        "Hợp đồng dữ liệu: JSON Schema, AsyncAPI và danh mục loại dữ liệu.",
        "Contracts: JSON Schemas, AsyncAPI and the event catalogue.",
    )
)

Root = Annotated[
    Path,
    option(
        "Thư mục mã nguồn.",
        "The repository.",
        metavar="DIR",
        exists=True,
        file_okay=False,
        show_default=False,
    ),
]
HERE = Path(__file__).parents[2]


@command(
    app,
    vi="Ghi các JSON Schema, AsyncAPI và docs/events.md từ mã nguồn; nêu từng tệp đã đổi.",
    example="thidua schemas write",
    done=("đã ghi", "written"),
    failed=("trái với bản đã chốt", "a promise is broken"),
)
def write(root: Root = HERE) -> None:
    """Write schemas, AsyncAPI and docs/events.md from the models; name each file that changed."""
    console = _console()
    touched = published.write_all(root)
    for path in touched:
        console.print(str(path))
    _print_problems(console, published.broken_releases(root))
    console.print(
        speak(f"Đã ghi {number_vi(len(touched))} tệp", f"{len(touched)} files written"),
        style="green",
    )


@command(
    app,
    vi="Nêu những tệp không còn khớp và những điều đã hứa với bên đọc cũ nay không giữ.",
    example="thidua schemas check",
    done=("đều khớp với mã nguồn", "all as the models say"),
    failed=("không khớp", "not all"),
)
def check(root: Root = HERE) -> None:
    """Name what is outdated, and which promises to older readers are broken."""
    console = _console()
    _print_problems(console, published.check_all(root))
    console.print(
        speak("Hợp đồng dữ liệu khớp với mã nguồn", "The contracts match the models"), style="green"
    )


@command(
    app,
    vi="Chốt các JSON Schema hiện tại thành bản phát hành tiếp theo; từ đó các trường không thay"
    " đổi.",
    example="thidua schemas release",
    done=("đã chốt hoặc không có gì mới", "frozen or nothing new"),
    failed=("bị từ chối", "refused"),
)
def release(root: Root = HERE) -> None:
    """Freeze today's schemas as the next release; from then on their fields never change."""
    console = _console()
    try:
        released = published.release(root)
    except ValueError as error:
        _print_problems(console, str(error).splitlines())
        raise
    if not released:
        console.print(speak("Không có thay đổi", "Nothing changed since the last release"))
    for name in released:
        console.print(speak("Đã chốt: ", "Frozen: ") + name, style="green")


def _console() -> Console:
    return Console(highlight=False, markup=False, soft_wrap=True)


def _print_problems(console: Console, problems: list[str]) -> None:
    """Print the problems and end with code 1, if there are any."""
    if not problems:
        return
    for problem in problems:
        console.print(problem)
    count = len(problems)
    summary = speak(f"Có {number_vi(count)} lỗi cần sửa.", f"{number_en(count)} to correct.")
    console.print(f"\n{summary}", style="bold red")
    raise typer.Exit(1)
