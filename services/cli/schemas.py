"""thidua schemas …: the published contracts, written, checked and released from the models."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.chassis.language import speak
from services.cli.output import epilog
from services.contracts import published

app = typer.Typer(
    no_args_is_help=True,
    help="Contracts: JSON Schemas, AsyncAPI and the event catalogue.",
)

Root = Annotated[
    Path,
    typer.Option(
        help="The repository.", exists=True, file_okay=False, show_default="this checkout"
    ),
]
HERE = Path(__file__).parents[2]


@app.command(epilog=epilog("thidua schemas write", codes="0 written, 1 a promise is broken"))
def write(root: Root = HERE) -> None:
    """Write schemas, AsyncAPI and docs/events.md from the models; tell each file that changed."""
    console = _console()
    touched = published.write_all(root)
    for path in touched:
        console.print(str(path))
    _print_problems(console, published.broken_releases(root))
    console.print(
        speak(f"Đã ghi {len(touched)} tệp", f"{len(touched)} files written"), style="green"
    )


@app.command(epilog=epilog("thidua schemas check", codes="0 all as the models say, 1 not"))
def check(root: Root = HERE) -> None:
    """Tell what is outdated and which promises to older readers are broken; exit 1 if any."""
    console = _console()
    _print_problems(console, published.check_all(root))
    console.print(
        speak("Hợp đồng dữ liệu khớp với mã nguồn", "The contracts match the models"), style="green"
    )


@app.command(epilog=epilog("thidua schemas release", codes="0 frozen or nothing new, 1 refused"))
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
    console.print("\n" + speak(f"Có {count} lỗi cần sửa", f"{count} to correct"), style="bold red")
    raise typer.Exit(1)
