"""Settings of every process, and how settings are read.

Read from, first found wins: the environment under the service's own prefix (`SCORING_…`), the
environment under `THIDUA_…` for what all services share, then the same two from the file that
`THIDUA_ENV_FILE` names. `docs/settings.md` is generated from these files.
"""

import os
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from services.chassis.language import speak
from services.chassis.settings_faults import explained
from services.chassis.settings_sources import SHARED_PREFIX, SharedEnvironment, SharedFile


class SettingsError(ValueError):
    """Settings don't fit; the message names each variable, what is wrong and what to do."""


class ProcessSettings(BaseSettings):
    """Where it runs, and how it logs."""

    model_config = SettingsConfigDict(env_prefix=SHARED_PREFIX, extra="ignore", frozen=True)

    environment: Literal["production", "local"] = Field(
        default="production",
        description="`local` allows what production refuses: a simulated clock, crash points.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least severe level that is written."
    )
    log_format: Literal["json", "console"] = Field(
        default="json", description="`json`: one object a line on stderr; `console`: for people."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - ours reads THIDUA_ENV_FILE
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not used
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Own prefix before the shared one, environment before file."""
        sources = [init_settings, env_settings, SharedEnvironment(settings_cls)]
        if env_file := os.environ.get("THIDUA_ENV_FILE"):
            if not Path(env_file).is_file():
                raise SettingsError(
                    speak(
                        f"THIDUA_ENV_FILE chỉ đến {env_file}, không phải tệp; sửa đường dẫn."
                        " Tệp của `make up` chỉ có khi hệ thống đó đang chạy",
                        f"THIDUA_ENV_FILE names {env_file}, which is no file; correct the"
                        " path. That of `make up` is there only while it runs",
                    )
                )
            sources.append(DotEnvSettingsSource(settings_cls, env_file=env_file))
            sources.append(SharedFile(settings_cls, env_file))
        return tuple(sources)


S = TypeVar("S", bound=ProcessSettings)


def load_settings(kind: type[S], **values: object) -> S:
    """Read settings from environment and file; `values` win over both.

    Raises SettingsError that names every wrong variable at once.
    """
    try:
        return kind(**values)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        prefix = str(kind.model_config.get("env_prefix", ""))
        raise SettingsError(explained(error, prefix)) from None
