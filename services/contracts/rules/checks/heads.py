"""Checks of the heads of clusters: on each day of its term a head is a unit of its cluster.

Who took over from a head that ended is the head, as long as it is of the same cluster.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from services.contracts.campaign.checks.rows import Lifetimes, lifetimes
from services.contracts.campaign.document import Path
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.unit import Unit
from services.contracts.campaign.units_file import UnitRows
from services.contracts.reading import Sentence
from services.contracts.rules.checks.days import Days, campaign_days, days_of
from services.contracts.rules.heads import ClusterHead, terms_of

Heads = FilePart[dict[str, ClusterHead]]


def check_cluster_heads(
    heads: Heads | None,
    units: UnitRows | None,
    opens: FilePart[date] | None,
    closes: FilePart[date] | None,
) -> Iterator[FileProblem]:
    """Each head is known, its days are in order, and it is of the cluster on all of them."""
    if heads is None or units is None:
        return
    lives, campaign = lifetimes(units.rows), campaign_days(opens, closes)
    clusters: dict[str, list[Unit]] = defaultdict(list)
    for row in units.rows:
        if row.unit.cluster is not None:
            clusters[row.unit.cluster].append(row.unit)
    for cluster, head in heads.value.items():
        if cluster not in clusters:
            vi, en = did_you_mean(cluster, clusters)
            yield heads.problem(
                (cluster,),
                f"units.csv không có cụm “{cluster}”; {vi}",
                f"units.csv has no cluster “{cluster}”; {en}",
            )
            continue
        yield from _in_order(heads, cluster)
        members = clusters[cluster]
        in_use = Days(min(u.begins for u in members), max(u.ends for u in members)).common(campaign)
        terms = terms_of(head)
        for at, term in enumerate(terms):
            end = terms[at + 1].begins if at + 1 < len(terms) else date.max
            place: Path = (cluster,) if isinstance(head, str) else (cluster, at, "unit")
            if term.unit not in units.codes:
                vi, en = did_you_mean(term.unit, {member.code for member in members})
                yield heads.problem(
                    place,
                    f"units.csv không có đơn vị {term.unit}; {vi}",
                    f"units.csv has no unit {term.unit}; {en}",
                )
            elif term.unit in lives:  # else its row could not be read: a problem of its own
                days = Days(term.begins, end).common(in_use)
                if sentence := _elsewhere(term.unit, cluster, days, lives):
                    yield heads.problem(place, *sentence)


def _in_order(heads: Heads, cluster: str) -> Iterator[FileProblem]:
    head = heads.value[cluster]
    if isinstance(head, str):
        return
    for at, (before, term) in enumerate(pairwise(head), 1):
        if term.since is None:
            yield heads.problem(
                (cluster, at),
                "thiếu from; chỉ dòng đầu được để trống",
                "from is missing; only the first one may leave it out",
            )
        elif term.begins <= before.begins:
            yield heads.problem(
                (cluster, at, "from"),
                f"{term.since} không sau {before.since}; xếp theo thứ tự ngày",
                f"{term.since} is not after {before.since}; put them in the order of their days",
            )


def _elsewhere(unit: str, cluster: str, days: Days, lives: Lifetimes) -> Sentence | None:
    """Where a head is on the first of these days on which it is not of the cluster."""
    for spent, code, its in _memberships(unit, days, lives):
        if its == cluster:
            continue
        if spent == days:
            return (
                f"{code} thuộc cụm {its or '—'}, không thuộc {cluster}; chọn một đơn vị của cụm",
                f"{code} is of the cluster {its or '—'} and not of {cluster}; choose a unit of it",
            )
        vi = f"thuộc cụm {its}" if its else "không thuộc cụm nào"
        en = f"is of the cluster {its}" if its else "is of no cluster"
        return (
            f"{spent.words}: {code} {vi}, không thuộc {cluster}; ghi cụm trưởng theo từng thời "
            "gian: một dòng {unit: …, from: ngày} cho mỗi đơn vị",
            f"{spent.words}: {code} {en} and not of {cluster}; name the heads in turn, a line "
            "{unit: …, from: day} for each",
        )
    return None


def _memberships(code: str, days: Days, lives: Lifetimes) -> Iterator[tuple[Days, str, str | None]]:
    """Days on which a unit, or who took over from it, is of one cluster; None: of none."""
    reached, seen = days.first, {code}
    while reached < days.end:
        life = lives[code]
        if reached < life.begins:
            yield Days(reached, min(life.begins, days.end)), code, None
        for row in life.rows:
            spent = days_of(row.unit).common(Days(reached, days.end))
            if not spent.is_empty:
                yield spent, code, row.unit.cluster
        reached, successor = max(reached, life.ends), life.last.unit.successor
        if reached < days.end and (successor not in lives or successor in seen):
            yield Days(reached, days.end), code, None
            return
        if successor is not None:
            code = successor
            seen.add(code)
