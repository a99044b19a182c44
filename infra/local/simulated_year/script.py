"""The simulated year 2020 as a list of acts: seeded, and the same at every run.

What the notice says is kept to the number (977 essays by 30 May, 2,150 in the end, the units it
praises ahead, units that sent nothing); who sent how many on which day nobody published, so it is
drawn, and every act is marked as simulated.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from infra.local.simulated_year import words
from infra.local.simulated_year.tiers import first_tier, lower_tiers
from services.contracts.campaign.units import Unit

SEED = 2512020
FIRST_DAY = date(2020, 1, 6)
NOTICE_DAY = date(2020, 6, 5)
COUNT_DAY = date(2020, 5, 30)
COUNT_BY_COUNT_DAY = 977
COUNT_IN_THE_END = 2150
"""Essays that count at the end; those that are withdrawn were sent beside them."""
WITHDRAWN = 8
CONTEST_END = date(2020, 6, 11)
D5_LAST_GOOD_DAY = date(2020, 6, 19)
YEAR_ENDS = date(2020, 12, 31)

PRAISED = [
    "Q009",
    "Q005",
    "Q277",
    "Q282",
    "Q276",
    "Q269",
    "SNV",
    "SGDDT",
    "LDLD",
    "HCCB",
    "HND",
    "TD",
    "URENCO",
]  # the notice's order
SILENT = ("BDT", "SNGV", "HSDC", "TTTP")
"""Never send an essay: they miss D5."""
LATE_STARTERS = 14
"""Units without an essay on the notice's day that send some by 19 June (D5)."""
NO_CONFERENCE = "Q281"
"""Holds no conference: informs the City People's Committee and reports in writing (D3)."""
LATE_DISTRICT = "Q280"
"""Holds its conference after 20 August."""
LATE_CONTEST_REPORT = "Q275"
"""Reports on its contest after the moved deadline."""
LATE_COMMUNE = "X00004"
"""Sends its written assessment four days late."""
SILENT_COMMUNES = 3
MOVED_OPTION, MOVED_TO, MOVED_ON = "D6", date(2020, 7, 15), date(2020, 7, 6)

Verb = Literal[
    "essay",
    "withdrawal",
    "judgement",
    "commendation",
    "conference",
    "contest-report",
    "ceremony",
    "deadline-move",
]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that one unit (or the Board) does on one local day."""

    day: date
    verb: Verb
    unit: str
    ref: str
    """Own name of the act; a withdrawal or judgement carries the ref of its essay."""
    details: dict[str, object] = field(default_factory=dict)


def acts_of_the_year(units: Iterable[Unit], *, scale: float = 1.0) -> list[Act]:
    """All acts of the year, by day.

    `scale` below 1 makes a year in small: fewer essays, the same stories. Below 0.06 the units
    that must send at least one essay are more than the essays.
    """
    everyone = list(units)
    upper = [unit.code for unit in first_tier(everyone)]
    communes = lower_tiers(everyone)
    draw = random.Random(SEED)  # noqa: S311  a reproducible simulation, not a secret
    acts: list[Act] = []
    essays = list(_essays(draw, upper, scale))
    acts += essays
    acts += _withdrawals(draw, essays, _withdrawn(scale))
    withdrawn = {act.ref for act in acts if act.verb == "withdrawal"}
    acts += _judgements(draw, [essay for essay in essays if essay.ref not in withdrawn])
    acts += _commendations(draw, upper, scale)
    acts += _commune_conferences(draw, communes)
    acts += _upper_reports(draw, upper, Counter(essay.unit for essay in essays))
    acts.append(
        Act(
            MOVED_ON,
            "deadline-move",
            "HN",
            "move-D6",
            {"option": MOVED_OPTION, "date": MOVED_TO.isoformat(), "included": False},
        )
    )
    return sorted(acts, key=lambda act: act.day)


def essay_counts(scale: float) -> tuple[int, int]:
    """(essays by 30 May, essays in the end) of a year of this scale."""
    return round(COUNT_BY_COUNT_DAY * scale), round(COUNT_IN_THE_END * scale)


def _spread(draw: random.Random, total: int, weights: dict[str, float]) -> Counter[str]:
    """`total` things over the keys: each at least one, the rest drawn by weight."""
    counts = Counter(dict.fromkeys(weights, 1))
    names, by = list(weights), list(weights.values())
    counts.update(draw.choices(names, by, k=max(0, total - len(counts))))
    return counts


def _essays(draw: random.Random, upper: list[str], scale: float) -> Iterator[Act]:
    early, in_the_end = essay_counts(scale)
    others = [code for code in upper if code not in PRAISED and code not in SILENT]
    late_starters = draw.sample(
        [code for code in others if code != LATE_DISTRICT], min(LATE_STARTERS, len(others) // 2)
    )
    steady = [code for code in others if code not in late_starters]
    weights = {code: 6.0 + draw.random() for code in PRAISED if code in upper}
    weights |= {code: 1.0 + draw.random() for code in steady}

    before = _spread(draw, early, weights)
    late = _spread(
        draw, max(len(late_starters), round(140 * scale)), dict.fromkeys(late_starters, 1.0)
    )
    sent = in_the_end + _withdrawn(scale)
    after = Counter(
        draw.choices(list(weights), list(weights.values()), k=sent - early - late.total())
    )

    number = 0
    for code, count, days in (
        *((c, n, _days(draw, n, FIRST_DAY, COUNT_DAY, 2.0)) for c, n in before.items()),
        *(
            (c, n, _days(draw, n, COUNT_DAY + timedelta(1), date(2020, 6, 13), 1.2))
            for c, n in after.items()
        ),
        *((c, n, _days(draw, n, date(2020, 6, 8), D5_LAST_GOOD_DAY, 1.0)) for c, n in late.items()),
    ):
        for day in days[:count]:
            number += 1
            yield Act(day, "essay", code, f"essay-{number}", words.essay(draw, number))


def _days(draw: random.Random, count: int, first: date, last: date, haste: float) -> list[date]:
    """`count` days between first and last, denser towards the end the greater `haste` is."""
    span = (last - first).days
    return [
        last - timedelta(round(span * (1 - draw.random() ** (1 / haste)))) for _ in range(count)
    ]


def _withdrawn(scale: float) -> int:
    return max(1, round(WITHDRAWN * scale))


def _withdrawals(draw: random.Random, essays: list[Act], count: int) -> Iterator[Act]:
    """A handful when the contest is over, so that the count of 30 May stays what it was."""
    for essay in draw.sample([e for e in essays if e.unit in PRAISED], count):
        yield Act(date(2020, 6, 22), "withdrawal", essay.unit, essay.ref)


def _judgements(draw: random.Random, essays: list[Act]) -> Iterator[Act]:
    for essay in essays:
        base = 82 if essay.unit in PRAISED else 74
        mark = min(100.0, max(40.0, draw.gauss(base, 8)))
        day = date(2020, 6, 23) + timedelta(draw.randrange(10))
        yield Act(day, "judgement", essay.unit, essay.ref, {"mark": f"{round(mark * 2) / 2:.1f}"})


def _commendations(draw: random.Random, upper: list[str], scale: float) -> Iterator[Act]:
    proposers = [c for c in upper if c in PRAISED] + draw.sample(
        [c for c in upper if c not in PRAISED and c not in SILENT], 20
    )
    counts = _spread(
        draw, round(180 * max(scale, 0.2)), {c: 3.0 if c in PRAISED else 1.0 for c in proposers}
    )
    for code, count in counts.items():
        for number, day in enumerate(_days(draw, count, date(2020, 3, 2), date(2020, 6, 30), 1.0)):
            yield Act(
                day, "commendation", code, f"commendation-{code}-{number}", words.commendation(draw)
            )


def _commune_conferences(draw: random.Random, communes: list[Unit]) -> Iterator[Act]:
    silent = {
        unit.code
        for unit in draw.sample([u for u in communes if u.code != LATE_COMMUNE], SILENT_COMMUNES)
    }
    for unit in communes:
        if unit.code in silent:
            continue
        ref = f"conference-{unit.code}"
        if unit.code == LATE_COMMUNE:
            yield Act(date(2020, 7, 3), "conference", unit.code, ref, {"form": "written"})
        elif draw.random() < 0.2:  # noqa: PLR2004  a fifth assess in writing, late in June
            day = date(2020, 6, 15) + timedelta(draw.randrange(14))
            yield Act(day, "conference", unit.code, ref, {"form": "written"})
        else:
            held = date(2020, 2, 10) + timedelta(draw.randrange(125))
            yield Act(
                held + timedelta(draw.randrange(1, 8)),
                "conference",
                unit.code,
                ref,
                {"form": "held", "held_on": held.isoformat()},
            )


def _upper_reports(draw: random.Random, upper: list[str], essays: Counter[str]) -> Iterator[Act]:
    for code in upper:
        if code == NO_CONFERENCE:
            yield Act(
                date(2020, 8, 28),
                "conference",
                code,
                f"conference-{code}",
                {"form": "written", "city_document": {"number": "01/MP", "date": "2020-08-18"}},
            )
        elif code not in SILENT[:2]:
            held = (
                date(2020, 8, 25)
                if code == LATE_DISTRICT
                else date(2020, 7, 1) + timedelta(draw.randrange(48))
            )
            yield Act(
                held + timedelta(1),
                "conference",
                code,
                f"conference-{code}",
                {"form": "held", "held_on": held.isoformat()},
            )
        if code in SILENT:
            continue
        reported = (
            date(2020, 7, 18)
            if code == LATE_CONTEST_REPORT
            else date(2020, 7, 1) + timedelta(draw.randrange(13))
        )
        entries = essays[code]
        yield Act(
            reported,
            "contest-report",
            code,
            f"contest-{code}",
            {"entries": entries, "prizes": min(entries, 3 + draw.randrange(8))},
        )
        closed = date(2020, 7, 15) + timedelta(draw.randrange(34))
        yield Act(
            closed + timedelta(1),
            "ceremony",
            code,
            f"ceremony-{code}",
            {
                "held_on": closed.isoformat(),
                "joined_with": draw.choice(["none", "half-year-review", "conference"]),
            },
        )
