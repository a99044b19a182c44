"""thidua docs …: the generated pages under docs/, written and checked."""

from pathlib import Path
from typing import Annotated

import typer

from services.chassis.language import speak
from services.cli.output import FAILED, console, exit_codes
from services.cli.speaking import both, command, group, option

app = group(
    both("Các trang docs/ được tạo từ mã nguồn.", "Pages of docs/ generated from the code.")
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
    vi="Ghi docs/settings.md, docs/metrics.md và docs/problems.md từ nơi định nghĩa.",
    example="thidua docs write",
    done=("đã ghi", "written"),
)
def write(root: Root = HERE) -> None:
    """Write docs/settings.md, docs/metrics.md and docs/problems.md from where each is defined."""
    with exit_codes():
        for path, text in outdated(root).items():
            (root / path).write_text(text)
            console.print(str(path))


@command(
    app,
    vi="Nêu những trang không còn khớp với mã nguồn.",
    example="thidua docs check",
    done=("đều khớp", "all up to date"),
    failed=("có trang không khớp", "not all"),
)
def check(root: Root = HERE) -> None:
    """Name the generated pages that differ from the code."""
    with exit_codes():
        stale = outdated(root)
        for path in stale:
            remedy = speak(
                f"{path} không còn khớp: chạy `make schemas`",
                f"{path} is outdated: run `make schemas`",
            )
            console.print(remedy, style="bold red")
        if stale:
            raise typer.Exit(FAILED)


def outdated(root: Path) -> dict[Path, str]:
    """Pages whose file differs, with what they are to contain."""
    from services.cli.manual import pages  # noqa: PLC0415 - loads all services

    def present(path: Path) -> str | None:
        return (root / path).read_text() if (root / path).exists() else None

    return {path: text for path, text in pages().items() if present(path) != text}
