"""Topics: one an event type, co-partitioned, kept for ever; dead letters for each group."""

import re

import pytest

from services.contracts.events import FACTS, EssaySubmitted
from services.contracts.topics import (
    TopicSpec,
    all_topics,
    dead_letter_topic,
    topic_of,
)
from services.contracts.watermark import watermark_topic

GROUPS = ("scoring", "notifications")


def topics_of_events(partitions: int, replication: int) -> list[TopicSpec]:
    """All topics but the one of watermarks."""
    every = all_topics("thidua", partitions, replication, GROUPS)
    return [topic for topic in every if topic.name != watermark_topic("thidua")]


def test_a_topic_is_named_by_prefix_event_and_version() -> None:
    assert topic_of("thidua", EssaySubmitted) == "thidua.essay-submitted.v1"
    assert dead_letter_topic("thidua", "scoring") == "thidua.dead-letter.scoring"


def test_every_event_has_its_own_topic_and_every_group_its_dead_letters() -> None:
    names = [topic.name for topic in topics_of_events(6, 1)]
    assert len(set(names)) == len(names) == len(FACTS) + 2
    assert {topic_of("thidua", fact) for fact in FACTS} <= set(names)


def test_all_topics_of_events_have_the_same_number_of_partitions() -> None:
    """So that a unit lies in the partition of one number everywhere, with one member."""
    assert {topic.partitions for topic in topics_of_events(12, 3)} == {12}


def test_facts_are_kept_for_ever() -> None:
    for topic in topics_of_events(6, 1):
        assert topic.config["retention.ms"] == "-1"
        assert topic.config["retention.bytes"] == "-1"
        assert topic.config["cleanup.policy"] == "delete"


def test_of_watermarks_the_newest_is_kept() -> None:
    topic = all_topics("thidua", 6, 3, GROUPS)[-1]
    assert (topic.name, topic.partitions) == ("thidua.published-through", 1)
    assert topic.config["cleanup.policy"] == "compact"


@pytest.mark.parametrize(("replication", "in_sync"), [(1, "1"), (2, "1"), (3, "2")])
def test_an_acknowledged_fact_survives_the_loss_of_a_broker(replication: int, in_sync: str) -> None:
    for topic in all_topics("thidua", 6, replication, GROUPS):
        assert topic.replication == replication
        assert topic.config["min.insync.replicas"] == in_sync


@pytest.mark.parametrize("prefix", ["", "hà nội", "a/b", "x" * 121, "a b"])
def test_a_prefix_that_kafka_refuses_is_refused_first(prefix: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(prefix))):
        all_topics(prefix, 6, 1, GROUPS)


@pytest.mark.parametrize(("partitions", "replication"), [(0, 1), (1, 0)])
def test_a_topic_has_at_least_one_partition_and_replica(partitions: int, replication: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        all_topics("thidua", partitions, replication, GROUPS)
