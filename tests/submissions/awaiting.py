"""A plan in which last days come after what the unit does: the conference, or a report."""

from services.contracts.events import DeadlineMoved
from tests.submissions.declared import with_reports
from tests.submissions.replica import Replica

D6 = "due: {date: 2020-07-10, included: false}"
AFTER = "due: {days: 15, after: D2}"
MORE = """
  - id: E2
    title: {vi: "Báo cáo quý III", en: "Report of the third quarter"}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - {id: E2, by: report-submitted, report: quarterly-summary, period: 2020-Q3,
         counted_by: received, due: {days: 10, after: E1}}
  - id: E3
    title: {vi: "Gửi bài về Hội nghị", en: "Send an essay about the conference"}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - {id: E3, by: essay-submitted, counted_by: received, due: {days: 20, after: D2}}
"""


def awaiting(plan: str) -> str:
    """The plan of 2020 in which the contest is reported within 15 days after the conference."""
    plan = with_reports(plan)
    assert D6 in plan
    return plan.replace(D6, AFTER).rstrip() + "\n" + MORE.strip("\n") + "\n"


def held(day: str, unit: str = "SNV") -> dict[str, object]:
    """The body of a report of a conference."""
    return {"unit": unit, "form": "held", "held_on": day, "receiver": "HN"}


CONTEST = {"unit": "SNV", "entries": 1, "prizes": 0}


async def moves(one: Replica, unit: str, obligation: str) -> list[tuple[str, str, str | None]]:
    """The former and the new last day of each, and on which day what it depends on happened."""
    return [
        (
            str(each.previous_last_day),
            str(each.last_day),
            each.happened_on and str(each.happened_on),
        )
        for each in await one.facts(DeadlineMoved)
        if (each.unit, each.obligation) == (unit, obligation)
    ]
