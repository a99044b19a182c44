"""Promise: a notice goes into files as it is written, by the manual alone.

`notices/womens_union/notice.txt` is an example that no body issued; who wrote its files had read
docs/campaigns.md and nothing else. What it asks of whom, and until when, is worked out here from
the printed text.
"""

from datetime import date
from pathlib import Path

from services.contracts.campaign.loader import load_campaign

DIRECTORY = Path(__file__).parent / "notices" / "womens_union"
WARDS = ["X01", "X02", "X03", "X04", "X05", "X06", "X07", "X08"]
FORCES = ["CA", "QS", "BP"]
ATTACHED = ["TT", "QUY"]
ALL = [*WARDS, *FORCES, *ATTACHED]

ASKED: dict[str, tuple[date | None, list[str]]] = {
    "M1A": (date(2027, 2, 26), [*WARDS, *ATTACHED]),
    "M1B": (date(2027, 3, 9), FORCES),
    "M2": (date(2027, 3, 8), ALL),
    "M3-2027-Q1": (date(2027, 3, 19), WARDS),
    "M3-2027-Q2": (date(2027, 6, 14), WARDS),
    "M3-2027-Q3": (date(2027, 9, 19), WARDS),
    "M3-2027-Q4": (date(2027, 11, 25), WARDS),
    "M4A": (date(2027, 6, 30), WARDS),
    "M4B": (date(2027, 6, 30), [*FORCES, *ATTACHED]),
    "M4C": (None, WARDS),  # ten days after the conference
    "M4D": (None, [*FORCES, *ATTACHED]),
    "M5": (date(2027, 10, 4), ALL),
    "M6": (date(2027, 8, 30), ALL),
    "M7": (date(2027, 9, 20), [u for u in ALL if u not in ("X07", "X08", "QUY")]),
    "M8": (date(2027, 10, 30), ["X01", "X05"]),
    "M9": (date(2027, 7, 10), WARDS),
    "M10": (date(2027, 10, 20), ALL),
    **{
        f"M11A-2027-{month:02}": (date(2027, month, 21), ALL)
        for month in range(1, 12)
        if month % 3  # but for the last month of each quarter
    },
    "M11B": (date(2027, 12, 4), ALL),
}
"""By obligation: the last day in time ("trước ngày" ends the day before), and who owes it."""


def test_the_files_ask_what_the_notice_asks() -> None:
    campaign = load_campaign(DIRECTORY)  # raises with every fault of the files
    plan, units = campaign.plan, campaign.units
    asked = {
        planned.id: (
            planned.last_option.last_day,
            [unit.code for unit in units if planned.applies_to(unit)],
        )
        for planned in plan.obligations
    }
    assert asked == ASKED


def test_what_the_notice_asks_in_words_beside_the_days() -> None:
    plan = load_campaign(DIRECTORY).plan
    obligations = {planned.id: planned for planned in plan.obligations}
    essays, works = obligations["M6"].options[0], obligations["M7"].options[0]
    assert [essays.how_many(unit, kind) for unit, kind in (("X05", "xa"), ("TT", "don-vi"))] == [
        3,
        1,
    ]
    assert (works.counted_by, works.contest) == ("act", "bao-chi")
    assert len(obligations["M3-2027-Q1"].options[0].parts) == 3  # three figures
    assert obligations["M9"].only_if is not None
