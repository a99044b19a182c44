"""thidua docs …: the generated pages under docs/, written and checked."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.output import FAILED, console, epilog, exit_codes

app = typer.Typer(no_args_is_help=True, help="Pages of docs/ generated from the code.")

Root = Annotated[
    Path,
    typer.Option(
        help="The repository.", exists=True, file_okay=False, show_default="this checkout"
    ),
]
HERE = Path(__file__).parents[2]


@app.command(epilog=epilog("thidua docs write", codes="0 written, 1 failed"))
def write(root: Root = HERE) -> None:
    """Write docs/settings.md, docs/metrics.md and docs/problems.md from where each is defined."""
    with exit_codes():
        for path, text in outdated(root).items():
            (root / path).write_text(text)
            console.print(str(path))


@app.command(epilog=epilog("thidua docs check", codes="0 all up to date, 1 not"))
def check(root: Root = HERE) -> None:
    """Name the generated pages that are not what the code says; exit 1 if any."""
    with exit_codes():
        stale = outdated(root)
        for path in stale:
            console.print(f"{path} is outdated: run thidua docs write", style="bold red")
        if stale:
            raise typer.Exit(FAILED)


def outdated(root: Path) -> dict[Path, str]:
    """Pages whose file differs, with what they are to contain."""
    from services.cli.manual import pages  # noqa: PLC0415 - loads all services

    def present(path: Path) -> str | None:
        return (root / path).read_text() if (root / path).exists() else None

    return {path: text for path, text in pages().items() if present(path) != text}
