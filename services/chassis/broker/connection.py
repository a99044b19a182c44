"""How to reach Kafka, from the settings: one place for producer, consumer and admin."""

import ssl
from collections.abc import Callable
from typing import Any

from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from services.chassis.settings import SharedSettings

_MECHANISMS: dict[str, Callable[..., BaseSecurity]] = {
    "PLAIN": SASLPlaintext,
    "SCRAM-SHA-256": SASLScram256,
    "SCRAM-SHA-512": SASLScram512,
}


def connection_options(settings: SharedSettings) -> dict[str, Any]:
    """Keyword arguments of every aiokafka client."""
    protocol = settings.kafka_security_protocol
    options: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap.split(","),
        "security_protocol": protocol,
        "ssl_context": _ssl_context(settings),
    }
    if protocol.startswith("SASL_"):
        options |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_sasl_username,
            "sasl_plain_password": settings.kafka_sasl_password,
        }
    return options


def broker_security(settings: SharedSettings) -> BaseSecurity:
    """The same in FastStream's words."""
    context = _ssl_context(settings)
    if not settings.kafka_security_protocol.startswith("SASL_"):
        return BaseSecurity(ssl_context=context, use_ssl=context is not None)
    return _MECHANISMS[settings.kafka_sasl_mechanism](
        username=settings.kafka_sasl_username or "",
        password=settings.kafka_sasl_password or "",
        ssl_context=context,
        use_ssl=context is not None,
    )


def _ssl_context(settings: SharedSettings) -> ssl.SSLContext | None:
    if not settings.kafka_security_protocol.endswith("SSL"):
        return None
    return ssl.create_default_context(cafile=settings.kafka_ca_file)
