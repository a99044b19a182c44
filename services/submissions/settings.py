"""Settings of submissions, beside those of every service."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.chassis.service_settings import ServiceSettings


class SubmissionsSettings(ServiceSettings):
    """Read under SUBMISSIONS_…, and what all services share under THIDUA_…"""

    model_config = SettingsConfigDict(env_prefix="SUBMISSIONS_", extra="ignore", frozen=True)

    grace_seconds: float = Field(
        default=60,
        ge=0,
        le=3600,
        description="How long after a deadline's instant a miss is published: what was accepted at"
        " 23:59:59 may still be committing. Lateness does not depend on it. Seconds of the"
        " service's clock; 0 publishes misses at once, and some of them needlessly.",
    )
    timer_batch: int = Field(
        default=200,
        ge=1,
        le=5000,
        description="Most deadlines looked at in one transaction; their units' reports wait"
        " meanwhile. Timers.",
    )
    ahead_units: int = Field(
        default=13,
        ge=1,
        le=100,
        description="How many units the statistics name as ahead, ties with the last one included;"
        " the notice of 2020 named 13. Units.",
    )
