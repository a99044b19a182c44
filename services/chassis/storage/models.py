"""What the tables of all services are made of."""

from collections import defaultdict
from typing import Any

from sqlalchemy import DateTime, MetaData, text
from sqlalchemy.orm import defer
from sqlmodel import SQLModel

MOMENT: Any = DateTime(timezone=True)
"""An instant. SQLModel takes types with arguments only if nobody looks at their type."""

NOW = {"server_default": text("now()")}
"""The database's time, where the row does not bring another one."""

_TABLES: dict[str, MetaData] = defaultdict(MetaData)

tables_of = _TABLES.__getitem__
"""The tables that a module defines, by the module's name."""


def without(column: Any) -> Any:
    """Option of a SELECT: rows without this column, which is large and not needed here.

    Reading it from such a row raises InvalidRequestError instead of asking the database again.
    """
    return defer(column, raiseload=True)


class Stored(SQLModel):
    """Base of a table.

    Each module has a MetaData of its own: the tables of two services are in two databases and may
    have the same names, but in the command line and in tests they are in one process.
    """

    def __init_subclass__(cls, **config: Any) -> None:
        super().__init_subclass__(**config)
        cls.metadata = tables_of(cls.__module__)
