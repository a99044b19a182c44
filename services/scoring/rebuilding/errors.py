"""What keeps a rebuild from its end; the messages say what to do."""


class RebuildError(RuntimeError):
    """The rebuild could not be begun or ended."""


class TakeOverError(RuntimeError):
    """It can't begin, or the database is not to be served yet."""
