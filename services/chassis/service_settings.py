"""Settings of a service, beside those that it shares with the command line (`settings.py`)."""

from typing import Literal, Self

from pydantic import (
    AwareDatetime,
    Field,
    model_validator,
)

from services.chassis.http_settings import HttpSettings
from services.chassis.language import speak
from services.chassis.setting_types import DatabaseUrl
from services.chassis.settings import SharedSettings

MOST_PAUSES_MS = 200_000
"""All retries of one poll: Kafka takes the partitions away after 300,000 ms, work needs some."""

TRANSACTIONS_PER_POLL = 4
"""So that the next can be classified while one is written. Each has its own retries."""


class ServiceSettings(SharedSettings, HttpSettings):
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
