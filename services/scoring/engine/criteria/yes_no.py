"""All or nothing.

Source of the form: criteria of the justice sector as scored by Đồng Tháp in 2022: plan issued 2,
else 0.
"""

from collections.abc import Mapping

from services.contracts.rules import YesNo
from services.contracts.wording import Bilingual, plain
from services.scoring.engine.conditions import holds, words
from services.scoring.engine.criteria.award import Award, measures_said
from services.scoring.engine.measures import Values
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import shown


def award(criterion: YesNo, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """The maximum when the condition holds, else `otherwise`."""
    inputs = {read.measure: shown(values[read.measure]) for read in criterion.reads()}
    yes = holds(criterion.when, values)
    return Award(
        criterion.maximum if yes else criterion.otherwise,
        {**inputs, "when-holds": "true" if yes else "false"},
    )


def formula(criterion: YesNo, inputs: Mapping[str, str], points: str) -> Bilingual:
    """Yes or no, with the numbers."""
    said = measures_said(criterion.reads(), inputs)
    when = words(criterion.when)
    if inputs["when-holds"] == "true":
        return Bilingual(
            f"{said.vi}: đạt {when.vi}: {points} điểm", f"{said.en}: {when.en} holds: {points}"
        )
    return Bilingual(
        f"{said.vi}: không đạt {when.vi}: {points} điểm",
        f"{said.en}: {when.en} does not hold: {points}",
    )


def law(criterion: YesNo) -> Bilingual:
    """The whole rule, whoever it is applied to."""
    when, most, least = words(criterion.when), plain(criterion.maximum), plain(criterion.otherwise)
    return Bilingual(f"{when.vi}: {most}; còn lại: {least}", f"{when.en}: {most}; else: {least}")
