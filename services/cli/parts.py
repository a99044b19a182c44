"""The services by name, and as much of their settings as a command needs."""

from typing import Annotated

import typer
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.chassis.settings import SettingsError, SharedSettings, load_settings

SERVICES = ("submissions", "scoring", "notifications")
GROUPS = ("scoring", "notifications")
"""Consumer groups: services that read facts."""


def known_service(name: str) -> str:
    """`name`, if it is a service. For typer: raises BadParameter."""
    if name not in SERVICES:
        raise typer.BadParameter(f"no such service; there are {', '.join(SERVICES)}")
    return name


ServiceName = Annotated[
    str,
    typer.Argument(
        callback=known_service, metavar="SERVICE", help=f"One of: {', '.join(SERVICES)}."
    ),
]


class DatabaseSettings(SharedSettings):
    """Where a service's database is, without asking for the rest of its settings."""

    database_url: str = Field(repr=False)


def database_settings(service: str) -> DatabaseSettings:
    """Read `<SERVICE>_DATABASE_URL`. Raises SettingsError."""
    prefix = f"{service.upper()}_"
    config = SettingsConfigDict(env_prefix=prefix, extra="ignore", frozen=True)
    kind: type[DatabaseSettings] = type(
        f"{service.title()}Database", (DatabaseSettings,), {"model_config": config}
    )
    settings = load_settings(kind)
    if not settings.database_url.startswith("postgresql://"):
        raise SettingsError(f"{prefix}DATABASE_URL must begin with postgresql://")
    return settings
