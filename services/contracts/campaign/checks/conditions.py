"""Checks of what obligations are owed on: measures of the plan, and conditions on them.

As those of rule sets are checked. A mark that a person enters is known to scoring alone, so that no
condition reads one.
"""

from collections.abc import Collection, Iterator, Sequence

from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.measuring import (
    DaysLateMeasure,
    FactMeasure,
    Measure,
    measures_in,
    parts_of,
)
from services.contracts.campaign.measuring.checks.answers import check_kinds_counted
from services.contracts.campaign.measuring.checks.conditions import (
    Asked,
    check_condition,
    conditions_of_measures,
)
from services.contracts.campaign.measuring.checks.figures import Catalogue, check_figures_counted
from services.contracts.campaign.measuring.checks.measures import check_measures
from services.contracts.campaign.measuring.conditions import asks_a_state
from services.contracts.campaign.measuring.proving.proofs import Proofs
from services.contracts.campaign.obligation_plan import ObligationTerms
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.report_kinds import ReportKind
from services.contracts.events import ScoreEntered

Measures = FilePart[dict[str, Measure]]
Obligations = FilePart[Sequence[ObligationTerms]]


def check_plan_measures(
    measures: Measures | None,
    obligations: Collection[str] | None,
    named: frozenset[str],
    kinds: Sequence[ReportKind] | None,
    catalogue: Catalogue,
) -> Iterator[FileProblem]:
    """Each measure counts what there is, as far as intake knows it. `obligations`: all ids;
    `named`: all names of measures, also of those that could not be read."""
    if measures is None:
        return
    yield from check_measures(measures, obligations, named, kinds)
    yield from check_kinds_counted(measures, kinds)
    yield from check_figures_counted(measures, catalogue)
    for name, measure in measures.value.items():
        if isinstance(measure, FactMeasure) and ScoreEntered.event in (measure.of, measure.unless):
            key = "of" if measure.of == ScoreEntered.event else "unless"
            yield measures.problem(
                (name, key),
                "điểm chấm trực tiếp không quyết định nội dung phải thực hiện; dùng sự kiện"
                " khác, hoặc một số liệu báo cáo",
                "marks that people enter decide nothing that is owed: name another event, or a"
                " figure that is reported",
            )


def check_conditions_asked(
    obligations: Obligations | None, measures: Measures | None, named: frozenset[str]
) -> Iterator[FileProblem]:
    """Each condition reads measures that there are, asks what they can answer, and can hold."""
    known = measures.value if measures is not None else {}
    read: set[str] = set()
    proofs = Proofs(known)
    if measures is not None:
        for asked in conditions_of_measures(known):
            yield from check_condition(measures, asked, proofs)
    for at, planned in enumerate(obligations.value if obligations is not None else ()):
        if obligations is None or planned.only_if is None or planned.only_if.when is None:
            continue
        when, place = planned.only_if.when, (at, "only_if", "when")
        for path, name in measures_in(when):
            read.add(name)
            if name not in named:
                vi, en = did_you_mean(name, named)
                yield obligations.problem(
                    (*place, *path),
                    f"không có chỉ số “{name}” trong measures của plan.yaml; {vi}",
                    f"plan.yaml has no measure “{name}” under measures; {en}",
                )
            elif isinstance(known.get(name), DaysLateMeasure) and not asks_a_state(path):
                yield obligations.problem(
                    (*place, *path),
                    f"“{name}” là tình trạng thực hiện, không phải số; chọn một chỉ số có số",
                    f"“{name}” is the state of an obligation and no number; choose one that is",
                )
        if all(name in known for _, name in measures_in(when)):
            yield from check_condition(obligations, Asked(place, when, decides=True), proofs)
    if measures is None or obligations is None:
        return  # what could not be read may read any of them
    if not obligations.document.is_incomplete():
        read |= {part for measure in known.values() for _, part in parts_of(measure)}
        for name in known:
            if name not in read:
                yield measures.problem(
                    (name,),
                    "không điều kiện nào dùng chỉ số này; bỏ đi, hoặc dùng trong only_if",
                    "no condition reads it: remove it, or name it in an only_if",
                    warning=True,
                )
