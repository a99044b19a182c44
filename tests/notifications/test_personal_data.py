"""Names of people go only to those who asked for them and may have them."""

import json

import pytest

from services.contracts.events import CommendationProposed, ContestReported, EssaySubmitted, Fact
from services.contracts.personal import WITHHELD, names_people, without_personal_data
from services.notifications.events import HANDLERS
from tests.notifications.support import a_fact, an_event


def test_titles_and_names_of_exemplars_are_withheld() -> None:
    essay = without_personal_data(a_fact(EssaySubmitted))
    assert (essay.title, essay.exemplar.name) == (WITHHELD, WITHHELD)
    assert essay.exemplar.kind == "collective"
    assert essay.words == 1480
    proposal = without_personal_data(a_fact(CommendationProposed))
    assert proposal.exemplar.name == WITHHELD


@pytest.mark.parametrize("kind", HANDLERS, ids=lambda kind: kind.event)
def test_what_is_left_still_reads_as_the_same_event(kind: type[Fact]) -> None:
    fact = without_personal_data(a_fact(kind))
    assert kind.model_validate_json(fact.model_dump_json()) == fact
    assert an_event(fact).data == fact


@pytest.mark.parametrize("kind", HANDLERS, ids=lambda kind: kind.event)
def test_what_the_fact_sheet_calls_personal_is_found_and_nothing_else_is_touched(
    kind: type[Fact],
) -> None:
    assert names_people(kind) == kind.sheet.personal
    fact = a_fact(kind)
    assert (without_personal_data(fact) is fact) == (not kind.sheet.personal)


def test_no_event_carries_a_phone_number() -> None:
    for kind in HANDLERS:
        assert "phone" not in json.dumps(kind.model_json_schema()).casefold()


def test_an_event_without_people_is_passed_on_as_it_is() -> None:
    fact = a_fact(ContestReported)
    assert without_personal_data(fact) is fact
