"""Settings of scoring, beside those of every service."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.chassis.service_settings import ServiceSettings


class ScoringSettings(ServiceSettings):
    """Environment prefix `SCORING_`."""

    model_config = SettingsConfigDict(env_prefix="SCORING_", extra="ignore", frozen=True)

    batch_max_records: int = Field(
        default=2000,
        ge=1,
        le=10000,
        description="Most events in one transaction of the consumer. Larger: faster after an"
        " outage, since a unit's tally is written once a batch; more to redo.",
    )
    recompute_interval_ms: int = Field(
        default=30,
        ge=0,
        le=60_000,
        description="A cluster is scored again at most once in this time, however many facts come;"
        " the first fact after a quiet time is not delayed. Larger: less load in a burst, fewer"
        " versions of points in history and events, later points. Milliseconds.",
    )
    sweep_s: float = Field(
        default=3,
        gt=0,
        le=300,
        description="How often to look for clusters that are behind their facts because the process"
        " that took them died. Seconds.",
    )
    publish_wait_s: float = Field(
        default=15,
        gt=0,
        le=120,
        description="How long a publication waits for facts that were accepted before it and are"
        " still on their way; then it is refused and names them. Seconds.",
    )
    guard_s: float = Field(
        default=600,
        ge=0,
        description="How often all running tallies and points are compared with the truth counted"
        " from the facts; 0: never. Costs one reading of all facts. Seconds.",
    )
