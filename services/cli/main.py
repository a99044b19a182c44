"""The command line `thidua`."""

import typer

app = typer.Typer(no_args_is_help=True)
