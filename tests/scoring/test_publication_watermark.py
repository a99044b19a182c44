"""A publication names a watermark that the whole way has passed; every fact before it counts."""

import os
import signal
from collections.abc import Callable

import httpx

from infra.local.issuer import Issuer
from infra.local.kafka import KafkaBroker
from tests.scoring.whole import whole


async def test_essays_accepted_while_kafka_is_frozen_are_named_and_then_counted(
    scoring_url: str, fresh_database: Callable[[], str], kafka: KafkaBroker, issuer: Issuer
) -> None:
    async with whole(scoring_url, fresh_database(), kafka.bootstrap, issuer) as one:
        await one.essays(2)
        await one.world.has_stored(2)
        assert kafka.pid is not None
        os.kill(kafka.pid, signal.SIGSTOP)
        try:
            await one.essays(4)
            refused = await one.publish()
            assert refused.status_code == httpx.codes.SERVICE_UNAVAILABLE, refused.text
        finally:
            os.kill(kafka.pid, signal.SIGCONT)
        answer = await one.publish()
        assert answer.status_code == httpx.codes.CREATED, answer.text
        assert answer.json()["facts"] == 6
        verdict = await one.verified()
        assert verdict.findings == []
        assert (verdict.holds, verdict.facts) == (True, 6)
