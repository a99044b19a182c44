"""Where settings are read beside a service's own prefix: environment and file under THIDUA_…"""

from typing import Any

from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource

SHARED_PREFIX = "THIDUA_"
"""A value that all services share is set once under this prefix."""

OWN = frozenset({"database_url", "group_id"})
"""Never shared: two services on one database, or in one consumer group, would take each other's."""


class SharedEnvironment(EnvSettingsSource):
    """The environment under SHARED_PREFIX."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        super().__init__(settings_cls, env_prefix=SHARED_PREFIX)

    def __call__(self) -> dict[str, Any]:
        """The values found, but for those that are never shared."""
        return {name: value for name, value in super().__call__().items() if name not in OWN}


class SharedFile(DotEnvSettingsSource):
    """The file of THIDUA_ENV_FILE under SHARED_PREFIX."""

    def __init__(self, settings_cls: type[BaseSettings], env_file: str) -> None:
        super().__init__(settings_cls, env_file=env_file, env_prefix=SHARED_PREFIX)

    def __call__(self) -> dict[str, Any]:
        """The values found, but for those that are never shared."""
        return {name: value for name, value in super().__call__().items() if name not in OWN}
