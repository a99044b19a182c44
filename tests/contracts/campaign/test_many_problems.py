"""A draft with thousands of faults, or with thousands of rungs, is answered and soon."""

import pytest

from services.contracts.campaign.loader import read_campaign
from services.contracts.campaign.measuring.proving.proofs import Proofs
from services.contracts.rules import Comparison, CountMeasure
from tests.contracts.campaign.planting import Planted

FIRST = "          - id: I.1\n"
FIRST_RUNG = "            rungs:\n"


def rungs(count: int) -> str:
    """So many rungs, each for a number of its own, none of them worth the maximum."""
    return FIRST_RUNG + "".join(
        f'              - {{when: {{measure: prizes, at_least: "{1000 - at}"}}, points: "1"}}\n'
        for at in range(count)
    )


def test_five_hundred_problems_are_listed_and_that_there_are_more(planted: Planted) -> None:
    codes = ", ".join(f"Z{at:04}" for at in range(1000))
    planted.plant(
        "rules.yaml",
        "          - id: I.1\n",
        f"          - id: I.1\n            assigned_to: {{units: [{codes}]}}\n",
    )
    problems = planted.problems()
    assert len(problems) == 501
    assert problems[-1].en == "there are more: only 500 are listed; correct these, then check again"
    assert problems[-1].vi.startswith("còn nữa: chỉ nêu 500 lỗi")


def test_words_are_suggested_until_comparing_them_takes_too_long(planted: Planted) -> None:
    """643 units, 400 unknown codes: the last ones are told without the nearest unit."""
    codes = ", ".join(f"Q{at:04}" for at in range(1000, 1400))
    planted.plant(
        "rules.yaml",
        "          - id: I.1\n",
        f"          - id: I.1\n            assigned_to: {{units: [{codes}]}}\n",
    )
    texts = [problem.en for problem in planted.problems()]
    suggested = ["did you mean" in one for one in texts]
    assert len(texts) == 400
    assert suggested[:50] == [True] * 50
    assert not any(suggested[300:])
    assert "correct it, or add it where it is declared" in texts[-1]


def test_a_plan_alone_has_no_more_suggestions_than_one_with_its_rules(planted: Planted) -> None:
    """As it comes in an amendment: 400 unknown codes, the last ones without the nearest unit."""
    codes = ", ".join(f"Q{at:04}" for at in range(1000, 1400))
    was = "    levels: [commune]\n    options"
    planted.plant("plan.yaml", was, f"    units: [{codes}]\n    options")
    source = {name: (planted.directory / name).read_bytes() for name in ("plan.yaml", "units.csv")}
    problems = read_campaign(source).problems.in_order("plan.yaml", "units.csv")
    assert len(problems) == 400
    assert "did you mean" in problems[0].en
    assert problems[-1].en.endswith("correct it, or add it where it is declared")


def test_a_hundred_rungs_are_the_most(every_kind: Planted) -> None:
    every_kind.plant("rules.yaml", FIRST_RUNG, rungs(95))
    assert every_kind.problems() == []
    every_kind.plant("rules.yaml", FIRST_RUNG, rungs(200))
    (problem,) = every_kind.problems()
    assert "has more than 100 of them; join some, or take some out" in problem.en


def test_proofs_are_given_up_before_they_take_long() -> None:
    """What is proven for a few rungs is left open once so many were looked at."""
    measure = CountMeasure(kind="count", of="essay-submitted")
    never = Comparison.model_validate({"measure": "m", "less_than": "0"})
    proofs = Proofs({"m": measure}, looks=20)
    assert proofs.truth(never) == {False}
    assert [proofs.truth(never) for _ in range(20)][-1] == {True, False}
    assert Proofs({"m": measure}).truth(never) == {False}


@pytest.mark.parametrize(
    ("old", "new", "indent"),
    [
        ("obligations:\n", "obligations:\n{items}", 2),
        ("    options:\n", "    options:\n{items}", 6),
        ("        due:", "        also:\n{items}        due:", 10),
        ("        due:", "        targets:\n{items}        due:", 10),
        ("timezone:", "reports:\n{items}timezone:", 2),
    ],
)
def test_a_list_of_thousands_is_refused_before_its_items_are_looked_at(
    planted: Planted, old: str, new: str, indent: int
) -> None:
    item = f"{' ' * indent}- {{}}\n"
    planted.plant("plan.yaml", old, new.format(items=item * 5_000))
    problems = planted.problems()
    assert len(problems) < 10
    assert any("items and may have" in problem.en for problem in problems)
