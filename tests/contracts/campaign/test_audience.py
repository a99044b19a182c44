"""Whom something is for: by level, kind, cluster or code, less some; and what the checker says of
one that cannot be meant so."""

from typing import Any

import pytest

from services.contracts.campaign.audience import Audience
from services.contracts.campaign.unit import Unit
from tests.contracts.campaign.planting import Fault, Planted

WHOM = "    levels: [commune]\n    options"
UNITS = [
    Unit(code=code, name=code, kind=kind, level=level, cluster=cluster)
    for code, kind, level, cluster in (
        ("HN", "city", "city", None),
        ("SNV", "department", "upper", "departments"),
        ("STC", "department", "upper", "departments"),
        ("Q001", "quan", "upper", "urban"),
        ("Q268", "huyen", "upper", "rural"),
        ("X1", "xa", "commune", "of-Q268"),
    )
]


@pytest.mark.parametrize(
    ("audience", "meant"),
    [
        ({"levels": ["commune"]}, "X1"),
        ({"kinds": ["quan", "xa"]}, "Q001 X1"),
        ({"clusters": ["departments"]}, "SNV STC"),
        ({"units": ["X1", "SNV"]}, "SNV X1"),
        ({"clusters": ["rural"], "kinds": ["xa"], "units": ["STC"]}, "STC Q268 X1"),
        ({"levels": ["upper"], "except": {"units": ["STC"], "clusters": ["rural"]}}, "SNV Q001"),
        ({"units": ["SNV", "Q001"], "except": {"kinds": ["department"]}}, "Q001"),
        ({"levels": ["upper"], "except": {"levels": ["city"]}}, "SNV STC Q001 Q268"),
    ],
)
def test_all_whom_some_key_names_are_meant_but_for_the_excepted(
    audience: dict[str, Any], meant: str
) -> None:
    found = Audience.model_validate(audience)
    assert " ".join(unit.code for unit in UNITS if found.includes(unit)) == meant


def test_one_that_names_nobody_means_nobody() -> None:
    assert not any(Audience().includes(unit) for unit in UNITS)


FAULTS: dict[str, Fault] = {
    "a cluster that no unit has": Fault(
        WHOM, "    clusters: [urban-district]\n    options", (0, "did you mean “urban-districts”?")
    ),
    "a code that no unit has": Fault(
        WHOM,
        "    kinds: [xa]\n    units: [X00001, Q0002]\n    options",
        (1, "did you mean “Q002”?"),
    ),
    "a code that is excepted and that no unit has": Fault(
        WHOM,
        "    levels: [commune]\n    except:\n      units: [Q0002]\n    options",
        (2, "did you mean “Q002”?"),
    ),
    "one excepted who was never meant": Fault(
        WHOM,
        "    levels: [commune]\n    except:\n      units: [Q001]\n    options",
        (2, "“Q001” was never meant"),
    ),
    "a level excepted that was never meant": Fault(
        WHOM,
        "    kinds: [xa]\n    except: {levels: [upper]}\n    options",
        (1, "“upper” was never meant"),
    ),
    "all of them excepted": Fault(
        WHOM,
        "    kinds: [quan]\n    except: {clusters: [urban-districts]}\n    options",
        (1, "takes out everybody"),
    ),
    "an exception of nobody": Fault(
        WHOM, "    levels: [commune]\n    except: {}\n    options", (1, "except names nobody")
    ),
    "a figure of units that there are not": Fault(
        "periods: [year, half-year]\n",
        "periods: [year, half-year]\n    applies_to: {kinds: [quann]}\n",
        (1, "did you mean “quan”?"),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_whom_a_plan_cannot_mean_is_found_at_its_line(planted: Planted, name: str) -> None:
    planted.assert_found("plan.yaml", FAULTS[name])


def test_who_exists_on_no_day_of_the_campaign_is_nobody(planted: Planted) -> None:
    header = "code,name,kind,level,parent,cluster,gso_code,name_in_text"
    units = (planted.directory / "units.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"{header},valid_from", *(f"{row}," for row in units[1:])]
    rows.append("NEW,Xã Mới,xa,commune,Q001,communes-of-Q001,,,2021-01-01")
    planted.write("units.csv", "\n".join(rows) + "\n")
    planted.assert_found(
        "plan.yaml",
        Fault(
            "levels: [commune]\n    options",
            "units: [NEW]\n    options",
            (-8, "exists on any day"),
        ),
    )


def test_a_table_may_be_for_clusters_and_named_units(planted: Planted) -> None:
    planted.plant(
        "rules.yaml",
        "applies_to: {levels: [upper]}",
        "applies_to: {clusters: [departments, enterprises, urban-districts, rural-districts],"
        " units: [MTTQ], except: {units: [SNV]}}",
    )
    assert planted.problems() == []
    left = "\n".join(each.en for each in planted.warnings() if "no table scores" in each.en)
    assert "SNV" in left
    assert "Q001" not in left
