"""Checks of measures: each counts facts that exist, by fields that they have."""

from collections.abc import Collection, Iterator, Sequence

from services.contracts.campaign.document import Path
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.measuring import (
    CountMeasure,
    DaysLateMeasure,
    FactMeasure,
    MetMeasure,
    NumberMeasure,
    OverFacts,
    parts_of,
)
from services.contracts.campaign.measuring.checks.answers import event_of
from services.contracts.campaign.measuring.checks.field_tests import (
    Measures,
    check_field_test,
    check_possible,
    kind_of,
    unknown_field,
)
from services.contracts.campaign.measuring.checks.made_of import check_made_of
from services.contracts.campaign.measuring.conditions import asks_a_state
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.report_kinds import ReportKind
from services.contracts.events import FACTS, Fact, ReportSubmitted, UnitFact
from services.contracts.wording import plain

COUNTABLE: dict[str, type[Fact]] = {
    fact.event: fact
    for fact in FACTS
    if issubclass(fact, UnitFact)
    and (fact.sheet.publisher == "submissions" or fact.event == "score-entered")
    and fact.event != "deadline-approaching"
}
"""Facts about a unit that can give points; a reminder changes nothing and gives none."""


def check_measures(
    measures: Measures | None,
    obligations: Collection[str] | None,
    named: frozenset[str],
    kinds: Sequence[ReportKind] | None = (),
) -> Iterator[FileProblem]:
    """Every event, field, obligation and measure that a measure names exists and fits.

    `named` are all names under `measures`, also of those that could not be read; `kinds`: those of
    report that the plan declares, None where they are not known.
    """
    if measures is None:
        return
    yield from check_made_of(measures)
    if untitled := [name for name, measure in measures.value.items() if measure.title is None]:
        yield measures.problem(
            (),
            f"chưa có tên: {', '.join(untitled)}; thêm title: {{vi: …, en: …}} vào từng chỉ số",
            f"without a title: {', '.join(untitled)}; add title: {{vi: …, en: …}} to each",
            warning=True,
        )
    for name, measure in measures.value.items():
        yield from _parts(measures, name, named)
        if isinstance(measure, NumberMeasure):
            yield from _ends(measures, name, measure)
        if isinstance(measure, FactMeasure):
            yield from _counted(measures, (name,), measure, kinds)
        elif not isinstance(measure, DaysLateMeasure):
            continue
        elif obligations is not None and measure.obligation not in obligations:
            of_periods = [one for one in obligations if one.startswith(f"{measure.obligation}-")]
            vi, en = did_you_mean(measure.obligation, of_periods or obligations)
            yield measures.problem(
                (name, "obligation"),
                f"plan.yaml không có nội dung “{measure.obligation}”; {vi}",
                f"plan.yaml has no obligation “{measure.obligation}”; {en}",
            )


def _ends(measures: Measures, name: str, measure: NumberMeasure) -> Iterator[FileProblem]:
    low, high = measure.at_least, measure.at_most
    if low is not None and high is not None and low >= high:
        yield measures.problem(
            (name, "at_most"),
            f"{plain(high)} không lớn hơn at_least {plain(low)}: chỉ số luôn là một số; "
            "sửa một đầu",
            f"{plain(high)} is not more than at_least {plain(low)}: it is always one number; "
            "correct one end",
        )


def _counted(
    measures: Measures, path: Path, measure: OverFacts, kinds: Sequence[ReportKind] | None
) -> Iterator[FileProblem]:
    fact = COUNTABLE.get(measure.of)
    for key, event in (("of", measure.of), ("unless", measure.unless)):
        if event is not None and event not in COUNTABLE:
            vi, en = did_you_mean(event, COUNTABLE)
            yield measures.problem(
                (*path, key),
                f"không có sự kiện “{event}”; {vi}",
                f"there is no event “{event}”; {en}",
            )
    if fact is None or (fact is ReportSubmitted and kinds is None):
        return
    fact = event_of(measure, fact, kinds or ())
    against = COUNTABLE.get(measure.unless or "")
    if against is not None and against.aggregate_field != fact.aggregate_field:
        same = [e for e, f in COUNTABLE.items() if f.aggregate_field == fact.aggregate_field]
        shown = ", ".join(e for e in same if e != fact.event)
        yield measures.problem(
            (*path, "unless"),
            f"{against.event} không cùng đối tượng với {fact.event}; dùng: {shown}",
            f"{against.event} is not about the same thing as {fact.event}; use: {shown}",
        )
    if not isinstance(measure, CountMeasure) and measure.field in fact.model_fields:
        if kind_of(fact, measure.field) != "number":
            yield measures.problem(
                (*path, "field"),
                f"“{measure.field}” không phải số, không tính được; {_numbers(fact)[0]}",
                f"“{measure.field}” is no number to compute with; {_numbers(fact)[1]}",
            )
    elif not isinstance(measure, CountMeasure):
        yield unknown_field(measures, (*path, "field"), fact, measure.field)
    for at, test in enumerate(measure.where):
        yield from check_field_test(measures, (*path, "where", at), fact, test)
    yield from check_possible(measures, (*path, "where"), measure.where)
    first, end = measure.from_day, measure.before_day
    if first is not None and end is not None and first >= end:
        yield measures.problem(
            (*path, "before_day"),
            f"{end} không sau from_day {first}: không sự kiện nào được tính; sửa một ngày",
            f"{end} is not after from_day {first}: nothing is counted; correct one of them",
        )


def _numbers(fact: type[Fact]) -> tuple[str, str]:
    names = [name for name in fact.model_fields if kind_of(fact, name) == "number"]
    shown = ", ".join(names) or "—"
    return f"trường số của {fact.event}: {shown}", f"numbers of {fact.event}: {shown}"


def _parts(measures: Measures, name: str, named: frozenset[str]) -> Iterator[FileProblem]:
    measure = measures.value[name]
    for path, part in parts_of(measure):
        if part not in named:
            vi, en = did_you_mean(part, named - {name})
            yield measures.problem(
                (name, *path),
                f"không có chỉ số “{part}” trong measures; {vi}",
                f"there is no measure “{part}”; {en}",
            )
        elif isinstance(measures.value.get(part), DaysLateMeasure) and not (
            isinstance(measure, MetMeasure) and asks_a_state(path)
        ):
            yield measures.problem(
                (name, *path),
                f"“{part}” là tình trạng thực hiện, không phải số; chọn một chỉ số có số",
                f"“{part}” is the state of an obligation and no number; choose one that is",
            )
