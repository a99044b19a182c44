"""thidua rebuild: scoring from the topics alone, and whether it is what the service has."""

from typing import Annotated

import typer

from services.cli.words import console, told


def rebuild(
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
) -> None:
    """Rebuild facts and points from the topics into another database and compare the digests.

    The service goes on meanwhile. To take over the rebuilt database: stop scoring, rebuild without
    --compare, give scoring the new address.
    """
    with told():
        from services.chassis.settings import load_settings  # noqa: PLC0415 - loads the rest
        from services.scoring.rebuild import rebuild as do_rebuild  # noqa: PLC0415
        from services.scoring.settings import ScoringSettings  # noqa: PLC0415

        code = do_rebuild(load_settings(ScoringSettings), into, compare=compare, say=console.print)
    raise typer.Exit(code)
