"""Metrics of submissions, beside those of the chassis."""

from services.chassis.observability.metrics import Metric

ESSAYS = Metric(
    "thidua_submissions_essays_total",
    "counter",
    meaning="Entries that were kept by this process, in time or late.",
    unit="essays",
    what_to_do="More than half of a year's come in the last eleven days: scale out before.",
    no_alert="traffic",
    labels=("campaign", "late"),
)
DEADLINE_FACTS = Metric(
    "thidua_submissions_deadline_facts_total",
    "counter",
    meaning="Reminders and misses that this process published.",
    unit="events",
    what_to_do="A jump outside the days of the plan: was a deadline moved, or the clock wrong?",
    no_alert="DeadlinesOverdue watches those that do not come",
    labels=("campaign", "event"),
)
TIMERS_OVERDUE_SECONDS = Metric(
    "thidua_submissions_timers_overdue_seconds",
    "gauge",
    meaning="How long the oldest timer of a campaign has been due, beyond the grace; 0 when none"
    " is. Measured apart from the loop that fires them.",
    unit="seconds",
    what_to_do="Over 60: the deadline loop is behind or fails; see thidua_loop_failures_total of"
    " the loop `deadlines`. Of one campaign alone: it can't be read, which health says.",
    alerts=("DeadlinesOverdue",),
    labels=("campaign",),
)

METRICS: tuple[Metric, ...] = (ESSAYS, DEADLINE_FACTS, TIMERS_OVERDUE_SECONDS)
