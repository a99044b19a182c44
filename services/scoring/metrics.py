"""The metrics of scoring; every service has those of the chassis beside."""

from services.chassis.observability.metrics import Metric

VISIBLE_SECONDS = Metric(
    "thidua_scoring_visible_seconds",
    "histogram",
    meaning="Time from a publisher's record of a fact to the commit of points that count it.",
    unit="seconds",
    what_to_do="p99 over 1 s: look at the consumer's lag, then at scoring_recompute_seconds.",
    alerts=("SlowPoints",),
    labels=("campaign",),  # some thirty series for each campaign that has facts since the start
    buckets=(
        *(0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075),
        *(0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30),
    ),
)
RECOMPUTE_SECONDS = Metric(
    "thidua_scoring_recompute_seconds",
    "histogram",
    meaning="Time to score the clusters of a round again, up to 50 in a transaction.",
    unit="seconds",
    what_to_do="p99 over 0.5 s: look at the load of the database and of this process's processor.",
    no_alert="SlowPoints watches what follows",
    labels=("campaign",),
)
RECOMPUTES = Metric(
    "thidua_scoring_recomputes_total",
    "counter",
    meaning="Clusters scored again by this process.",
    unit="recomputes",
    what_to_do="Above 1000 / recompute_interval_ms a second and cluster: report it.",
    no_alert="traffic",
    labels=("campaign",),
)
POINTS_CHANGED = Metric(
    "thidua_scoring_points_changed_total",
    "counter",
    meaning="Units whose total, rank, level or a line changed.",
    unit="units",
    what_to_do="-",
    no_alert="traffic",
    labels=("campaign",),
)
CLUSTERS_DUE = Metric(
    "thidua_scoring_clusters_due",
    "gauge",
    meaning="Clusters whose points are behind their facts, as the last sweep found them.",
    unit="clusters",
    what_to_do="Above 0 for minutes: recomputes fail; the log says why.",
    alerts=("ClustersDue",),
    labels=("campaign",),
)
DIVERGENCE = Metric(
    "thidua_scoring_divergence_total",
    "counter",
    meaning="Units and clusters whose running numbers were not what their facts give; they"
    " were replaced by what a count from all facts gives.",
    unit="findings",
    what_to_do="Any: report it with the log line `running points differ from the truth`.",
    alerts=("PointsDiverged",),
    zeroed_by="the guard, a round before it first looks at a campaign",
    labels=("campaign", "what"),
)

RULES_CONTRADICTED = Metric(
    "thidua_scoring_rules_contradicted",
    "gauge",
    meaning="What the newest version of the campaign contradicts in its adopted rules, at work or"
    " to come: an adoption would refuse them now. Points are counted all the same.",
    unit="findings",
    what_to_do="Any: `thidua campaign show CAMPAIGN` lists them with line and remedy; adopt other"
    " rules, or amend the campaign.",
    alerts=("RulesContradicted",),
    labels=("campaign",),
)

METRICS = (
    VISIBLE_SECONDS,
    RECOMPUTE_SECONDS,
    RECOMPUTES,
    POINTS_CHANGED,
    CLUSTERS_DUE,
    DIVERGENCE,
    RULES_CONTRADICTED,
)
