"""The toy as a process: `python -m tests.chassis.toy_service`, settings under `TOY_`.

`TOY_DIES=1` lets one of its loops fail for good.
"""

import os

from pydantic_settings import SettingsConfigDict

from services.chassis.base import Chassis
from services.chassis.loops.loop import Loop
from services.chassis.running.service import Service, run
from services.chassis.service_settings import ServiceSettings
from tests.chassis.toy import router


class ToySettings(ServiceSettings):
    """The toy's."""

    model_config = SettingsConfigDict(env_prefix="TOY_", extra="ignore", frozen=True)


async def _beat() -> None:
    if os.environ.get("TOY_DIES"):
        raise ZeroDivisionError("the loop is broken")


def compose(settings: ToySettings) -> Service:
    """The toy with one loop."""
    chassis = Chassis("toy", settings)
    return Service(
        chassis,
        title="Toy",
        description="For tests.",
        routers=[router],
        loops=[Loop("beat", _beat, every_s=0.1)],
        topics=[f"{settings.topic_prefix}.toy"],
    )


if __name__ == "__main__":
    run("toy", ToySettings, compose)
