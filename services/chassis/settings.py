"""Settings that services and command line share, each documented where it is defined: meaning,
default, unit, danger. `service_settings.py` has those of services alone.
"""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from services.chassis.language import speak
from services.chassis.process_settings import ProcessSettings
from services.chassis.setting_types import Brokers

TopicPrefix = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{0,48}$")]


class SharedSettings(ProcessSettings):
    """What services and command line share: where Kafka is, how topics are made, how to log."""

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
