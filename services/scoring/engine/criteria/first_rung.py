"""The first rung that holds, over several measures.

Source of the form: Hớn Quản youth union 2012, reporting: 8 points where all reports were sent in
time, 6 where the annual and half-year ones were and all monthly ones were sent, and so on down.
"""

from collections.abc import Mapping

from services.contracts.rules import FirstRung
from services.contracts.wording import Bilingual, plain
from services.scoring.engine.conditions import holds, words
from services.scoring.engine.criteria.award import Award, measures_said
from services.scoring.engine.measures import Values
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import shown


def award(criterion: FirstRung, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """The points of the first rung whose condition holds, else `otherwise`."""
    inputs = {read.measure: shown(values[read.measure]) for read in criterion.reads()}
    for at, rung in enumerate(criterion.rungs, start=1):
        if holds(rung.when, values):
            return Award(rung.points, {**inputs, "rung-held": str(at)})
    return Award(criterion.otherwise, {**inputs, "rung-held": "otherwise"})


def formula(criterion: FirstRung, inputs: Mapping[str, str], points: str) -> Bilingual:
    """The rung that held, with the numbers."""
    said = measures_said(criterion.reads(), inputs)
    if inputs["rung-held"] == "otherwise":
        return Bilingual(
            f"{said.vi}: không bậc nào đạt: {points} điểm", f"{said.en}: no rung holds: {points}"
        )
    held = words(criterion.rungs[int(inputs["rung-held"]) - 1].when)
    return Bilingual(
        f"{said.vi}: đạt {held.vi}: {points} điểm", f"{said.en}: {held.en} holds: {points}"
    )


def law(criterion: FirstRung) -> Bilingual:
    """The whole rule, whoever it is applied to."""
    rungs = [(words(rung.when), plain(rung.points)) for rung in criterion.rungs]
    last = plain(criterion.otherwise)
    return Bilingual(
        "; ".join([*(f"{when.vi}: {points}" for when, points in rungs), f"còn lại: {last}"]),
        "; ".join([*(f"{when.en}: {points}" for when, points in rungs), f"else: {last}"]),
    )
