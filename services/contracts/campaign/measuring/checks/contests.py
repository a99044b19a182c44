"""Checks of measures of essays: the contests that they name are those of the plan."""

from collections.abc import Iterator, Sequence

from services.contracts.campaign.asked_acts import ESSAY_SUBMITTED
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.measuring import FactMeasure, Measure
from services.contracts.campaign.measuring.checks.field_tests import texts_of
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem

_OF_CONTESTS = (ESSAY_SUBMITTED, "essay-judged", "essay-withdrawn")
"""Events that name a contest."""


def check_contests_counted(
    measures: FilePart[dict[str, Measure]] | None, contests: Sequence[str] | None
) -> Iterator[FileProblem]:
    """Each contest that a measure names is declared by the plan, and there is one if essays are
    counted. `contests`: their ids; None: not to be known."""
    if measures is None or contests is None:
        return
    for name, measure in measures.value.items():
        if not isinstance(measure, FactMeasure) or measure.of not in _OF_CONTESTS:
            continue
        if not contests:
            yield measures.problem(
                (name, "of"),
                "plan.yaml không có cuộc thi nào, chỉ số này không bao giờ có bài dự thi; khai báo"
                " cuộc thi trong contests, hoặc bỏ chỉ số",
                "plan.yaml has no contest, so that this counts no essay, ever: declare one under"
                " contests, or take the measure out",
                warning=True,
            )
            continue
        for at, test in enumerate(measure.where):
            for text in texts_of(test) if test.field == "contest" else ():
                if text not in contests:
                    vi, en = did_you_mean(text, contests)
                    yield measures.problem(
                        (name, "where", at),
                        f"plan.yaml không có cuộc thi “{text}”; {vi}",
                        f"plan.yaml has no contest “{text}”; {en}",
                    )
