"""A fact is known by what it says, and all of them by one root."""

import pytest

from services.measuring.records import KnownFact
from services.scoring.engine.proof import (
    fact_hash,
    facts_root,
    hashes,
    merkle_root,
    units_root,
)
from tests.scoring.facts import essay, judged, known

# The leaves and roots that implementations of RFC 6962 are tested with.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]


@pytest.mark.parametrize(
    ("count", "root"),
    [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_a_root_is_that_of_rfc_6962(count: int, root: str) -> None:
    assert merkle_root(LEAVES[:count]) == root


def _with(fact: KnownFact, **fields: object) -> KnownFact:
    return KnownFact(fact.id, fact.event, fact.unit, fact.record, {**fact.fields, **fields})


def test_what_a_fact_says_decides_its_hash_and_a_later_releases_empty_field_does_not() -> None:
    (fact,) = known(judged("SNV", "a", "80"))
    assert fact_hash(fact) == fact_hash(_with(fact, added_later=None, flag_added_later=False))
    assert fact_hash(fact) != fact_hash(_with(fact, mark="80.5"))
    assert fact_hash(fact) != fact_hash(_with(fact, simulated=True))
    moved = KnownFact(fact.id, fact.event, "STP", fact.record, fact.fields)
    assert fact_hash(fact) != fact_hash(moved)


def test_the_order_of_facts_and_units_changes_no_root_and_any_of_them_does() -> None:
    facts = known(*(essay("SNV", f"e{i}") for i in range(5)))
    root = facts_root(hashes(facts))
    assert facts_root(hashes(facts[::-1])) == root
    assert facts_root(hashes(facts[1:])) != root
    assert units_root({"A": root, "B": "x"}) == units_root({"B": "x", "A": root})
    assert units_root({"A": root, "B": "x"}) != units_root({"A": "x", "B": root})
