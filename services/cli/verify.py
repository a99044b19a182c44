"""thidua verify: compute a publication from the topics alone and compare."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from services.cli.output import FAILED, console, exit_codes

Directory = Annotated[
    Path,
    typer.Argument(
        metavar="DIR",
        help="Directory of the campaign: its plan.yaml, units.csv and rules.yaml.",
    ),
]


def verify(
    directory: Directory,
    version: Annotated[
        int | None, typer.Option(min=1, help="Number of the publication; default: the last one.")
    ] = None,
) -> None:
    """Compute a publication again from the fact topics and the rule set, and compare.

    Reads Kafka (THIDUA_KAFKA_…, THIDUA_TOPIC_PREFIX) and no database. On a difference it names
    unit, criterion and fact.
    """
    with exit_codes():
        from services.chassis.settings import SharedSettings, load_settings  # noqa: PLC0415
        from services.scoring.publications import verify as verification  # noqa: PLC0415 - loads the rest

        settings = load_settings(SharedSettings)
        verdict = asyncio.run(
            verification.verify_published(
                settings, directory, version=version, write_line=console.print
            )
        )
        for line in verification.report(verdict):
            console.print(line, markup=False)
    if not verdict.holds:
        raise typer.Exit(FAILED)
