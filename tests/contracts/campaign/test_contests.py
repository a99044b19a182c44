"""Contests of a plan: none, one or several, the former spelling, and what contradicts itself."""

from pathlib import Path
from typing import Any

import pytest

from services.contracts.campaign.loader import load_campaign
from services.contracts.campaign.plan import Plan
from tests.contracts.campaign.planting import HANOI, Fault, Planted
from tests.submissions.contests import FORMER, former_words, two_contests, without_contest
from tests.submissions.declared import with_reports


@pytest.fixture
def two(tmp_path: Path) -> Planted:
    """The campaign of 2020 with a contest of films beside its own."""
    planted = Planted.copy(tmp_path)
    planted.write("plan.yaml", two_contests((HANOI / "plan.yaml").read_text()))
    return planted


def in_former_words(planted: Planted) -> None:
    planted.write("plan.yaml", former_words((HANOI / "plan.yaml").read_text()))


def test_two_contests_have_each_their_own_rules_and_days(two: Planted) -> None:
    assert two.problems() == []
    plan = load_campaign(two.directory).plan
    essays, films = plan.contests
    assert (essays.counted_by, films.counted_by) == ("received", "act")
    assert films.max_words is None
    catch_up, film = plan.obligation("D5"), plan.obligation("F1")
    assert catch_up.last_essay_day("films") is None
    assert film.last_essay_day("films") == film.last_option.last_day
    assert film.last_essay_day("essays") is None
    assert plan.entry_levels == ("upper", "commune")
    assert {one.id for one in plan.obligations if one.counts_acts} == {"D5", "F1", "F2"}


def test_without_a_contest_a_plan_is_whole_and_measures_of_essays_are_advised_on(
    tmp_path: Path,
) -> None:
    planted = Planted.copy(tmp_path)
    planted.write("plan.yaml", without_contest((HANOI / "plan.yaml").read_text()))
    assert planted.problems() == []
    assert any("counts no essay, ever" in warning.en for warning in planted.warnings())
    plan = load_campaign(planted.directory).plan
    assert (plan.contests, plan.entry_levels) == ((), None)


# Written as before


def without_titles(plan: Plan) -> dict[str, Any]:
    found = plan.model_dump(mode="json")
    for contest in found["contests"]:
        del contest["title"]
    return found


def test_the_former_keys_mean_one_contest_with_the_former_id(tmp_path: Path) -> None:
    planted = Planted.copy(tmp_path)
    in_former_words(planted)
    assert planted.problems() == []
    former, today = load_campaign(planted.directory).plan, load_campaign(HANOI).plan
    assert former.contests[0].id == "essays"
    assert without_titles(former) == without_titles(today)


FORMER_FAULTS = {
    "the end": Fault("2020-06-11, included: true}", "2021-06-11, included: true}",
                     (0, "contest_ends: the end 2021-06-11 is outside")),
    "a key": Fault("  max_words: 2000", "  max_word: 2000",
                   (0, "essays.max_word: there is no key")),
    "a level": Fault("essays:\n  levels: [upper]", "essays:\n  levels: [uper]",
                     (1, "essays.levels[1]: no unit")),
    "a mark": Fault('mark: {min: "0", max: "100"}', "mark: {min: 0}", (0, "essays.mark"),
                    (0, "essays.mark")),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMER_FAULTS)
def test_a_fault_of_a_former_plan_has_the_line_and_the_name_of_its_file(
    tmp_path: Path, name: str
) -> None:
    planted = Planted.copy(tmp_path)
    in_former_words(planted)
    planted.assert_found("plan.yaml", FORMER_FAULTS[name])


def test_both_spellings_at_once_are_one_too_many(two: Planted) -> None:
    line = two.plant("plan.yaml", "\ncontests:\n", f"\n{FORMER.strip()}\ncontests:\n")
    found = two.problems()
    assert [(p.line - line, p.path) for p in found] == [(2, "contest_ends"), (4, "essays")]


# What contradicts itself

FAULTS = {
    "a contest that there is not": Fault(
        "contest: films", "contest: filmss", (0, "did you mean “films”?")
    ),
    "a contest of what is no essay": Fault(
        "by: ceremony-reported", "by: ceremony-reported\n        contest: films",
        (1, "goes with by: essay-submitted only"),
    ),
    "an end outside the campaign": Fault(
        "ends: {date: 2020-07-31", "ends: {date: 2021-07-31", (0, "is outside the campaign")
    ),
    "a level of no unit": Fault("[upper, commune]", "[upper, communes]", (0, "no unit in units")),
    "a form of another contest": Fault(
        "contest: films,", "contest: films, forms: [written],", (0, "has no form “written”")
    ),
    "a mark of another contest": Fault(
        "contest: films,", 'contest: films, mark: "80",', (0, "outside the scale")
    ),
    "another day than the contest's": Fault(
        "contest: films, counted_by: act", "contest: films, counted_by: received",
        (0, "means something only with"), (0, "let both count by the same day"),
    ),
    "essays of any contest, with two days that count": Fault(
        "contest: films, counted_by: act", "counted_by: act", (0, "let both count by the same day")
    ),
    "the day of an act that has none": Fault(
        "by: contest-reported\n        counted_by: received",
        "by: contest-reported\n        counted_by: act",
        (1, "act is for essays and reports"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_at_its_line(two: Planted, name: str) -> None:
    two.assert_found("plan.yaml", FAULTS[name])


def test_an_id_of_two_contests_is_found(two: Planted) -> None:
    line = two.plant("plan.yaml", "  - id: films", "  - id: essays")
    found = {(p.line - line, p.path) for p in two.problems()}
    assert (0, "contests[essays].id") in found


def test_essays_are_owed_by_levels_that_may_send_to_that_contest(two: Planted) -> None:
    line = two.plant("plan.yaml", "Hai bài viết", "Hai bài")
    two.plant(
        "plan.yaml",
        'en: "Two essays"}\n    source: Văn bản mô phỏng\n    levels: [upper]',
        'en: "Two essays"}\n    source: Văn bản mô phỏng\n    levels: [commune]',
    )
    (problem,) = two.problems()
    assert problem.line > line
    assert "units of the level commune owe it and may send no essays" in problem.en


@pytest.mark.parametrize(
    ("test", "remedy"),
    [
        ("{field: contest, is: films}", None),
        ("{field: contest, one_of: [essays, films]}", None),
        ("{field: contest, is: filmss}", "did you mean “films”?"),
    ],
)
def test_a_measure_counts_the_essays_of_one_contest(
    two: Planted, test: str, remedy: str | None
) -> None:
    measure = (
        f"{{title: {{vi: phim, en: films}}, kind: count, of: essay-submitted, where: [{test}]}}"
    )
    two.plant("rules.yaml", "measures:\n", f"measures:\n  of_films: {measure}\n")
    found = [problem.en for problem in two.problems()]
    assert found == [] if remedy is None else any(remedy in text for text in found)


def test_a_condition_counts_the_essays_of_a_contest_that_there_is(two: Planted) -> None:
    films = "{kind: count, of: essay-submitted, where: [{field: contest, is: filmss}]}"
    titled = films.replace("{", "{title: {vi: phim, en: films}, ", 1)
    line = two.plant(
        "plan.yaml", "\nobligations:\n", f"\nmeasures:\n  films: {titled}\nobligations:\n"
    )
    found = [problem for problem in two.problems() if "did you mean “films”?" in problem.en]
    assert [problem.line - line for problem in found] == [2]


DAY_OF_ACT = {
    "no such field": ("day_of_act: met_no", "the report has no field “met_no”"),
    "no day": ("day_of_act: households", "must be of type: date"),
    "may be left empty": ("day_of_act: met_on", "must be of type: date, required"),
}


@pytest.mark.parametrize("name", DAY_OF_ACT)
def test_the_day_of_the_act_of_a_report_is_a_day_that_each_has(tmp_path: Path, name: str) -> None:
    key, remedy = DAY_OF_ACT[name]
    planted = Planted.copy(tmp_path)
    planted.write("plan.yaml", with_reports((HANOI / "plan.yaml").read_text()))
    planted.plant("plan.yaml", "    periods: quarter\n", f"    periods: quarter\n    {key}\n")
    assert any(remedy in problem.en for problem in planted.problems())


def test_an_option_by_act_needs_a_report_with_such_a_day(tmp_path: Path) -> None:
    planted = Planted.copy(tmp_path)
    planted.write("plan.yaml", with_reports((HANOI / "plan.yaml").read_text()))
    was = "period: 2020-Q2\n        counted_by: received"
    planted.plant("plan.yaml", was, was.replace("received", "act"))
    (problem,) = planted.problems()
    assert "needs day_of_act in the kind of report quarterly-summary" in problem.en
