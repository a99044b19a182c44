"""The services by name, and the settings of theirs that commands read."""

from importlib import import_module
from typing import Annotated, TypeVar

import typer
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.chassis.language import speak
from services.chassis.process_settings import load_settings
from services.chassis.service_settings import ServiceSettings
from services.chassis.setting_types import DatabaseUrl
from services.chassis.settings import SharedSettings
from services.cli.output import MisusedError
from services.cli.speaking import argument

SERVICES = ("submissions", "scoring", "notifications")
READERS = ("scoring", "notifications")
"""Services that read facts, each as a consumer group."""


def known_service(name: str) -> str:
    """`name`, if it is a service. For typer: raises BadParameter."""
    if name not in SERVICES:
        known = ", ".join(SERVICES)
        raise typer.BadParameter(
            speak(f"Không có dịch vụ này; có {known}", f"no such service; there are {known}")
        )
    return name


ServiceName = Annotated[
    str,
    argument(
        f"Một trong: {', '.join(SERVICES)}.",
        f"One of: {', '.join(SERVICES)}.",
        callback=known_service,
        metavar="SERVICE",
    ),
]


class DatabaseSettings(SharedSettings):
    """Where a service's database is, without asking for the rest of its settings."""

    database_url: DatabaseUrl = Field(repr=False)


class GroupSettings(SharedSettings):
    """As which group a service reads, without asking for the rest of its settings."""

    group_id: str | None = None


def topic_by_name(settings: SharedSettings, name: str) -> str:
    """A topic by its own name, or by that of its event. Raises MisusedError for neither."""
    from services.contracts import topics  # noqa: PLC0415 - loads all events

    try:
        return topics.topic_by_name(settings.topic_prefix, name)
    except LookupError as error:
        vi = f"Không có topic hoặc loại dữ liệu nào tên {name}"
        raise MisusedError(speak(vi, str(error))) from None


Part = TypeVar("Part", bound=SharedSettings)


def database_settings(service: str) -> DatabaseSettings:
    """Read `<SERVICE>_DATABASE_URL`. Raises SettingsError."""
    return _part(service, DatabaseSettings)


def settings_of(service: str) -> type[ServiceSettings]:
    """The class of a service's settings."""
    module = import_module(f"services.{service}.settings")
    kinds = [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, ServiceSettings)
    ]
    return next(kind for kind in kinds if kind is not ServiceSettings)


def configured_groups() -> list[str]:
    """Every reader's consumer group: its `<SERVICE>_GROUP_ID`, else its name."""
    return [group_of(service) for service in READERS]


def group_of(name: str) -> str:
    """The consumer group of a service; any other name is a group's own."""
    return _part(name, GroupSettings).group_id or name if name in READERS else name


def _part(service: str, part: type[Part]) -> Part:
    """Some of a service's settings, read as the service reads them."""
    config = SettingsConfigDict(env_prefix=f"{service.upper()}_", extra="ignore", frozen=True)
    its_own: type[Part] = type(f"{service.title()}Part", (part,), {"model_config": config})
    return load_settings(its_own)
