"""The metrics of the portal."""

from services.chassis.observability.metrics import Metric
from services.chassis.observability.registry import (
    DEGRADED,
    HTTP_SECONDS,
    LOOP_FAILURES,
    STALLED,
)

LOGINS = Metric(
    "thidua_portal_logins_total",
    "counter",
    meaning="Logins that came back from the provider, by whether they held.",
    unit="logins",
    what_to_do="Many refused: the log line `login refused` says why; mostly a clock or a setting.",
    no_alert="who can't log in says so sooner",
    labels=("outcome",),
    from_zero=(("done",), ("refused",)),
)

OF_PORTAL = (LOGINS,)
"""Those that only the portal has."""

METRICS = (HTTP_SECONDS, LOOP_FAILURES, DEGRADED, STALLED, *OF_PORTAL)
