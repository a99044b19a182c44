"""How to reach Kafka by FastStream, from the settings.

Apart from `connection.py`: FastStream takes a third of a second to load, and commands that only
read topics do without it.
"""

from collections.abc import Callable

from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from services.chassis.broker.connection import ssl_context
from services.chassis.settings import SharedSettings

_MECHANISMS: dict[str, Callable[..., BaseSecurity]] = {
    "PLAIN": SASLPlaintext,
    "SCRAM-SHA-256": SASLScram256,
    "SCRAM-SHA-512": SASLScram512,
}


def broker_security(settings: SharedSettings) -> BaseSecurity:
    """The security of `connection_options` as FastStream takes it."""
    context = ssl_context(settings)
    if not settings.kafka_security_protocol.startswith("SASL_"):
        return BaseSecurity(ssl_context=context, use_ssl=context is not None)
    return _MECHANISMS[settings.kafka_sasl_mechanism](
        username=settings.kafka_sasl_username or "",
        password=settings.kafka_sasl_password or "",
        ssl_context=context,
        use_ssl=context is not None,
    )
