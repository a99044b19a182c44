"""The command line `thidua`."""

import typer

from services.cli import campaign, schemas

app = typer.Typer(no_args_is_help=True)
app.add_typer(campaign.app, name="campaign")
app.add_typer(schemas.app, name="schemas")
