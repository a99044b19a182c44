"""The catalogue of figures: what it says, what is wrong with one, and what rules may name of it."""

from datetime import date
from typing import Any

import pytest

from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.figure_catalogue import FigurePlan
from services.contracts.campaign.loader import load_campaign
from services.contracts.campaign.periods import periods_within
from tests.contracts.campaign.planting import HANOI, Fault, Planted
from tests.support.former import CAMPAIGN as FORMER_CAMPAIGN

COUNTED = (
    "measures:\n  sent:\n    title: {{vi: số văn bản, en: documents}}\n    kind: sum\n"
    "    of: figure-reported\n    field: value\n    where: {where}\n"
)


def test_a_figure_says_its_title_kind_range_periods_and_reporters(hanoi: Campaign) -> None:
    bus = hanoi.plan.figures["documents-over-the-bus"]
    assert (bus.title.en, bus.kind, bus.min, bus.max) == (
        "Documents sent over the document bus", "whole", 0, None
    )  # fmt: skip
    assert bus.reported_by == ("unit", "above", "board")
    assert not hanoi.plan.takes_any_figure


def test_the_board_alone_reports_what_the_plan_gives_to_nobody() -> None:
    figure = FigurePlan.model_validate({"title": {"vi": "Số", "en": "n"}, "periods": "year"})
    assert figure.reported_by == ("board",)
    assert figure.kind == "decimal"


@pytest.mark.parametrize(
    ("kind", "opens", "closes", "expected"),
    [
        ("year", date(2024, 7, 1), date(2025, 4, 30), ["2024", "2025"]),
        ("half-year", date(2024, 7, 1), date(2025, 4, 30), ["2024-H2", "2025-H1"]),
        ("quarter", date(2024, 7, 1), date(2025, 3, 30), ["2024-Q3", "2024-Q4", "2025-Q1"]),
        ("quarter", date(2026, 1, 12), date(2026, 3, 31), ["2026-Q1"]),
        ("month", date(2025, 11, 30), date(2026, 1, 1), ["2025-11", "2025-12", "2026-01"]),
    ],
)  # fmt: skip
def test_a_kind_of_period_is_every_one_that_has_a_day_of_the_campaign(
    kind: Any, opens: date, closes: date, expected: list[str]
) -> None:
    assert list(periods_within(kind, opens, closes)) == expected


def test_periods_are_kinds_and_single_ones_also_a_year_without_quotes() -> None:
    listed = {"title": {"vi": "Số", "en": "n"}, "periods": [2019, "2020-Q1", "year"]}
    figure = FigurePlan.model_validate(listed)
    known = figure.known_periods(date(2020, 1, 1), date(2020, 12, 31))
    assert known == ("2019", "2020-Q1", "2020")


# Files of before


def test_titles_alone_take_any_figure_as_they_did() -> None:
    plan = load_campaign(FORMER_CAMPAIGN).plan
    assert plan.takes_any_figure
    bus = plan.figures["documents-over-the-bus"]
    assert bus.title.vi == "Văn bản gửi qua trục liên thông"
    assert (bus.kind, bus.known_periods(plan.opens, plan.closes)) == ("decimal", None)
    assert set(bus.reported_by) == {"unit", "above", "board"}


@pytest.mark.parametrize(
    ("figures", "takes_any"),
    [
        (None, True),
        ("{}", False),
        ("{a: {vi: Số, en: n}}", True),
        ("{a: {vi: Số, en: n}, b: {title: {vi: Số, en: n}, periods: year}}", False),
    ],
)
def test_one_declared_figure_or_an_empty_list_closes_the_catalogue(
    planted: Planted, figures: str | None, takes_any: bool
) -> None:
    text = (HANOI / "plan.yaml").read_text()
    before, _, rest = text.partition("\nfigures:\n")
    rest = rest[rest.index("timezone:") :]
    planted.write("plan.yaml", before + (f"\nfigures: {figures}" if figures else "") + "\n" + rest)
    assert load_campaign(planted.directory).plan.takes_any_figure is takes_any


def test_a_title_alone_is_advised_against_and_a_wrong_one_is_found_in_place(
    planted: Planted,
) -> None:
    line = planted.plant("plan.yaml", "figures:\n", "figures:\n  a: {vi: Số, en: n}\n")
    (warning,) = planted.warnings()
    assert (warning.line, "a title alone" in warning.en) == (line + 1, True)
    planted.plant("plan.yaml", "a: {vi: Số, en: n}", 'a: {vi: "", en: n}')
    (problem,) = planted.problems()
    assert (problem.line, problem.path) == (line + 1, "figures.a.vi")


# Faults

FAULTS = {
    "a kind of number that there is not": Fault(
        "kind: whole", "kind: whol", (0, "did you mean “whole”?")
    ),
    "a kind of period that there is not": Fault(
        "[year, half-year, quarter, month]", "[year, halfyear]", (0, "did you mean “half-year”?")
    ),
    "a reporter that there is not": Fault(
        "reported_by: [unit, above, board]",
        "reported_by: [unit, bord]",
        (0, "did you mean “board”?"),
    ),
    "a reporting unit that there is not": Fault(
        "reported_by: [unit, above, board]", "reported_by: [Q0099]", (0, "units.csv has no unit")
    ),
    "a range upside down": Fault(
        'min: "0"\n    periods',
        'min: "5"\n    max: "4"\n    periods',
        (-3, "above max (4)"),
    ),
    "a bound that is not whole": Fault(
        'min: "0"\n    periods', 'min: "0.5"\n    periods', (-3, "min is a whole number")
    ),
    "no periods": Fault(
        "    periods: [year, half-year, quarter, month]\n",
        "",
        (-4, "“periods” is missing"),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_the_catalogue_is_found_at_its_line(planted: Planted, name: str) -> None:
    planted.assert_found("plan.yaml", FAULTS[name])


# What rules name of it


@pytest.mark.parametrize(
    ("where", "remedy"),
    [
        ("[{field: name, is: documents-over-the-bos}]", "did you mean “documents-over-the-bus”?"),
        ("[{field: name, one_of: [emulation-fund, emulation-fnd]}]", "“emulation-fund”?"),
        (
            "[{field: name, is: emulation-fund}, {field: period, is: 2020-Q1}]",
            "not reported for “2020-Q1”",
        ),
        ("[{field: period, is: 2021-H1}]", "did you mean “2020-H1”?"),
        (
            "[{field: figure, is: emulation-fund}]",
            "never “emulation-fund”; write {field: name, is: emulation-fund}",
        ),
        (
            "[{field: figure, one_of: ['documents-over-the-bus:2021-H1']}]",
            "write {field: name, is: documents-over-the-bus} and {field: period, is: 2021-H1}",
        ),
    ],
)
def test_a_measure_of_a_figure_or_period_that_there_is_not_is_a_fault(
    planted: Planted, where: str, remedy: str
) -> None:
    line = planted.plant("rules.yaml", "measures:\n", COUNTED.format(where=where))
    (problem,) = planted.problems()
    assert (problem.file, problem.line) == ("rules.yaml", line + 6)
    assert remedy in problem.en


@pytest.mark.parametrize(
    "where",
    [
        "[{field: name, is: documents-over-the-bus}, {field: period, is: 2020-06}]",
        "[{field: figure, is: 'documents-over-the-bus:2020-06'}]",
    ],
)
def test_a_measure_of_what_is_reported_is_none(planted: Planted, where: str) -> None:
    planted.plant("rules.yaml", "measures:\n", COUNTED.format(where=where))
    assert planted.problems() == []
