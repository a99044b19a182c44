"""The commands of a run, drawn from a seed: what units and the Board send, some to be refused.

Nothing in them depends on the day on which they arrive, so that the calendar may move in between.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from services.contracts.campaign.units import Unit

CommandedFact = Literal[
    "essay-submitted",
    "essay-withdrawn",
    "essay-judged",
    "commendation-proposed",
    "figure-reported",
    "conference-reported",
    "contest-reported",
    "ceremony-reported",
]
"""Facts that only a command makes."""

_OF_IT = "/v1/campaigns/hanoi-2020"
_SIMULATED = {"simulated": True}
_FAR_ENOUGH = 60
"""A mark or a withdrawal is about an essay so many essays ago: it is surely on its way."""

_WEIGHTS = {"essay": 62, "judgement": 12, "withdrawal": 3, "proposal": 8, "figure": 8, "faulty": 5}
SILENT_SHARE = 10
"""Every tenth commune sends no report: it misses its deadline."""


@dataclass(frozen=True, slots=True)
class Command:
    """One POST and what it must come to."""

    key: str
    """Idempotency-Key: also its name in the ledger."""
    event: CommandedFact
    """The fact that it becomes when it is accepted."""
    path: str
    """With `{essay}` for the id of the essay that it is about."""
    body: dict[str, Any]
    role: str
    unit: str | None
    about: str | None = None
    """Key of that essay's command."""
    doomed: bool = False
    """It breaks a rule and must be refused."""


def commands(seed: int, count: int, units: Sequence[Unit]) -> Iterator[Command]:
    """So many commands: each unit's reports, spread, and essays, marks, figures between them."""
    draw = random.Random(f"commands {seed}")  # noqa: S311 - a run that can be repeated
    upper = [unit.code for unit in units if unit.level == "upper"]
    reports = list(_reports(units))
    draw.shuffle(reports)
    reports = reports[: count // 4]
    places = set(draw.sample(range(count), len(reports)))
    essays: list[tuple[str, str]] = []  # key and unit
    kinds, weights = list(_WEIGHTS), list(_WEIGHTS.values())
    for number in range(count):
        key = f"{seed}-{number}"
        if number in places:
            yield _with_key(reports.pop(), key)
            continue
        kind = draw.choices(kinds, weights)[0]
        if kind in ("judgement", "withdrawal") and len(essays) <= _FAR_ENOUGH:
            kind = "essay"
        unit = draw.choice(upper)
        match kind:
            case "essay":
                essays.append((key, unit))
                yield _essay(key, unit, draw.randrange(300, 2000))
            case "judgement":
                mark = f"{draw.randrange(80, 200) / 2:.1f}"
                about, _ = draw.choice(essays[:-_FAR_ENOUGH])
                yield Command(
                    key,
                    "essay-judged",
                    _OF_IT + "/essays/{essay}/judgement",
                    {**_SIMULATED, "mark": mark},
                    "board",
                    None,
                    about,
                )
            case "withdrawal":
                about, unit = draw.choice(essays[:-_FAR_ENOUGH])
                yield Command(
                    key,
                    "essay-withdrawn",
                    _OF_IT + "/essays/{essay}/withdrawal",
                    {**_SIMULATED, "reason": "Gửi trùng (mô phỏng)"},
                    "unit",
                    unit,
                    about,
                )
            case "proposal":
                yield _proposal(key, unit, draw)
            case "figure":
                yield _figure(key, unit, draw)
            case _:
                yield _faulty(key, unit, draw.randrange(3))


def silent_communes(units: Sequence[Unit]) -> set[str]:
    """Communes that send no report."""
    communes = [unit.code for unit in units if unit.level == "commune"]
    return set(communes[::SILENT_SHARE])


def _with_key(command: Command, key: str) -> Command:
    return replace(command, key=key)


def _essay(key: str, unit: str, words: int) -> Command:
    body = {
        **_SIMULATED,
        "unit": unit,
        "title": f"Bài mô phỏng {key}",
        "form": "written",
        "words": words,
        "author": {
            "full_name": f"Người viết mô phỏng {key}",
            "address": "Địa chỉ mô phỏng",
            "phone": "0000000000",
        },
        "exemplar": _EXEMPLAR,
    }
    return Command(key, "essay-submitted", _OF_IT + "/essays", body, "unit", unit)


_EXEMPLAR = {"kind": "collective", "name": "Tập thể mô phỏng", "address": "Địa chỉ mô phỏng"}


def _proposal(key: str, unit: str, draw: random.Random) -> Command:
    level = draw.choice(["unit", "city", "state"])
    body = {**_SIMULATED, "unit": unit, "exemplar": _EXEMPLAR, "level": level}
    path = _OF_IT + "/commendation-proposals"
    return Command(key, "commendation-proposed", path, body, "unit", unit)


def _figure(key: str, unit: str, draw: random.Random) -> Command:
    body = {
        **_SIMULATED,
        "unit": unit,
        "name": "documents-over-the-bus",
        "period": f"2020-{draw.randrange(1, 13):02}",
        "value": str(draw.randrange(1000)),
        "evidence": f"Báo cáo mô phỏng {key}",
    }
    return Command(key, "figure-reported", _OF_IT + "/figures", body, "unit", unit)


def _faulty(key: str, unit: str, fault: int) -> Command:
    """Breaks a rule of the contest, after everything else was right."""
    good = _essay(key, unit, 1000)
    wrong: dict[str, Any] = [{"words": 2001}, {"photocopy": True}, {"words": None}][fault]
    return replace(good, body={**good.body, **wrong}, doomed=True)


def _reports(units: Sequence[Unit]) -> Iterator[Command]:
    silent = silent_communes(units)
    held = {"form": "held", "held_on": "2019-12-20"}
    for unit in units:
        if unit.level == "city" or unit.code in silent:
            continue
        common = {**_SIMULATED, "unit": unit.code}
        role = "unit"
        yield Command(
            "",
            "conference-reported",
            _OF_IT + "/conference-reports",
            {**common, **held},
            role,
            unit.code,
        )
        if unit.level == "upper":
            contest = {**common, "entries": 9, "prizes": 3}
            yield Command(
                "", "contest-reported", _OF_IT + "/contest-reports", contest, role, unit.code
            )
            ceremony = {**common, "held_on": "2019-12-20"}
            yield Command(
                "", "ceremony-reported", _OF_IT + "/ceremony-reports", ceremony, role, unit.code
            )
