"""A rule set's digest names its content, and points are exact."""

from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from services.contracts.campaign.base import Points
from services.contracts.rules import RuleSet, measures_of
from services.contracts.rules.criteria import BonusPenalty
from services.contracts.rules.loader import load_with_rules
from services.contracts.wording import plain
from tests.contracts.campaign.planting import Planted


def _digest(planted: Planted) -> str:
    return load_with_rules(planted.directory)[1].digest()


def test_a_digest_is_a_sha256_and_the_same_in_every_process(rules: RuleSet) -> None:
    # Standings name it: when this fails because rules.yaml was changed, put the new digest here.
    assert rules.digest() == "768c6d91bb21cc62d8dea728df82616b8ece472896c3684447c30570feb1ccb9"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# A SAMPLE table", "# Another comment, a SAMPLE table"),
        ('each: "2"', 'each: "2.00"'),
        ("sample: true\n", ""),
        ('{to: "0.01", mode: half-up}', '{mode: half-up, to: "0.010"}'),
    ],
)
def test_comments_spelling_and_order_of_keys_change_no_digest(
    planted: Planted, rules: RuleSet, old: str, new: str
) -> None:
    planted.plant("rules.yaml", old, new)
    if not new:
        planted.plant("rules.yaml", "ties: shared", "sample: true\nties: shared")
    assert _digest(planted) == rules.digest()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('each: "2"', 'each: "2.01"'),
        ("waived: full", "waived: not-assigned"),
        ("mode: half-up", "mode: half-even"),
        ("chỉ tiêu 30 bài", "chỉ tiêu khác 30 bài"),
        ("{field: late, is: false}", "{field: late, is: true}"),
        ("{measure: weak_essays,", "{measure: good_essays,"),
    ],
)
def test_any_change_of_content_changes_the_digest(
    planted: Planted, rules: RuleSet, old: str, new: str
) -> None:
    planted.plant("rules.yaml", old, new)
    assert _digest(planted) != rules.digest()


def test_a_rule_set_read_back_from_its_own_dump_is_the_same(rules: RuleSet) -> None:
    reread = RuleSet.model_validate(rules.model_dump(mode="json", by_alias=True))
    assert reread == rules
    assert reread.digest() == rules.digest()


def test_a_bonus_and_penalty_reads_all_its_measures(rules: RuleSet) -> None:
    criterion = next(c for c in rules.tables[0].criteria if isinstance(c, BonusPenalty))
    assert measures_of(criterion) == ("excellent_essays", "weak_essays", "essays_withdrawn")


@pytest.mark.parametrize(
    ("written", "shown"),
    [("7.50", "7.5"), ("100", "100"), ("-5", "-5"), ("0.00", "0"), ("-0", "0"), ("0.125", "0.125")],
)
def test_points_are_exact_and_have_one_spelling(written: str, shown: str) -> None:
    points = TypeAdapter(Points)
    assert points.validate_python(written) == Decimal(written)
    assert plain(Decimal(written)) == shown
    assert points.dump_python(Decimal(written), mode="json") == shown


@pytest.mark.parametrize("bad", [0.5, 1, True, None, "1e3", "NaN", "Infinity", "1,5", "", "½", "٣"])
def test_points_that_are_not_plainly_decimal_are_refused(bad: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Points).validate_python(bad)
