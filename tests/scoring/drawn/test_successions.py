"""What units did before they ended counts for who took over, by both ways to points."""

from datetime import date

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.campaign import Campaign, UnitTree
from services.contracts.campaign.figures import replaced
from services.measuring.records import OBLIGATION_EVENTS, KnownFact, by_record, current
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline
from services.scoring.engine.digest import digest_of
from services.scoring.engine.results import Results
from services.scoring.engine.tallier import tallier_of
from services.scoring.publications.publish import counted_by_unit
from tests.scoring.campaign import sample_campaign
from tests.scoring.drawn.situations import Situation, by_days, situations, tried
from tests.scoring.drawn.successions import DAYS, successions
from tests.scoring.facts import HANOI
from tests.scoring.in_memory import InMemory

Case = tuple[Situation, UnitTree, CampaignSnapshot]


@st.composite
def reformed(draw: st.DrawFn) -> Case:
    """A situation among units that end, on a day between two of the changes."""
    one, tree = draw(situations() | by_days()), draw(successions())
    campaign = Campaign(sample_campaign().plan, tree)
    day = draw(st.sampled_from([date(2020, 2, 1), *DAYS, date(2020, 12, 31)]))
    return one, tree, CampaignTimeline(campaign, one.rules).on(day)


def as_if_its_own(facts: list[KnownFact], tree: UnitTree, day: date) -> list[KnownFact]:
    """What facts would be had the successors sent them: the meaning, word for word. A figure that
    the successor reported when it had taken over is about both (decision 0058)."""
    records = by_record(one for one in facts if one.event == "figure-reported")
    newest = {key: current(of)["figure-reported"] for key, of in records.items()}
    days = {
        (u, f.fields["figure"]): f.time.astimezone(HANOI).date() for (u, _), f in newest.items()
    }
    gone = replaced(tree, day, days)
    found = []
    for fact in facts:
        if (fact.unit, fact.fields.get("figure")) in gone:
            continue
        if tree.ended(fact.unit, day) is None:
            found.append(fact)
        elif (holder := tree.holder(fact.unit, day)) and fact.event not in OBLIGATION_EVENTS:
            found.append(msgspec.structs.replace(fact, unit=holder.code))
    return found


def lines(results: Results) -> object:
    """Points without the word whether simulated data are behind them."""
    return {name: cluster.units for name, cluster in results.clusters.items()}


@tried
@given(reformed())
def test_both_ways_come_to_one_digest(case: Case) -> None:
    one, _, snapshot = case
    running = InMemory(one.rules, snapshot.clusters)
    for event in one.events:
        running.take([event])
    counted = snapshot.counted(running.tallies)
    results = {name: snapshot.scored(name, counted) for name in sorted(snapshot.clusters)}
    truth = snapshot.standings(one.facts)
    assert truth.clusters == results
    assert digest_of(truth) == digest_of(Results(one.rules.rule_set, results))


@tried
@given(reformed())
def test_a_successor_has_the_points_of_one_that_did_it_all_itself(case: Case) -> None:
    one, tree, snapshot = case
    tallies = tallier_of(one.rules).tallies(as_if_its_own(one.facts, tree, snapshot.day))
    assert lines(snapshot.standings(one.facts)) == {
        name: snapshot.scored(name, tallies).units for name in snapshot.clusters
    }


@tried
@given(reformed())
def test_a_fact_counts_once_and_for_the_cluster_that_it_makes_due(case: Case) -> None:
    one, _, snapshot = case
    in_clusters = [code for name in snapshot.clusters for code in snapshot.members(name)]
    assert len(in_clusters) == len(set(in_clusters))
    assert all(
        snapshot.cluster_counting(code) == name
        for name in snapshot.clusters
        for code in snapshot.members(name)
    )
    counted = counted_by_unit(snapshot, one.facts, snapshot.cluster_of)
    ids = [fact.id for facts in counted.values() for fact in facts]
    assert len(ids) == len(set(ids))


@tried
@given(reformed())
def test_a_cluster_is_worked_out_alone_from_the_facts_of_its_members(case: Case) -> None:
    one, _, snapshot = case
    whole = snapshot.standings(one.facts).clusters
    for name in snapshot.clusters:
        members = snapshot.members(name)
        facts = [fact for fact in one.facts if fact.unit in members]
        assert snapshot.standings(facts, name).clusters[name] == whole[name]
