"""Checks of conditions: states are asked of obligations, and nothing is asked that cannot be.

What is claimed is proven (`proofs`): a condition that never holds, one that always does, a rung
that is never reached because an earlier one always holds before it.
"""

from collections.abc import Iterator, Mapping

from services.contracts.campaign.document import Path
from services.contracts.campaign.measuring.checks.conditions import (
    Asked,
    check_condition,
    conditions_of_measures,
)
from services.contracts.campaign.measuring.proving.proofs import Proofs
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.rules import (
    Condition,
    Measure,
    Table,
)
from services.contracts.rules.checks.tables import Tables, criteria_of, groups_of
from services.contracts.rules.criteria import FirstRung, Leader, YesNo


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
        if knock_out.when is not None:
            yield Asked((at, "knock_outs", k, "when"), knock_out.when, decides=True)


def check_conditions(
    tables: Tables | None, measures: FilePart[dict[str, Measure]] | None
) -> Iterator[FileProblem]:
    """Each condition asks what its measures can answer, and can hold; each rung can be reached."""
    if measures is None:
        return
    proofs = Proofs(measures.value)
    for asked in conditions_of_measures(measures.value):
        yield from check_condition(measures, asked, proofs)
    if tables is None:
        return
    for at, table in enumerate(tables.value):
        never: set[Path] = set()
        for asked in conditions_of(at, table):
            found = [*check_condition(tables, asked, proofs)]
            yield from found
            if found:
                never.add(asked.path)
        for path, criterion in criteria_of(at, table):
            if isinstance(criterion, FirstRung):
                yield from _rungs(tables, (*path, "rungs"), criterion, proofs, never)


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
