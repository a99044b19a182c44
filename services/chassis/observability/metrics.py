"""Metrics as a typed registry: each one exposed is declared with its meaning, unit and remedy.

    LAG = Metric("thidua_consumer_lag", "gauge", unit="events", meaning="…", what_to_do="…")
    metrics.set(LAG, 12, topic="…")

`docs/metrics.md` is generated from the declarations, so operators read it before the code.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import prometheus_client as prometheus
from prometheus_client.registry import CollectorRegistry

M = TypeVar("M")
Kind = Literal["counter", "gauge", "histogram"]

LATENCY_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Bounds for durations that are mostly milliseconds. Seconds."""

prometheus.disable_created_metrics()  # type: ignore[no-untyped-call]  # a series each, for nothing


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric, as declared."""

    name: str
    """Prometheus name; counters end in _total, others in their unit where it has one."""
    kind: Kind
    meaning: str
    unit: str
    what_to_do: str
    """What an operator does when it looks bad, or "-"."""
    alerts: tuple[str, ...] = ()
    """The alerts of infra/prometheus/alerts.yml that watch it."""
    no_alert: str = ""
    """Why none does."""
    labels: tuple[str, ...] = ()
    from_zero: tuple[tuple[str, ...], ...] = ()
    """Counters: values of the labels whose series exist at 0 from the start, as `increase()` needs
    it to see the first count of all."""
    zeroed_by: str = ""
    """The same where a label's values are known only while it runs: who exposes the series at 0."""
    buckets: tuple[float, ...] = LATENCY_S
    """Upper bounds, histograms only."""
    by_library: bool = False
    """Exposed by prometheus_client itself; declared so that it is documented."""

    def __post_init__(self) -> None:
        if not self.by_library and (self.kind == "counter") != self.name.endswith("_total"):
            raise ValueError(f"{self.name}: exactly the counters end in _total")


class UndeclaredMetricError(LookupError):
    """A metric is used that the service did not declare."""


class Metrics:
    """The metrics of one process. Values go in by declaration, text comes out for Prometheus."""

    def __init__(self, declared: Iterable[Metric]) -> None:
        self.declared = tuple(declared)
        self._registry = CollectorRegistry()
        prometheus.ProcessCollector(registry=self._registry)
        self._counters: dict[str, prometheus.Counter] = {}
        self._gauges: dict[str, prometheus.Gauge] = {}
        self._histograms: dict[str, prometheus.Histogram] = {}
        for metric in self.declared:
            if not metric.by_library:
                self._make(metric)

    def count(self, metric: Metric, by: float = 1, **labels: str) -> None:
        """Add to a counter."""
        counter = _declared(self._counters, metric)
        (counter.labels(**labels) if labels else counter).inc(by)

    def set(self, metric: Metric, value: float, **labels: str) -> None:
        """Set a gauge."""
        gauge = _declared(self._gauges, metric)
        (gauge.labels(**labels) if labels else gauge).set(value)

    def set_from(self, metric: Metric, read: Callable[[], float], **labels: str) -> None:
        """Let a gauge be what `read` gives whenever it is exposed."""
        gauge = _declared(self._gauges, metric)
        (gauge.labels(**labels) if labels else gauge).set_function(read)

    def forget(self, metric: Metric, **labels: str) -> None:
        """Expose a gauge no more, e.g. of a partition that another replica has now."""
        _declared(self._gauges, metric).remove_by_labels(labels)

    def observe(self, metric: Metric, value: float, **labels: str) -> None:
        """Add a value to a histogram."""
        histogram = _declared(self._histograms, metric)
        (histogram.labels(**labels) if labels else histogram).observe(value)

    def observe_all(self, metric: Metric, values: Sequence[float], **labels: str) -> None:
        """Add many values to a histogram; its own `observe` walks all buckets for each of them."""
        histogram = _declared(self._histograms, metric)
        histogram = histogram.labels(**labels) if labels else histogram
        for bucket, number in Counter(bisect_left(metric.buckets, v) for v in values).items():
            histogram._buckets[bucket].inc(number)
        histogram._sum.inc(sum(values))

    def value(self, metric: Metric, **labels: str) -> float | None:
        """The present value of a counter or gauge; None if it was never touched. For tests."""
        return self._registry.get_sample_value(metric.name, labels)

    def exposition(self) -> bytes:
        """Prometheus text format."""
        return prometheus.generate_latest(self._registry)

    def _make(self, metric: Metric) -> None:
        name, text, labels = metric.name, metric.meaning, metric.labels
        if metric.kind == "counter":
            counter = prometheus.Counter(name, text, labels, registry=self._registry)
            self._counters[name] = counter
            for values in metric.from_zero:
                counter.labels(*values)
        elif metric.kind == "gauge":
            self._gauges[name] = prometheus.Gauge(name, text, labels, registry=self._registry)
        else:
            self._histograms[name] = prometheus.Histogram(
                name, text, labels, registry=self._registry, buckets=metric.buckets
            )


def _declared(made: dict[str, M], metric: Metric) -> M:
    try:
        return made[metric.name]
    except KeyError:
        raise UndeclaredMetricError(
            f"{metric.name} is no metric of this kind here: declare it in metrics.py"
        ) from None


def as_markdown(declared: Iterable[Metric]) -> str:
    """The rows of a table for docs/metrics.md."""
    rows = [
        "| metric | kind, unit | labels | meaning | what to do | alert |",
        "|---|---|---|---|---|---|",
    ]
    for metric in declared:
        labels = ", ".join(f"`{label}`" for label in metric.labels) or "-"
        rows.append(
            f"| `{metric.name}` | {metric.kind}, {metric.unit} | {labels}"
            f" | {metric.meaning} | {metric.what_to_do}"
            f" | {', '.join(metric.alerts) or f'none: {metric.no_alert}'} |"
        )
    return "\n".join(rows) + "\n"
