"""The metrics of notifications beside those of every service."""

from services.chassis.observability.metrics import Metric

DELIVERIES = Metric(
    "thidua_deliveries_total",
    "counter",
    meaning="Deliveries that came to an end here: accepted by the receiver, or failed for good.",
    unit="deliveries",
    what_to_do="failed rising: the subscription's deliveries say why; inform the subscriber.",
    alerts=("DeliveriesFail",),
    labels=("channel", "state", "campaign"),
)
ATTEMPTS = Metric(
    "thidua_delivery_attempts_total",
    "counter",
    meaning="Attempts by how they ended; `transient` ones are repeated.",
    unit="attempts",
    what_to_do="Mostly transient e-mail: the mail relay is away or refuses us; see its log.",
    alerts=("MailRelayRefuses",),
    labels=("channel", "outcome"),
)
ATTEMPT_SECONDS = Metric(
    "thidua_delivery_attempt_seconds",
    "histogram",
    meaning="Duration of one attempt, connection included.",
    unit="seconds",
    what_to_do="p99 near attempt_timeout_s: receivers are slow; raise the concurrency.",
    no_alert="DeliveriesWaiting watches what follows",
    labels=("channel",),
)
ACCEPTED_SECONDS = Metric(
    "thidua_delivery_accepted_seconds",
    "histogram",
    meaning="Time from the record of an event to the receiver's acceptance.",
    unit="seconds",
    what_to_do="p99 over 60: see backlog, then attempts that are not accepted.",
    no_alert="DeliveriesWaiting watches those that are not accepted",
    labels=("channel",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 21600),
)
BACKLOG = Metric(
    "thidua_deliveries_backlog",
    "gauge",
    meaning="Deliveries that are pending: due, under way, or waiting for their next attempt.",
    unit="deliveries",
    what_to_do="Rising: more replicas, unless attempts are mostly transient.",
    no_alert="DeliveriesWaiting watches the age of the oldest of them",
    labels=("channel",),
)
OLDEST_SECONDS = Metric(
    "thidua_deliveries_oldest_seconds",
    "gauge",
    meaning="Age of the oldest pending delivery; 0 when there is none.",
    unit="seconds",
    what_to_do="Over 3600: its attempts say which receiver is away, or that our relay is.",
    alerts=("DeliveriesWaiting",),
    labels=("channel",),
)
DISABLED = Metric(
    "thidua_subscriptions_disabled",
    "gauge",
    meaning="Subscriptions that were switched off and are sent nothing.",
    unit="subscriptions",
    what_to_do="Inform their owners; after the receiver is mended they resume it.",
    alerts=("SubscriptionsDisabled",),
)
LATE_ANSWERS = Metric(
    "thidua_delivery_late_answers_total",
    "counter",
    meaning="Refusals that came after the delivery had passed to another replica; no effect.",
    unit="attempts",
    what_to_do="Rising: attempts outlast lease_s; the machine is overloaded or paused.",
    no_alert="they have no effect",
    labels=("channel",),
)

METRICS: tuple[Metric, ...] = (
    DELIVERIES,
    ATTEMPTS,
    ATTEMPT_SECONDS,
    ACCEPTED_SECONDS,
    BACKLOG,
    OLDEST_SECONDS,
    DISABLED,
    LATE_ANSWERS,
)
