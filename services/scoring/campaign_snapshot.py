"""What a campaign is scored by: its rules, its clusters, who is in which, on which day.

Units come and go and a table can be in force from a day inside the year, so a timeline is a row of
snapshots, each the same from one such day to the next. From the day on which a unit is no more its
facts count for who took over (`counting`); facts themselves never change. Points of a moment are
scored by the snapshot of its local day; after the campaign's last day nothing changes any more.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from services.contracts.campaign import Campaign, Unit, UnitTree
from services.contracts.campaign.deadlines import start_of
from services.contracts.campaign.figures import replaced
from services.contracts.campaign.plan import Plan
from services.contracts.rules import RuleSet, Table
from services.contracts.rules.heads import terms_of
from services.measuring.records import (
    OBLIGATION_EVENTS,
    KnownFact,
    RecordKey,
    by_record,
    current,
)
from services.measuring.slots import Tally
from services.measuring.taken_over import with_taken_over
from services.measuring.tally import FIGURE, Tallier
from services.scoring.engine.parts import YearPart, parts_of
from services.scoring.engine.results import ClusterResult, Results, UnitPoints
from services.scoring.engine.score import score_cluster
from services.scoring.engine.tallier import tallier_of

ClusterKey = tuple[str, str]
"""Campaign and cluster."""


@dataclass(frozen=True)
class CampaignSnapshot:
    """One campaign as scoring sees it on a day. Immutable."""

    campaign: str
    day: date
    """The first local day on which it is so."""
    plan: Plan
    rules: RuleSet
    units: UnitTree
    """All units that the campaign ever had."""
    clusters: Mapping[str, tuple[Unit, ...]]
    """Clusters in which somebody is scored, with the units that exist."""
    cluster_of: Mapping[str, str]
    """Cluster by unit code, of the units in `clusters`."""
    predecessors: Mapping[str, tuple[str, ...]]
    """By code of a unit in `clusters` the units that it took over by this day, where there are any.
    """
    holders: Mapping[str, str]
    """The same the other way round: by code of a unit that is no more who took over."""
    tallier: Tallier
    measures_digest: str
    """Names what tallies are made of: where it changes, they are counted again."""
    generation: int
    """Of the campaign's state that this was made of: see `services.campaigns.models`."""
    basis: Mapping[str, str]
    """By cluster: names what its points are computed with beside facts, its rules and units."""

    @property
    def id(self) -> str:
        """The campaign's, as the registry of campaigns asks for it."""
        return self.campaign

    def table_of(self, points: UnitPoints) -> Table:
        """The table by which a unit was scored. Raises LookupError where this one has it not."""
        table = self.rules.table(points.table)
        if table is None:
            raise LookupError(f"there is no table {points.table} in {self.rules.rule_set}")
        return table

    def parts_of(self, unit: Unit) -> tuple[YearPart, ...]:
        """The tables that score a unit of a cluster, in the order of time, each with the work that
        it counts."""
        return parts_of(unit, self.rules, self.day, lambda day: self._row_on(unit.code, day))

    def _row_on(self, code: str, day: date) -> Unit | None:
        """A unit as it was on an earlier day, or one that it took over since; None where there was
        none."""
        for one in (code, *self.predecessors.get(code, ())):
            if (row := self.units.get(one, day)) is not None:
                return row
        return None

    def scored(self, cluster: str, counted: Mapping[str, Tally]) -> ClusterResult:
        """The standings of one cluster, from tallies of those that count (`counted`).

        By its own day, so that the tables that are in force to the campaign's end score the year
        also in the January after it.
        """
        units = self.clusters[cluster]
        return score_cluster(cluster, units, counted, self.rules, self.day, parts=self.parts_of)

    def unit(self, code: str) -> Unit:
        """The unit as it is on this day; as it was last where it is no more, or will be first.
        Raises UnknownUnitError."""
        return self.units.get(code, self.day) or self.units[code]

    def cluster_counting(self, code: str) -> str | None:
        """The cluster in which a unit's facts count: its own, or that of who took over."""
        return self.cluster_of.get(self.holders.get(code, code))

    def counting(self, facts: Iterable[KnownFact]) -> Iterator[tuple[str, KnownFact]]:
        """The facts that count on this day, each with the unit for which it does.

        That is the unit it is about, or who took over. What a unit owed does not pass on by its own
        facts, nor a figure in whose place its successor reported one: see
        `Tallier.with_taken_over`.
        """
        facts = list(facts)
        gone = self._replaced_figures(facts) if self.holders else frozenset()
        for fact in facts:
            holder = self.holders.get(fact.unit)
            if holder is None:
                yield fact.unit, fact
            elif fact.event not in OBLIGATION_EVENTS and (fact.unit, fact.record) not in gone:
                yield holder, fact

    def _replaced_figures(self, facts: Iterable[KnownFact]) -> Collection[RecordKey]:
        zone, days, records = self.rules.zone, {}, {}
        figures = by_record(fact for fact in facts if fact.event == FIGURE)
        for key, of_record in figures.items():
            fact = current(of_record)[FIGURE]
            report = fact.unit, str(fact.fields["figure"])
            days[report], records[report] = fact.time.astimezone(zone).date(), key
        return {records[report] for report in replaced(self.units, self.day, days)}

    def with_predecessors(self, units: Iterable[str]) -> list[str]:
        """Units, each followed by those whose facts count for it too."""
        return [code for unit in units for code in (unit, *self.predecessors.get(unit, ()))]

    def members(self, cluster: str) -> list[str]:
        """The units whose facts count in a cluster: those in it, and those that they took over."""
        return self.with_predecessors(unit.code for unit in self.clusters[cluster])

    def counted(self, tallies: Mapping[str, Tally]) -> Mapping[str, Tally]:
        """Tallies by unit, with what each unit took over; the one place where both ways to points
        say who counts for whom."""
        if not self.predecessors:
            return tallies
        together = dict(tallies)
        for unit in self.predecessors:
            if whole := with_taken_over(self.tallier, self.units, self.day, unit, tallies):
                together[unit] = whole
        return together

    def standings(self, facts: Iterable[KnownFact], *clusters: str) -> Results:
        """What facts amount to by this snapshot: in the named clusters, or in all."""
        tallies = self.counted(self.tallier.tallies(facts))
        names = sorted(clusters or self.clusters)
        return Results(self.rules.rule_set, {name: self.scored(name, tallies) for name in names})


class CampaignTimeline:
    """One version of a campaign by one rule set, through the year. Each snapshot is made when it is
    asked for."""

    def __init__(self, campaign: Campaign, rules: RuleSet, generation: int = 0) -> None:
        """`generation`: of the state that both are of, where something is done by it."""
        self._loaded = campaign
        self._generation = generation
        self.campaign = campaign.plan.campaign
        self.rules = rules
        self.units = campaign.units
        self.opens = campaign.plan.opens
        self.closes = campaign.plan.closes
        dated: list[Unit | Table] = [*campaign.units.rows, *rules.tables]
        days = {day for thing in dated for day in (thing.valid_from, thing.valid_to) if day}
        days |= {term.begins for head in rules.cluster_heads.values() for term in terms_of(head)}
        self._begins = [self.opens, *sorted(day for day in days if self.opens < day <= self.closes)]
        self._snapshots: dict[date, CampaignSnapshot] = {}
        self._tallier = tallier_of(rules)
        self._measures_digest = measures_digest(rules)
        self._today: tuple[datetime, datetime, CampaignSnapshot] | None = None
        self.rules_digest = rules.digest()

    def under(self, rules: RuleSet) -> "CampaignTimeline":
        """The same campaign by another rule set."""
        return CampaignTimeline(self._loaded, rules, self._generation)

    def at(self, moment: datetime) -> CampaignSnapshot:
        """The snapshot of a moment: of its local day, within the days of the campaign."""
        # Asked for every event, and it is nearly always the same day.
        if self._today is None or not self._today[0] <= moment < self._today[1]:
            zone = self.rules.zone
            day = moment.astimezone(zone).date()
            midnight, next_midnight = start_of(day, zone), start_of(day + timedelta(days=1), zone)
            self._today = (midnight.astimezone(UTC), next_midnight.astimezone(UTC), self.on(day))
        return self._today[2]

    def on(self, day: date) -> CampaignSnapshot:
        """The snapshot of a local day; of the first or last one where the day lies outside."""
        begins = self._begins[max(0, bisect_right(self._begins, day) - 1)]
        if begins not in self._snapshots:
            self._snapshots[begins] = self._snapshot(begins)
        return self._snapshots[begins]

    def snapshots(self) -> list[CampaignSnapshot]:
        """The snapshots of all days, in the order of time."""
        return [self.on(day) for day in self._begins]

    def _snapshot(self, day: date) -> CampaignSnapshot:
        rules = self.rules
        clusters = {
            name: tuple(units)
            for name, units in self.units.clusters(day).items()
            if any(rules.table_for(unit, day) for unit in units)
        }
        before_each = {
            unit.code: before
            for units in clusters.values()
            for unit in units
            if (before := self.units.predecessors(unit.code, day))
        }
        predecessors = {unit: tuple(one.code for one in of) for unit, of in before_each.items()}
        found = CampaignSnapshot(
            campaign=self.campaign,
            day=day,
            plan=self._loaded.plan,
            rules=rules,
            units=self.units,
            clusters=clusters,
            cluster_of={unit.code: name for name, units in clusters.items() for unit in units},
            predecessors=predecessors,
            holders={one: unit for unit, before in predecessors.items() for one in before},
            tallier=self._tallier,
            measures_digest=self._measures_digest,
            generation=self._generation,
            basis={},
        )
        basis = {name: self._basis(units, before_each, found) for name, units in clusters.items()}
        return replace(found, basis=basis)

    def _basis(
        self,
        units: tuple[Unit, ...],
        predecessors: Mapping[str, Collection[Unit]],
        snapshot: CampaignSnapshot,
    ) -> str:
        tables = [self.rules.table_for(unit, snapshot.day) for unit in units]
        made_of: list[object] = [
            self.rules_digest,
            [unit.model_dump(mode="json") for unit in units],
            [table.id if table else None for table in tables],
            [
                [unit.code, *((one.code, str(one.ends)) for one in predecessors[unit.code])]
                for unit in units
                if unit.code in predecessors
            ],
        ]
        if self.rules.period_begins:
            made_of.append(
                [
                    [
                        (part.table.id, part.periods, part.was_there)
                        for part in snapshot.parts_of(unit)
                    ]
                    for unit in units
                ]
            )
        return _sha256(made_of)


def measures_digest(rules: RuleSet) -> str:
    """Names what tallies by a rule set are made of; keys of a later release change nothing."""
    made_of: list[object] = [
        rules.timezone,
        {
            name: measure.model_dump(mode="json", exclude={"title"}, exclude_defaults=True)
            for name, measure in rules.measured.items()
        },
    ]
    if any(getattr(measure, "of", None) == FIGURE for measure in rules.measured.values()):
        made_of.append("figures, each by itself")  # since 0058: older tallies are counted again
    if rules.period_begins:
        made_of.append([str(day) for day in rules.period_begins])
    return _sha256(made_of)


def _sha256(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
