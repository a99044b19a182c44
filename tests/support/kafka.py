"""Whether Apache Kafka can be had here, decided in one place for every test."""

from pathlib import Path

from infra.local.kafka import KafkaUnavailableError, fetch_jars, why_not_kafka
from tests.support.absent import not_tried


def require_kafka(jars: Path) -> None:
    """Have the jars in `jars`; without Java or Maven: skip aloud, or fail where CI=true."""
    try:
        if reason := why_not_kafka(jars):
            raise KafkaUnavailableError(reason)
        fetch_jars(jars)
    except KafkaUnavailableError as error:
        not_tried("Apache Kafka", str(error))
