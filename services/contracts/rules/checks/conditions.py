"""Checks of conditions: states are asked of obligations, and nothing is asked that cannot be.

What is claimed is proven (`proofs`): a condition that never holds, one that always does, a rung
that is never reached because an earlier one always holds before it.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from services.contracts.campaign.document import Path
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.rules import (
    AllOf,
    AnyOf,
    Condition,
    Measure,
    MetMeasure,
    Not,
    Table,
    comparisons,
)
from services.contracts.rules.checks.tables import Tables, criteria_of, groups_of
from services.contracts.rules.criteria import FirstRung, Leader, YesNo
from services.contracts.rules.proving.proofs import Proofs, asks, has_state

File = Tables | FilePart[dict[str, Measure]]
"""The part of a file that has the conditions."""


class Asked(NamedTuple):
    """A condition of a table, and where it stands."""

    path: Path
    condition: Condition
    of_a_kind: bool = False
    """Whether it is a key of a kind of criterion, which reads it itself."""
    decides: bool = False
    """Whether one that always holds would make what it stands in pointless."""


def conditions_of(at: int, table: Table) -> Iterator[Asked]:
    """Every condition of the table with that number."""
    for path, group in groups_of(at, table):
        if group.assigned_to is not None and group.assigned_to.when is not None:
            yield Asked((*path, "assigned_to", "when"), group.assigned_to.when)
    for path, criterion in criteria_of(at, table):
        if criterion.assigned_to is not None and criterion.assigned_to.when is not None:
            yield Asked((*path, "assigned_to", "when"), criterion.assigned_to.when)
        if isinstance(criterion, YesNo):
            yield Asked((*path, "when"), criterion.when, of_a_kind=True, decides=True)
        elif isinstance(criterion, Leader) and criterion.among is not None:
            yield Asked((*path, "among"), criterion.among, of_a_kind=True)
        elif isinstance(criterion, FirstRung):
            for r, rung in enumerate(criterion.rungs):
                yield Asked((*path, "rungs", r, "when"), rung.when, of_a_kind=True)
    for k, knock_out in enumerate(table.knock_outs):
        yield Asked((at, "knock_outs", k, "when"), knock_out.when, decides=True)


def conditions_of_measures(measures: Mapping[str, Measure]) -> Iterator[Asked]:
    """Every condition of which a measure counts whether it holds."""
    for name, measure in measures.items():
        if isinstance(measure, MetMeasure):
            for at, condition in enumerate(measure.conditions):
                yield Asked((name, "conditions", at), condition, of_a_kind=True, decides=True)


def check_conditions(
    tables: Tables | None, measures: FilePart[dict[str, Measure]] | None
) -> Iterator[FileProblem]:
    """Each condition asks what its measures can answer, and can hold; each rung can be reached."""
    if measures is None:
        return
    proofs = Proofs(measures.value)
    for asked in conditions_of_measures(measures.value):
        yield from _askable(measures, asked, measures.value)
        yield from _possible(measures, asked, proofs)
    if tables is None:
        return
    for at, table in enumerate(tables.value):
        never: set[Path] = set()
        for asked in conditions_of(at, table):
            found = [
                *_askable(tables, asked, measures.value),
                *_possible(tables, asked, proofs),
            ]
            yield from found
            if found:
                never.add(asked.path)
        for path, criterion in criteria_of(at, table):
            if isinstance(criterion, FirstRung):
                yield from _rungs(tables, (*path, "rungs"), criterion, proofs, never)


def _askable(file: File, asked: Asked, measures: Mapping[str, Measure]) -> Iterator[FileProblem]:
    for path, comparison in comparisons(asked.condition):
        place = (*asked.path, *path)
        if not asks(comparison) and not file.document.is_incomplete(place):
            yield file.problem(
                place,
                "không so sánh gì; thêm is, at_least, more_than, at_most, less_than hoặc given",
                "compares nothing; add is, at_least, more_than, at_most, less_than or given",
            )
        measure = measures.get(comparison.measure)
        if measure is not None and not has_state(comparison, measure):
            yield file.problem(
                (*place, "is"),
                f"“{comparison.equals}” là tình trạng thực hiện, nhưng {comparison.measure} "
                f"thuộc kiểu {measure.kind}; dùng một chỉ số days-late, hoặc so với một số",
                f"“{comparison.equals}” is a state of an obligation, but {comparison.measure} is "
                f"of kind {measure.kind}; name a days-late measure, or compare with a number",
            )


def _possible(file: File, asked: Asked, proofs: Proofs) -> Iterator[FileProblem]:
    if file.document.is_incomplete(asked.path):
        return
    dead = _dead(asked.condition, asked.path, proofs)
    for path in dead:
        yield file.problem(
            path,
            "điều kiện không bao giờ đúng; sửa một con số, hoặc bỏ đi",
            "can never hold; correct a number in it, or remove it",
        )
    if not dead and asked.decides and proofs.truth(asked.condition) == {True}:
        yield file.problem(
            asked.path,
            "điều kiện luôn luôn đúng, với mọi đơn vị; sửa một con số trong đó",
            "always holds, for every unit; correct a number in it",
        )


def _dead(condition: Condition, path: Path, proofs: Proofs) -> list[Path]:
    """The smallest parts of a condition, itself included, that can never hold."""
    inside: list[tuple[Path, Condition]] = []
    if isinstance(condition, AllOf):
        inside = [((*path, "all", at), part) for at, part in enumerate(condition.all_of)]
    elif isinstance(condition, AnyOf):
        inside = [((*path, "any", at), part) for at, part in enumerate(condition.any_of)]
    elif isinstance(condition, Not):
        inside = [((*path, "not"), condition.negated)]
    found = [dead for place, part in inside for dead in _dead(part, place, proofs)]
    return found or ([path] if proofs.truth(condition) == {False} else [])


def _rungs(
    tables: Tables,
    path: Path,
    criterion: FirstRung,
    proofs: Proofs,
    never: set[Path],
) -> Iterator[FileProblem]:
    """Rungs that can hold, but not before an earlier one does."""
    if tables.document.is_incomplete(path):
        return
    usable = [at for at in range(len(criterion.rungs)) if (*path, at, "when") not in never]
    whens = {at: criterion.rungs[at].when for at in usable}
    for place, at in enumerate(usable):
        earlier = usable[:place]
        group = _covering(whens[at], {one: whens[one] for one in earlier}, proofs)
        if group:
            lines = ", ".join(str(tables.document.line((*path, one))) for one in group)
            yield tables.problem(
                (*path, at),
                f"không bao giờ tới: khi bậc này đúng thì bậc ở dòng {lines} đã đúng trước; "
                "đổi thứ tự hoặc con số",
                f"is never reached: whenever it holds, the rung in line {lines} held before; "
                "change the order or a number",
            )


def _covering(when: Condition, earlier: Mapping[int, Condition], proofs: Proofs) -> list[int]:
    """Earlier rungs of which one always holds when this one does, no more than it takes."""
    for one in earlier:
        if proofs.covered(when, [earlier[one]]):
            return [one]
    group = list(earlier)
    if len(group) < 2 or not proofs.covered(when, list(earlier.values())):  # noqa: PLR2004  # one alone was tried
        return []
    for one in earlier:
        fewer = [other for other in group if other != one]
        if proofs.covered(when, [earlier[other] for other in fewer]):
            group = fewer
    return group
