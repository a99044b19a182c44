"""Settings of a service, each documented where it is defined: meaning, default, unit, danger.

Read from, first found wins: the environment under the service's own prefix (`SCORING_…`), the
environment under `THIDUA_…` for what all services share, then the same two from the file that
`THIDUA_ENV_FILE` names. `docs/settings.md` is generated from this file.
"""

import os
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    AwareDatetime,
    Field,
    FilePath,
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
from services.chassis.setting_types import Brokers, DatabaseUrl
from services.chassis.settings_faults import explained
from services.chassis.settings_sources import SHARED_PREFIX, SharedEnvironment, SharedFile

MOST_PAUSES_MS = 200_000
"""All retries of one poll: Kafka takes the partitions away after 300,000 ms, work needs some."""

TRANSACTIONS_PER_POLL = 4
"""So that the next can be classified while one is written. Each has its own retries."""

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
                        f"THIDUA_ENV_FILE chỉ đến {env_file}, không phải tệp",
                        f"THIDUA_ENV_FILE names {env_file}, which is no file",
                    )
                )
            sources.append(DotEnvSettingsSource(settings_cls, env_file=env_file))
            sources.append(SharedFile(settings_cls, env_file))
        return tuple(sources)


class ServiceSettings(SharedSettings):
    """What every service has. A service subclasses it with its `env_prefix` and its own fields."""

    database_url: DatabaseUrl = Field(
        repr=False,
        description="`postgresql://user:password@host:port/name`, the service's own. Secret.",
    )
    database_pool_size: int = Field(
        default=10,
        ge=2,
        le=200,
        description="Connections held open. All replicas together must stay under the server's"
        " max_connections; each replica needs two more, to listen.",
    )

    group_id: str | None = Field(
        default=None,
        description="Consumer group; default: the service's name. Changing it reads every topic"
        " from its beginning, which costs time and changes nothing.",
    )
    group_instance_id: str | None = Field(
        default=None,
        description="Static membership, unique per replica (e.g. the pod's name): a restart then"
        " moves no partition.",
    )
    session_timeout_ms: int = Field(
        default=10_000,
        ge=1000,
        le=300_000,
        description="A replica of which Kafka heard nothing for this long loses its partitions to"
        " the others. Smaller: sooner after a crash, and for nothing when a machine is busy. The"
        " broker allows 6,000 and more by default. Milliseconds.",
    )

    http_host: str = Field(
        default="127.0.0.1", description="Address to listen on; `0.0.0.0` in a container."
    )
    http_port: int = Field(
        default=8000, ge=0, le=65535, description="Port; 0 takes a free one and logs it."
    )
    http_keep_alive_s: int = Field(
        default=120,
        ge=1,
        description="How long an idle connection is kept. Longer than the proxy in front keeps its"
        " own, or a request sent just then is lost. Seconds.",
    )
    http_read_timeout_s: float = Field(
        default=30,
        ge=1,
        description="A request must have come whole within this time of its first byte (408), and"
        " a client that reads less than 64 KiB of a waiting answer in it is given up. Seconds.",
    )
    max_body_bytes: int = Field(
        default=65536, ge=1024, description="Larger request bodies are refused (413). Bytes."
    )
    drain_timeout_s: float = Field(
        default=20,
        gt=0,
        description="How long a stop may take to finish what was begun; the orchestrator's grace"
        " period must be longer. Seconds.",
    )
    idempotency_keep_days: int = Field(
        default=14,
        ge=1,
        description="How long the answer to an Idempotency-Key is kept. A repetition after that is"
        " refused where it would make a second thing (essay, proposal, report); else it is a new"
        " command. Days.",
    )

    campaign_wait_s: float = Field(
        default=30,
        ge=0,
        le=3600,
        description="A fact of a campaign that is not known here, while others are, waits this long"
        " for the campaign's announcement, then it becomes a dead letter. Seconds.",
    )

    jwks_url: str = Field(
        default="",
        description="Where the token issuer's keys are: `https://…`, or `file:///…` on one machine."
        " Empty: every token is refused.",
    )
    token_issuer: str = Field(default="", description="`iss` that a token must carry, exactly.")
    token_audience: str = Field(default="thidua", description="`aud` that a token must carry.")
    jwks_refresh_s: float = Field(
        default=300,
        ge=1,
        description="Keys are fetched again, in the background, this often. Seconds.",
    )
    jwks_ca_file: FilePath | None = Field(
        default=None,
        description="PEM of an authority that signed the key set's host, believed beside the"
        " system's.",
    )

    clock: Literal["system", "simulated"] = Field(
        default="system",
        description="`simulated`: time does not run until ops moves it. Local environment only.",
    )
    simulated_start: AwareDatetime | None = Field(
        default=None,
        description="The time of a simulated clock before it was ever moved, with offset.",
    )

    batch_max_records: int = Field(
        default=500,
        ge=1,
        le=10000,
        description="Most events in one transaction of a consumer. Larger: faster, more to redo."
        " Four such transactions are acknowledged at once.",
    )
    batch_wait_ms: int = Field(
        default=10,
        ge=1,
        le=10000,
        description="Longest wait for the first event of a batch, and as long a pause after an"
        " empty one: bounds latency when little comes. Smaller costs idle CPU. Milliseconds.",
    )
    batch_linger_ms: int = Field(
        default=0,
        ge=0,
        le=1000,
        description="Pause after a batch that was not full, so that the next one gathers more."
        " Larger: fewer transactions under a steady trickle, later effects. Milliseconds.",
    )
    retry_attempts: int = Field(
        default=5,
        ge=0,
        le=50,
        description="Repetitions of a batch after a passing failure before Kafka redelivers it.",
    )
    retry_base_ms: int = Field(
        default=100, ge=1, description="First pause of a retry, doubled each time. Milliseconds."
    )
    retry_max_ms: int = Field(
        default=10_000,
        ge=1,
        le=60_000,
        description="Longest pause. All pauses of one poll, which is up to four transactions, must"
        " stay inside Kafka's five minutes (max.poll.interval). A poll whose attempts take long"
        " themselves is given back to Kafka before those are over. Milliseconds.",
    )
    dead_letter_run_limit: int = Field(
        default=100,
        ge=1,
        description="This many new dead letters with no good event between them stop the consumer"
        " and make it degraded: more likely a bad deploy than bad events. Raise it for one start"
        " to get past bad records (operating.md).",
    )
    dead_letter_share_limit: float = Field(
        default=0.1,
        gt=0,
        le=1,
        description="This share of the last dead_letter_window messages set aside stops it too;"
        " 1: no share does, only the run. The window begins anew with the process, so each restart"
        " lets as many through, or fewer. Letters that were there before count in neither.",
    )
    dead_letter_window: int = Field(
        default=1000,
        ge=10,
        le=1_000_000,
        description="Over how many messages the share is taken; share times window are the fewest"
        " dead letters that it can stop at. Messages.",
    )
    relay_batch: int = Field(
        default=500, ge=1, le=10000, description="Most outbox rows relayed in one transaction."
    )
    relay_safety_poll_s: float = Field(
        default=5,
        gt=0,
        le=300,
        description="The relay is woken by NOTIFY; this often it looks by itself. Seconds.",
    )
    watermark_ms: int = Field(
        default=1000,
        ge=50,
        le=60_000,
        description="How often a service publishes up to when its facts are on their topics. The"
        " Board's publication waits for the next time; each costs two short queries and a record."
        " Milliseconds.",
    )

    @property
    def poll_max_records(self) -> int:
        """Most events that a consumer has in work, and acknowledges, at once."""
        return TRANSACTIONS_PER_POLL * self.batch_max_records

    @model_validator(mode="after")
    def _simulated_clock_is_local(self) -> Self:
        if self.clock == "simulated":
            if self.environment != "local":
                raise ValueError(
                    speak(
                        "`clock` là `simulated` trong khi `environment` là `production`: không"
                        " thời hạn nào đến; đặt `clock` là `system`, hoặc `environment` là `local`"
                        " trên máy thử nghiệm",
                        "clock is `simulated` but environment is `production`: a deadline would"
                        " never come; set clock to `system`, or environment to `local` on a test"
                        " machine",
                    )
                )
            if self.simulated_start is None:
                start = "2020-01-01T00:00:00+07:00"
                raise ValueError(
                    speak(
                        f"`clock` là `simulated`: đặt simulated_start, ví dụ {start}",
                        f"clock is `simulated`: set simulated_start, e.g. {start}",
                    )
                )
        return self

    @model_validator(mode="after")
    def _retries_fit_the_poll_interval(self) -> Self:
        # One more than attempts: a batch that is given back to Kafka waits before that too.
        pauses = [
            min(self.retry_base_ms << n, self.retry_max_ms) for n in range(self.retry_attempts + 1)
        ]
        if (most := TRANSACTIONS_PER_POLL * sum(pauses)) > MOST_PAUSES_MS:
            pause, limit = f"{most / 1000:.0f}", f"{MOST_PAUSES_MS / 1000:.0f}"
            raise ValueError(
                speak(
                    "theo retry_attempts, retry_base_ms và retry_max_ms,"
                    f" {TRANSACTIONS_PER_POLL} giao dịch của một lần đọc có thể chờ {pause} giây;"
                    f" chỉ được đến {limit} giây, vì Kafka thu lại phân vùng sau 300 giây: giảm"
                    " một trong ba",
                    "retry_attempts, retry_base_ms and retry_max_ms let the"
                    f" {TRANSACTIONS_PER_POLL} transactions of one poll pause for {pause} s; at"
                    f" most {limit} s fit, because Kafka takes the partitions away after 300 s:"
                    " lower one of them",
                )
            )
        return self


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
