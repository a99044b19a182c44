"""Measures made of measures: none so deep or so entangled that reading a draft takes long."""

import pytest

from tests.contracts.campaign.planting import Planted

ANCHOR = "  conference: {"


def layered(count: int, parts: str) -> str:
    """Measures m1 … m`count`, each made of the one before it."""
    first = "  m0: {kind: count, of: essay-submitted}\n"
    return first + "".join(
        f"  m{at}: {{kind: total, plus: [{parts.format(at - 1)}]}}\n" for at in range(1, count + 1)
    )


def spoilt(planted: Planted, measures: str) -> list[str]:
    """What is wrong with more measures, and the top of them read by a criterion."""
    planted.plant("rules.yaml", ANCHOR, measures + ANCHOR)
    return [problem.en for problem in planted.problems()]


def test_sixteen_layers_are_taken_and_a_seventeenth_is_reported_once(every_kind: Planted) -> None:
    assert spoilt(every_kind, layered(16, "m{0}")) == []
    every_kind.plant("rules.yaml", layered(16, "m{0}"), layered(40, "m{0}"))
    (problem,) = every_kind.problems()
    assert problem.path == "measures.m17"
    assert "more than 16 layers" in problem.en


def test_a_chain_deeper_than_calls_can_be_is_a_problem(every_kind: Planted) -> None:
    chain = layered(1200, "m{0}").replace(
        "  m1: {kind: total, plus: [m0]}", "  m1: {kind: count, of: essay-judged}"
    )
    every_kind.plant(
        "rules.yaml",
        'when: {measure: essays, at_least: "1"}}',
        'when: {measure: m1200, at_least: "1"}}',
    )
    texts = spoilt(every_kind, chain)
    assert len(texts) == 1
    assert "more than 16 layers" in texts[0]


def test_a_circle_of_a_thousand_measures_is_a_problem(every_kind: Planted) -> None:
    circle = layered(1200, "m{0}").replace(
        "{kind: count, of: essay-submitted}", "{kind: total, plus: [m1200]}"
    )
    (text,) = spoilt(every_kind, circle)
    assert "the measures form a circle m0 → m1200" in text
    assert len(text) < 300


@pytest.mark.timeout(20)
def test_parts_that_share_parts_are_looked_at_once(every_kind: Planted) -> None:
    """A total of two that are made of the same two: sixteen such layers were 65,536 ways down."""
    letters = "abcdef"
    wide = [f"  {one}0: {{kind: count, of: essay-submitted}}\n" for one in letters]
    for at in range(1, 17):
        below = ", ".join(f"{one}{at - 1}" for one in letters)
        wide += [f"  {one}{at}: {{kind: total, plus: [{below}]}}\n" for one in letters]
    every_kind.plant(
        "rules.yaml",
        'when: {measure: essays, at_least: "1"}}',
        'when: {measure: a16, at_least: "1"}}',
    )
    assert spoilt(every_kind, "".join(wide)) == []


def test_a_measure_stands_once_in_a_total(every_kind: Planted) -> None:
    every_kind.plant("rules.yaml", "plus: [essays, prizes]", "plus: [essays, prizes, essays]")
    every_kind.plant("rules.yaml", "minus: [meetings_missed]}", "minus: [meetings_missed, prizes]}")
    texts = [problem.en for problem in every_kind.problems()]
    assert len(texts) == 2
    assert all("is there already; name each measure once" in one for one in texts)
