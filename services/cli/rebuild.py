"""thidua rebuild …: rebuild a service's state from the topics alone and compare it."""

from typing import Annotated

import typer

from services.cli.output import MisusedError, console, epilog, exit_codes

app = typer.Typer(no_args_is_help=True, help="Rebuild a service from the topics.")


@app.callback()
def _group() -> None:
    """Keeps `scoring` a command of its own while it is the only one."""


@app.command(
    epilog=epilog(
        "thidua rebuild scoring",
        codes="0 equal, 1 different or failed, 2 misused, 78 settings don't fit",
    )
)
def scoring(
    into: Annotated[
        str | None,
        typer.Option(
            help="Empty database, postgresql://…; default: <name>_rebuild beside the service's own,"
            " made new each time."
        ),
    ] = None,
    compare: Annotated[
        bool,
        typer.Option(
            help="Compare with the running database; without: only rebuild, say when it is lost."
        ),
    ] = True,
    take_over: Annotated[
        bool,
        typer.Option(
            "--take-over",
            help="Scoring is stopped: read the rest, compare, and let the database go on from it.",
        ),
    ] = False,
) -> None:
    """Rebuild facts and points from the topics into another database and compare the digests.

    The service goes on meanwhile; its settings (SCORING_…) are those of the running database. To
    take over: rebuild, stop scoring, the same again with --take-over, start scoring with the new
    address (docs/operating.md).
    """
    with exit_codes():
        if into is not None and not into.startswith("postgresql://"):
            raise MisusedError(f"{into} is no address: write postgresql://user:password@host/name")
        from services.chassis.settings import load_settings  # noqa: PLC0415 - loads the rest
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
