"""Checks of conditions: states are asked of obligations, and nothing is asked that cannot be.

What is claimed is proven (`proofs`): a condition that never holds, and one that always does.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from services.contracts.campaign.document import Path
from services.contracts.campaign.measuring import (
    AllOf,
    AnyOf,
    Condition,
    Measure,
    MetMeasure,
    Not,
    comparisons,
)
from services.contracts.campaign.measuring.proving.proofs import Proofs, asks, has_state
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem


class Asked(NamedTuple):
    """A condition, and where it stands."""

    path: Path
    condition: Condition
    of_a_kind: bool = False
    """Whether it is a key of a kind of criterion, which reads it itself."""
    decides: bool = False
    """Whether one that always holds would make what it stands in pointless."""


def conditions_of_measures(measures: Mapping[str, Measure]) -> Iterator[Asked]:
    """Every condition of which a measure counts whether it holds."""
    for name, measure in measures.items():
        if isinstance(measure, MetMeasure):
            for at, condition in enumerate(measure.conditions):
                yield Asked((name, "conditions", at), condition, of_a_kind=True, decides=True)


def check_condition(file: FilePart[Any], asked: Asked, proofs: Proofs) -> Iterator[FileProblem]:
    """It asks what its measures can answer, and can hold. `file`: the part that it stands in."""
    yield from _askable(file, asked, proofs.measures)
    yield from _possible(file, asked, proofs)


def _askable(
    file: FilePart[Any], asked: Asked, measures: Mapping[str, Measure]
) -> Iterator[FileProblem]:
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


def _possible(file: FilePart[Any], asked: Asked, proofs: Proofs) -> Iterator[FileProblem]:
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
