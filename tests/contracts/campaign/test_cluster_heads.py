"""The head of a cluster may change by date, and is a unit of it on each of its days."""

from datetime import date

import pytest

from services.contracts.campaign.units import Unit, UnitTree
from services.contracts.rules import RuleSet
from tests.contracts.campaign.planting import Planted

DAY = date(2020, 7, 1)
"""In the middle of the campaign of 2020."""
BEFORE = date(2020, 6, 30)
HEADER = "code,name,kind,level,parent,cluster,gso_code\n"
DATED = HEADER.rstrip() + ",name_in_text,valid_from,valid_to,successor\n"


def _unit(code: str, cluster: str | None = "c", **more: object) -> Unit:
    given = {"code": code, "name": code, "kind": "quan", "level": "upper", "parent": "HN"}
    return Unit.model_validate({**given, "cluster": cluster, **more})


CITY = _unit("HN", None, parent=None)


def _named(rules: RuleSet, heads: object) -> RuleSet:
    return RuleSet.model_validate({**rules.content(), "cluster_heads": {"c": heads}})


def _head(rules: RuleSet, day: date, tree: UnitTree) -> str | None:
    found = rules.head_of("c", day, tree)
    return found.code if found is not None else None


def test_one_head_is_the_head_on_every_day(rules: RuleSet) -> None:
    tree = UnitTree([CITY, _unit("A"), _unit("B")])
    named = _named(rules, "A")
    assert [_head(named, day, tree) for day in (BEFORE, DAY)] == ["A", "A"]
    assert named.head_of("d", DAY, tree) is None


def test_heads_take_turns_by_date(rules: RuleSet) -> None:
    tree = UnitTree([CITY, _unit("A"), _unit("B")])
    named = _named(rules, [{"unit": "A"}, {"unit": "B", "from": "2020-07-01"}])
    assert [_head(named, day, tree) for day in (BEFORE, DAY)] == ["A", "B"]
    later = _named(rules, [{"unit": "B", "from": "2020-07-01"}])
    assert [_head(later, day, tree) for day in (BEFORE, DAY)] == [None, "B"]


def test_who_takes_over_from_a_head_is_the_head_while_it_is_of_the_cluster(rules: RuleSet) -> None:
    ends = _unit("A", valid_to=DAY, successor="B")
    named = _named(rules, "A")
    assert _head(named, DAY, UnitTree([CITY, ends, _unit("B")])) == "B"
    assert _head(named, DAY, UnitTree([CITY, ends, _unit("B", "d")])) is None


def test_a_plain_head_leaves_the_digest_as_it_was(rules: RuleSet) -> None:
    assert _named(rules, "A").content()["cluster_heads"] == {"c": "A"}
    in_turn = [{"unit": "A"}, {"unit": "B", "from": "2020-07-01"}]
    assert _named(rules, in_turn).content()["cluster_heads"] == {"c": in_turn}


def _plant(planted: Planted, heads: str) -> list[tuple[str, str]]:
    planted.plant("rules.yaml", "measures:\n", f"cluster_heads:\n{heads}measures:\n")
    return [(problem.path, problem.en) for problem in planted.problems()]


@pytest.mark.parametrize(
    ("heads", "place", "remedy"),
    [
        ("  urban-district: Q001\n", "urban-district", "no cluster “urban-district”; did you mean"),
        ("  urban-districts: Q01\n", "urban-districts", "no unit Q01; did you mean"),
        ("  urban-districts: SNV\n", "urban-districts", "SNV is of the cluster departments and"),
        ("  urban-districts: HN\n", "urban-districts", "HN is of the cluster — and not of urban"),
        ("  urban-districts: q1\n", "urban-districts", "capital letters"),
        ("  urban-districts: []\n", "urban-districts", "at least 1"),
        ("  urban-districts: [{unit: Q001, form: x}]\n", "form", "did you mean “from”"),
        (
            "  urban-districts: [{unit: Q001}, {unit: Q002}]\n",
            "urban-districts[2]",
            "from is missing",
        ),
        (
            "  urban-districts:\n    - {unit: Q001, from: 2020-07-01}\n"
            "    - {unit: Q002, from: 2020-06-20}\n",
            "urban-districts[2].from",
            "2020-06-20 is not after 2020-07-01",
        ),
        (
            "  urban-districts:\n    - {unit: Q001}\n    - {unit: SNV, from: 2020-07-01}\n",
            "urban-districts[2].unit",
            "SNV is of the cluster departments",
        ),
    ],
)
def test_a_head_that_cannot_be_is_found_at_its_place(
    planted: Planted, heads: str, place: str, remedy: str
) -> None:
    ((found, text),) = _plant(planted, heads)
    assert found.endswith(place), found
    assert remedy in text, text


def _moved(planted: Planted, head: str, *rows: str) -> None:
    """The file with `head`, a unit of the cluster of urban districts, in these rows instead."""
    path = planted.directory / "units.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    width = len(DATED.split(","))
    kept = [
        line + "," * (width - len(line.split(",")))
        for line in lines[1:]
        if not line.startswith(f"{head},")
    ]
    planted.write("units.csv", DATED + "\n".join([*kept, *rows]) + "\n")


LEAVES = (
    "Q001,Quận Ba Đình,quan,upper,HN,urban-districts,001,,,2020-07-01,",
    "Q001,Quận Ba Đình,quan,upper,HN,rural-districts,001,,2020-07-01,,",
)


def test_a_head_that_leaves_its_cluster_is_followed_by_another(planted: Planted) -> None:
    _moved(planted, "Q001", *LEAVES)
    in_turn = "  urban-districts: [{unit: Q001}, {unit: Q002, from: 2020-07-01}]\n"
    assert _plant(planted, in_turn) == []


def test_a_head_that_leaves_its_cluster_is_a_fault_from_that_day_on(planted: Planted) -> None:
    _moved(planted, "Q001", *LEAVES)
    ((path, text),) = _plant(planted, "  urban-districts: Q001\n")
    assert path == "cluster_heads.urban-districts"
    assert text.startswith("2020-07-01 – ")
    assert "Q001 is of the cluster rural-districts and not of urban-districts" in text
    assert "a line {unit: …, from: day} for each" in text
