"""How to reach Kafka, from the settings: one place for all clients."""

import ssl
from typing import Any

from services.chassis.settings import SharedSettings


def connection_options(settings: SharedSettings) -> dict[str, Any]:
    """Keyword arguments of every aiokafka client."""
    protocol = settings.kafka_security_protocol
    options: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap.split(","),
        "security_protocol": protocol,
        "ssl_context": ssl_context(settings),
    }
    if protocol.startswith("SASL_"):
        options |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_sasl_username,
            "sasl_plain_password": settings.kafka_sasl_password,
        }
    return options


def ssl_context(settings: SharedSettings) -> ssl.SSLContext | None:
    """By whom the brokers' certificates must be signed; None where nothing is encrypted."""
    if not settings.kafka_security_protocol.endswith("SSL"):
        return None
    return ssl.create_default_context(cafile=settings.kafka_ca_file)
