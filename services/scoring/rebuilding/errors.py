"""What keeps a rebuild from its end; the messages say what to do."""

RESTARTED = (
    "the server of the database that is rebuilt was restarted, or ended a connection. Run the same"
    " again: with --into it goes on where it was"
)


class RebuildError(RuntimeError):
    """The rebuild could not be begun or ended."""


class TakeOverError(RuntimeError):
    """It can't begin, or the database is not to be served yet."""
