"""Whether Apache Kafka can be had here, decided in one place for every test."""

import os
from pathlib import Path

import pytest

from infra.local.kafka import KafkaUnavailableError, fetch_jars, why_not_kafka


def require_kafka(jars: Path) -> None:
    """Have the jars in `jars`; without Java or Maven: skip aloud, or fail where CI=true."""
    try:
        if reason := why_not_kafka(jars):
            raise KafkaUnavailableError(reason)
        fetch_jars(jars)
    except KafkaUnavailableError as error:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(f"Apache Kafka is a must in CI: {error}", pytrace=False)
        pytest.skip(f"!! NOT TRIED, NO APACHE KAFKA: {error}")
