"""A digest of standings: equal exactly when every rank, total and line is equal.

SHA-256 over canonical JSON: names sorted, decimals in their one spelling, no time, no version.
"""

import hashlib
from collections.abc import Iterator, Mapping
from decimal import Decimal

import msgspec

from services.contracts.wording import plain
from services.scoring.engine.results import ClusterResult, Results, UnitPoints


def unit_digest(points: UnitPoints) -> str:
    """Of one unit: its lines with what went into them, groups, total, level, rank."""
    content: dict[str, object] = {
        "unit": points.unit,
        "table": points.table,
        "groups": {id_: plain(given) for id_, given in _groups(points)},
        "lines": {
            line.criterion: {
                "points": plain(line.points),
                "maximum": plain(line.maximum),
                "inputs": dict(line.inputs),
            }
            for line in points.lines
        },
        "total": plain(points.total),
        "maximum": plain(points.maximum),
        "comparable": plain(points.comparable),
        "level": points.level,
        "knocked_out": list(points.knocked_out),
        "flag_candidate": points.flag_candidate,
        "rank": points.rank,
    }
    if points.parts:
        content["parts"] = [
            [part.table, plain(part.total), plain(part.maximum)] for part in points.parts
        ]
    return _sha256(content)


def _groups(points: UnitPoints) -> Iterator[tuple[str, Decimal]]:
    """Points by group, at every depth."""
    for group in points.groups:
        yield group.group, group.points
        for subtotal in group.subtotals:
            yield subtotal.group, subtotal.points


def cluster_digest(cluster: str, units: Mapping[str, str]) -> str:
    """Of a cluster, from the digests of its units by code."""
    return _sha256({"cluster": cluster, "units": dict(units)})


def campaign_digest(clusters: Mapping[str, str]) -> str:
    """Of a campaign's standings, from the digests of its clusters by name."""
    return _sha256({"clusters": dict(clusters)})


def digest_of_cluster(result: ClusterResult) -> str:
    """`cluster_digest` of a result."""
    return cluster_digest(result.cluster, {unit.unit: unit_digest(unit) for unit in result.units})


def digest_of(results: Results) -> str:
    """`campaign_digest` of results; clusters in which nobody is scored are left out."""
    return campaign_digest(
        {
            cluster: digest_of_cluster(result)
            for cluster, result in results.clusters.items()
            if result.units
        }
    )


_canonical = msgspec.json.Encoder(order="sorted").encode


def _sha256(content: object) -> str:
    return hashlib.sha256(_canonical(content)).hexdigest()
