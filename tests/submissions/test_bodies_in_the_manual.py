"""The bodies of docs/submissions.md are ones that the service takes."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from services.submissions.declared_reports.schemas import ReportIn, ReturnIn
from services.submissions.essays.schemas import EssayIn, JudgementIn, WithdrawalIn
from services.submissions.figures.schemas import FigureIn
from services.submissions.obligations.schemas import DeadlineMoveIn, WaiverIn
from services.submissions.proposals.schemas import ProposalIn
from services.submissions.reports.schemas import CeremonyIn, ConferenceIn, ContestIn

_MANUAL = (Path(__file__).parents[2] / "docs" / "submissions.md").read_text("utf-8")
_BODIES: dict[str, type[BaseModel]] = {
    "essays": EssayIn,
    "essays/{id}/withdrawal": WithdrawalIn,
    "essays/{id}/judgement": JudgementIn,
    "commendation-proposals": ProposalIn,
    "conference-reports": ConferenceIn,
    "contest-reports": ContestIn,
    "ceremony-reports": CeremonyIn,
    "reports/{kind}": ReportIn,
    "reports/{kind}/{id}/return": ReturnIn,
    "figures": FigureIn,
    "deadline-moves": DeadlineMoveIn,
    "waivers": WaiverIn,
}


def _shown() -> Iterator[tuple[str, str]]:
    table = _MANUAL.partition("| call | nội dung | body |\n")[2].partition("\n\n")[0]
    for row in table.splitlines()[1:]:
        calls, _, bodies = row.strip("| ").split(" | ")
        for call in re.findall(r"`([^`]+)`", calls):
            for body in re.findall(r"`([^`]+)`", bodies):
                yield call, body


@pytest.mark.parametrize(("call", "body"), list(_shown()))
def test_a_body_of_the_manual_is_taken(call: str, body: str) -> None:
    _BODIES[call].model_validate_json(body)


def test_every_call_has_a_body_in_the_manual() -> None:
    assert {call for call, _ in _shown()} == _BODIES.keys()
    assert all(isinstance(json.loads(body), dict) for _, body in _shown())
