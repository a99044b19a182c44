"""The metrics that every service has, with what to do about them."""

from services.chassis.observability.metrics import Metric

HTTP_SECONDS = Metric(
    "thidua_http_request_seconds",
    "histogram",
    meaning="Time from a request's first byte to the end of its answer, by route template.",
    unit="seconds",
    what_to_do="p99 over 1 s: look at the database's load, then at database_pool_size.",
    alerts=("SlowHttp",),
    labels=("method", "route", "status"),
)
LOOP_FAILURES = Metric(
    "thidua_loop_failures_total",
    "counter",
    meaning="Ticks of a background loop that failed in passing and are repeated: `relay`,"
    " `consumer` and `token keys`, which Degraded watches, are among them.",
    unit="ticks",
    what_to_do="Rising: the log line `loop failed` says why; mostly database or broker are away.",
    alerts=("LoopFailing",),
    labels=("loop",),
)
DEGRADED = Metric(
    "thidua_degraded",
    "gauge",
    meaning="1 while a part of the process works worse than it is meant to, say because the broker"
    " is away; requests are served all the same.",
    unit="yes or no",
    what_to_do="`/health/ready` names the reason under `degraded`.",
    alerts=("Degraded",),
    labels=("part",),
)
STALLED = Metric(
    "thidua_stalled",
    "gauge",
    meaning="1 while a part of the process makes no progress: `/health/live` answers 503.",
    unit="yes or no",
    what_to_do="Restart the process; nothing is lost. Report it with its last log lines.",
    alerts=("Stalled",),
    labels=("part",),
)

OUTBOX_BACKLOG = Metric(
    "thidua_outbox_backlog",
    "gauge",
    meaning="Facts that are durable here and not yet acknowledged by the broker.",
    unit="events",
    what_to_do="Rising: is the broker up, do the topics exist? Nothing is lost meanwhile.",
    no_alert="FactsNotRelayed watches the age of the oldest of them",
)
OUTBOX_OLDEST_SECONDS = Metric(
    "thidua_outbox_oldest_seconds",
    "gauge",
    meaning="Age of the oldest of them.",
    unit="seconds",
    what_to_do="Over 60: as for the backlog; the others do not know these facts yet.",
    alerts=("FactsNotRelayed",),
)
RELAYED = Metric(
    "thidua_relayed_total",
    "counter",
    meaning="Facts acknowledged by the broker.",
    unit="events",
    what_to_do="-",
    no_alert="traffic",
    labels=("topic",),
)

PUBLISHED_THROUGH = Metric(
    "thidua_published_through_timestamp_seconds",
    "gauge",
    meaning="The service's watermark: all facts that it recorded before this are on their topics."
    " Unix time. Only of services whose facts are counted.",
    unit="seconds",
    what_to_do="Over a minute old: the Board can't publish. Is the broker up, does the outbox grow,"
    " is a transaction open for long (pg_stat_activity), do the clocks of the hosts differ?",
    alerts=("WatermarkBehind",),
)

CONSUMER_LAG = Metric(
    "thidua_consumer_lag",
    "gauge",
    meaning="Events on a partition that the group has not committed yet, whichever replica has the"
    " partition, or none. Each replica shows all partitions: take the maximum over replicas.",
    unit="events",
    what_to_do="Rising for minutes: more replicas, up to the number of partitions.",
    alerts=("FactsNotApplied",),
    labels=("topic", "partition"),
)
CONSUMER_WAITING_SECONDS = Metric(
    "thidua_consumer_waiting_seconds",
    "gauge",
    meaning="Longest time for which events waited on a partition of the group without any commit"
    " there, whichever replica has it, or none; 0 where nothing waits.",
    unit="seconds",
    what_to_do="Over 120: `/health/ready` names partitions and who has them; operating.md, “When"
    " events wait”, says what to do.",
    alerts=("PartitionNotRead",),
)
CONSUMER_FOREIGN_MEMBERS = Metric(
    "thidua_consumer_foreign_members",
    "gauge",
    meaning="Members of the service's consumer group that are no replica of it: what they read, the"
    " service does not.",
    unit="members",
    what_to_do="Any: `/health/ready` names the client, the log its host; stop it, or let it have"
    " another group.",
    alerts=("ForeignGroupMember",),
)
CONSUMER_RECOVERIES = Metric(
    "thidua_consumer_recoveries_total",
    "counter",
    meaning="Times that a consumer repaired its membership by itself. `unowned`: nobody had a"
    " partition that the group must read, it joined the group anew; `remade`: a topic was deleted"
    " and made anew, it reads it from the beginning; `same-instance-id`: another process has the"
    " same group_instance_id, it stays out of the group.",
    unit="times",
    what_to_do="`same-instance-id`: give each replica its own group_instance_id. `remade`: who"
    " deletes topics? What was on them comes back by `thidua republish`.",
    no_alert="PartitionNotRead and Degraded watch what follows",
    labels=("reason",),
    from_zero=(("unowned",), ("remade",), ("same-instance-id",)),
)
CONSUMER_OLDEST_SECONDS = Metric(
    "thidua_consumer_oldest_seconds",
    "gauge",
    meaning="Age of the oldest event of the batch at hand, which was read and has no effect yet; 0"
    " when there is none. By the time that Kafka gave its record, looked at every 5 s; in a replay"
    " or a rebuild it is the whole age of the facts.",
    unit="seconds",
    what_to_do="Over 60 for long: a replay, which takes as long as its topics are, or the consumer"
    " is stuck or overrun: see retries and dead letters, else add replicas, up to the number of"
    " partitions.",
    alerts=("FactsLate",),
)
APPLIED = Metric(
    "thidua_events_applied_total",
    "counter",
    meaning="Events whose effect was committed here, each counted once.",
    unit="events",
    what_to_do="-",
    no_alert="traffic",
    labels=("topic",),
)
REPEATED = Metric(
    "thidua_events_repeated_total",
    "counter",
    meaning="Deliveries of events that had had their effect already; free of charge.",
    unit="events",
    what_to_do="Always rising: offsets are not committed; see lost commits.",
    no_alert="CommitsLost watches the cause",
    labels=("topic",),
)
DEAD_LETTERS = Metric(
    "thidua_dead_letters_total",
    "counter",
    meaning="Messages set aside to the dead-letter topic because they can never succeed.",
    unit="messages",
    what_to_do="Any: `thidua dead-letters list`, then mend the cause and redrive, or discard.",
    no_alert="a cause is born with its first message, which `increase()` does not see:"
    " DeadLetters watches thidua_dead_letters_open",
    labels=("topic", "cause"),
)
DEAD_LETTER_SHARE = Metric(
    "thidua_dead_letter_share",
    "gauge",
    meaning="Share of the last dead_letter_window messages that were set aside.",
    unit="share",
    what_to_do="Near dead_letter_share_limit the consumer stops: look at the last deploy now.",
    alerts=("DeadLetterShareRising",),
)
DEAD_LETTERS_OPEN = Metric(
    "thidua_dead_letters_open",
    "gauge",
    meaning="Dead letters about which nobody has decided yet.",
    unit="messages",
    what_to_do="Any: `thidua dead-letters list`; redrive what is mended, discard what is none of"
    " ours.",
    alerts=("DeadLetters",),
    labels=("group",),
)
DEAD_LETTERS_OLDEST_SECONDS = Metric(
    "thidua_dead_letters_oldest_seconds",
    "gauge",
    meaning="Age of the oldest of them; 0 when there is none.",
    unit="seconds",
    what_to_do="Over a day: somebody waits for points that this message would change.",
    alerts=("DeadLettersWaiting",),
    labels=("group",),
)
DEAD_LETTERS_UNPUBLISHED = Metric(
    "thidua_dead_letters_unpublished",
    "gauge",
    meaning="Open dead letters that are too large for the broker: they are in the database of the"
    " service only, not on the dead-letter topic.",
    unit="messages",
    what_to_do="Any: decide about them as about all; until then back up this database, or raise"
    " max.message.bytes.",
    no_alert="they are among the open ones, which have theirs",
    labels=("group",),
)
BATCH_SECONDS = Metric(
    "thidua_batch_seconds",
    "histogram",
    meaning="Time of one batch, from decoding to commit.",
    unit="seconds",
    what_to_do="p99 over 10 s: lower batch_max_records, look at the database.",
    alerts=("FactsNotApplied",),
)
BATCH_RETRIES = Metric(
    "thidua_batch_retries_total",
    "counter",
    meaning="Repetitions of a batch after a passing failure.",
    unit="batches",
    what_to_do="Rising: the log says which failure; mostly the database is away.",
    no_alert="FactsNotApplied watches what follows",
)
COMMITS_LOST = Metric(
    "thidua_commits_lost_total",
    "counter",
    meaning="Offset commits refused because the partition had moved; its events come once more.",
    unit="commits",
    what_to_do="Rising steadily: batches take longer than max.poll.interval.",
    alerts=("CommitsLost",),
)
CONSUMER_STOPPED = Metric(
    "thidua_consumer_stopped",
    "gauge",
    meaning="1 when the consumer stopped: too many dead letters, in a row or by share, or a failure"
    " that is no message's. `/health/ready` and the log name it.",
    unit="yes or no",
    what_to_do="A bad deploy: roll back, restart. Bad records on the topic: operating.md has the"
    " two ways past them.",
    alerts=("ConsumerStopped",),
)

RESIDENT_BYTES = Metric(
    "process_resident_memory_bytes",
    "gauge",
    meaning="Resident memory of the process.",
    unit="bytes",
    what_to_do="Over 250 MB: report it; a restart loses nothing.",
    alerts=("MemoryOverBudget",),
    by_library=True,
)
CPU_SECONDS = Metric(
    "process_cpu_seconds_total",
    "counter",
    meaning="Processor time used, user and system.",
    unit="seconds",
    what_to_do="Near one core: more replicas.",
    no_alert="SlowPoints and SlowHttp say when it is too much",
    by_library=True,
)
VIRTUAL_BYTES = Metric(
    "process_virtual_memory_bytes",
    "gauge",
    meaning="Address space of the process.",
    unit="bytes",
    what_to_do="-",
    no_alert="address space costs nothing",
    by_library=True,
)
START_SECONDS = Metric(
    "process_start_time_seconds",
    "gauge",
    meaning="When the process started, since 1970.",
    unit="seconds",
    what_to_do="Always young: it restarts; the last log line names the reason.",
    alerts=("RestartsOften",),
    by_library=True,
)
OPEN_FILES = Metric(
    "process_open_fds",
    "gauge",
    meaning="Open file descriptors.",
    unit="files",
    what_to_do="Near process_max_fds: connections leak; report it.",
    alerts=("FilesRunOut",),
    by_library=True,
)
MAX_FILES = Metric(
    "process_max_fds",
    "gauge",
    meaning="Most file descriptors it may open.",
    unit="files",
    what_to_do="-",
    alerts=("FilesRunOut",),
    by_library=True,
)

CHASSIS_METRICS: tuple[Metric, ...] = (
    HTTP_SECONDS,
    LOOP_FAILURES,
    DEGRADED,
    STALLED,
    OUTBOX_BACKLOG,
    OUTBOX_OLDEST_SECONDS,
    RELAYED,
    PUBLISHED_THROUGH,
    CONSUMER_LAG,
    CONSUMER_WAITING_SECONDS,
    CONSUMER_FOREIGN_MEMBERS,
    CONSUMER_RECOVERIES,
    CONSUMER_OLDEST_SECONDS,
    APPLIED,
    REPEATED,
    DEAD_LETTERS,
    DEAD_LETTER_SHARE,
    DEAD_LETTERS_OPEN,
    DEAD_LETTERS_OLDEST_SECONDS,
    DEAD_LETTERS_UNPUBLISHED,
    BATCH_SECONDS,
    BATCH_RETRIES,
    COMMITS_LOST,
    CONSUMER_STOPPED,
    RESIDENT_BYTES,
    CPU_SECONDS,
    VIRTUAL_BYTES,
    START_SECONDS,
    OPEN_FILES,
    MAX_FILES,
)
