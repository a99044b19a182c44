"""T10, natural resources: 100 + plus - minus, with no end above or below."""

from decimal import Decimal

import pytest

from tests.scoring.facts import figure
from tests.scoring.tables.trial import trial

DISTRICTS = trial("t10_natural_resources")


@pytest.mark.parametrize(
    ("plus", "minus", "total"),
    [
        ([], [], "100"),
        (["5"], [], "105"),
        ([], ["2.5"], "97.5"),
        (["5", "1.25"], ["2", "0.5"], "103.75"),
        (["500"], [], "600"),
        ([], ["60", "60"], "-20"),
    ],
)
def test_everybody_begins_with_a_hundred(plus: list[str], minus: list[str], total: str) -> None:
    facts = [figure("A", f"plus-points:2020-{at}", value) for at, value in enumerate(plus)]
    facts += [figure("A", f"minus-points:2020-{at}", value) for at, value in enumerate(minus)]
    points = DISTRICTS.unit("A", *facts)
    assert (points.total, points.maximum) == (Decimal(total), 100)


def test_who_stands_above_a_hundred_ranks_before_who_stands_at_it() -> None:
    results = DISTRICTS.results(figure("B", "plus-points:2020", "0.01"))
    ranks = {unit.unit: unit.rank for unit in results.clusters["districts"].units}
    assert ranks == {"B": 1, "A": 2}
