"""What is filled in in a report, as fields that a measure can read: `answers.households`.

The event of every kind is the same; what it has under `answers` is declared by the plan. So for the
checks the event of some kinds is made here, with a field for each of their answers.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, ClassVar, Literal

from pydantic import create_model

from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.measuring import FactMeasure, Measure
from services.contracts.campaign.measuring.checks.field_tests import texts_of
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.report_kinds import ANSWER, FieldType, ReportField, ReportKind
from services.contracts.events import DocumentAnswer, Fact, ReportReturned, ReportSubmitted
from services.contracts.events.base import ExactDecimal

OF_KINDS: Mapping[str, type[Fact]] = {
    fact.event: fact for fact in (ReportSubmitted, ReportReturned)
}
"""Events that name a kind of report."""

_TYPES: Mapping[FieldType, Any] = {
    "text": str,
    "whole": int,
    "decimal": ExactDecimal,
    "date": str,
    "document": DocumentAnswer,
    "yes-no": bool,
}


class _WithPersonal(ReportSubmitted):
    personal_answers: ClassVar[frozenset[str]] = frozenset()
    """Answers that no event has."""


def event_of(measure: FactMeasure, fact: type[Fact], kinds: Sequence[ReportKind]) -> type[Fact]:
    """The event that a measure counts, with the answers of the kinds that it is about."""
    if fact is not ReportSubmitted:
        return fact
    named = {text for test in measure.where if test.field == "kind" for text in texts_of(test)}
    return _filled_in([kind for kind in kinds if not named or kind.id in named])


def _filled_in(kinds: Sequence[ReportKind]) -> type[Fact]:
    types: dict[str, list[Any]] = {}
    for kind in kinds:
        for field in kind.fields:
            if not field.personal:
                types.setdefault(f"{ANSWER}{field.id}", []).append(_type(field))
    fields: dict[str, Any] = {name: (reduce(or_, its), ...) for name, its in types.items()}
    personal = {f"{ANSWER}{field.id}" for kind in kinds for field in kind.fields if field.personal}
    made = create_model("FilledIn", __base__=_WithPersonal, **fields)
    made.personal_answers = frozenset(personal - fields.keys())
    return made


def _type(field: ReportField) -> Any:
    if field.type == "choice":
        return Literal[tuple(field.choices)]
    return _TYPES[field.type]


def check_kinds_counted(
    measures: FilePart[dict[str, Measure]] | None, kinds: Sequence[ReportKind] | None
) -> Iterator[FileProblem]:
    """Each kind of report that a measure names is declared by the plan; None: not to be known."""
    if measures is None or kinds is None:
        return
    known = [kind.id for kind in kinds]
    for name, measure in measures.value.items():
        if not isinstance(measure, FactMeasure) or measure.of not in OF_KINDS:
            continue
        for at, test in enumerate(measure.where):
            for text in texts_of(test) if test.field == "kind" else ():
                if text not in known:
                    vi, en = did_you_mean(text, known)
                    yield measures.problem(
                        (name, "where", at),
                        f"plan.yaml không có loại báo cáo “{text}”; {vi}",
                        f"plan.yaml has no kind of report “{text}”; {en}",
                    )
