"""Settings that services and command line share, each documented where it is defined: meaning,
default, unit, danger. `service_settings.py` has those of services alone.

Read from, first found wins: the environment under the service's own prefix (`SCORING_…`), the
environment under `THIDUA_…` for what all services share, then the same two from the file that
`THIDUA_ENV_FILE` names. `docs/settings.md` is generated from these files.
"""

import os
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from services.chassis.language import speak
from services.chassis.setting_types import Brokers
from services.chassis.settings_faults import explained
from services.chassis.settings_sources import SHARED_PREFIX, SharedEnvironment, SharedFile

TopicPrefix = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{0,48}$")]


class SettingsError(ValueError):
    """Settings don't fit; the message names each variable, what is wrong and what to do."""


class SharedSettings(BaseSettings):
    """What services and command line share: where Kafka is, how topics are made, how to log."""

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

    kafka_bootstrap: Brokers = Field(
        default="127.0.0.1:9092",
        description="Brokers to ask first, `host:port`, comma-separated. Name at least two.",
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT",
        description="PLAINTEXT and SASL_PLAINTEXT send everything readable: closed networks only.",
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="Used with SASL_… protocols only."
    )
    kafka_sasl_username: str | None = Field(default=None, description="With SASL_… only.")
    kafka_sasl_password: str | None = Field(
        default=None, repr=False, description="With SASL_… only. Secret."
    )
    kafka_ca_file: Path | None = Field(
        default=None,
        description="PEM of the authority that signed the brokers; default: the system's.",
    )

    topic_prefix: TopicPrefix = Field(
        default="thidua",
        description="First part of every topic's name. Changing it starts an empty world.",
    )
    topic_partitions: int = Field(
        default=6,
        ge=1,
        le=1000,
        description="Partitions of every fact topic = most replicas of a service that share its"
        " work. Only upwards: more partitions move keys, which our consumers bear.",
    )
    topic_replication: int = Field(
        default=1,
        ge=1,
        le=7,
        description="Copies of each partition. Production: 3; 1 loses facts with a disk.",
    )
    topic_min_insync: int | None = Field(
        default=None,
        ge=1,
        le=7,
        description="Copies that must have a record before it counts as sent; default: one less"
        " than topic_replication, so that one broker may be down.",
    )

    @model_validator(mode="after")
    def _insync_within_replication(self) -> Self:
        if self.topic_min_insync and self.topic_min_insync > self.topic_replication:
            raise ValueError(
                speak(
                    f"topic_min_insync là {self.topic_min_insync}, lớn hơn topic_replication"
                    f" ({self.topic_replication}): không gửi được gì; giảm topic_min_insync",
                    f"topic_min_insync is {self.topic_min_insync} but topic_replication only"
                    f" {self.topic_replication}: nothing could ever be sent; lower the first",
                )
            )
        return self

    @model_validator(mode="after")
    def _sasl_has_credentials(self) -> Self:
        if self.kafka_security_protocol.startswith("SASL_") and not (
            self.kafka_sasl_username and self.kafka_sasl_password
        ):
            needed = "kafka_sasl_username", "kafka_sasl_password"
            raise ValueError(
                speak(
                    f"kafka_security_protocol là SASL: đặt {' và '.join(needed)}",
                    f"kafka_security_protocol is SASL: set {' and '.join(needed)}",
                )
            )
        return self

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


S = TypeVar("S", bound=SharedSettings)


def load_settings(kind: type[S], **values: object) -> S:
    """Read settings from environment and file; `values` win over both.

    Raises SettingsError that names every wrong variable at once.
    """
    try:
        return kind(**values)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        prefix = str(kind.model_config.get("env_prefix", ""))
        raise SettingsError(explained(error, prefix)) from None
