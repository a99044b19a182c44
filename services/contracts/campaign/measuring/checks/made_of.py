"""Checks of measures that are made of measures: no circles, no long chains, no part named twice.

Both are walked with a list of our own and not by calls: what is checked here is what would exhaust
them.
"""

from collections.abc import Iterator

from services.contracts.campaign.measuring import parts_of
from services.contracts.campaign.measuring.checks.field_tests import Measures
from services.contracts.campaign.measuring.proving.measure_values import MOST_LAYERS
from services.contracts.campaign.problems import FileProblem

_SHOWN_OF_A_CIRCLE = 8
"""Names of measures; a longer circle is recognised by these."""


def check_made_of(measures: Measures) -> Iterator[FileProblem]:
    """Each circle once, at its first line; each chain at the measure that is too much."""
    for name in measures.value:
        yield from _parts_named_twice(measures, name)
    layers: dict[str, int] = {}
    circles = [circle for name in measures.value for circle in _walk(measures, name, layers)]
    yield from circles
    for name, count in layers.items():
        # A circle is a chain as well. Who is made of what is too deep is so for its sake.
        if count == MOST_LAYERS + 1 and not circles:
            yield measures.problem(
                (name,),
                f"chỉ số chồng hơn {MOST_LAYERS} tầng; gộp bớt các chỉ số mà nó gồm",
                f"is made of measures over more than {MOST_LAYERS} layers; join some of them",
            )


def _parts_named_twice(measures: Measures, name: str) -> Iterator[FileProblem]:
    seen: set[str] = set()
    measure = measures.value[name]
    if measure.kind != "total":
        return  # a share of itself is 100 %, and harmless
    for path, part in parts_of(measure):
        if part in seen:
            yield measures.problem(
                (name, *path),
                f"“{part}” đã có trong chỉ số này; mỗi chỉ số một lần, nhân thì dùng trọng số của "
                "tiêu chí",
                f"“{part}” is there already; name each measure once, and multiply by the weights "
                "of a criterion",
            )
        seen.add(part)


def _walk(measures: Measures, start: str, layers: dict[str, int]) -> Iterator[FileProblem]:
    """Adds how many layers of measures each measure is made of, a circle counting as none."""
    if start in layers:
        return
    above: dict[str, int] = {start: 0}  # the measures on the way down, with their layers so far
    left = [_names(measures, start)]
    while left:
        name = next(reversed(above))
        part = next(left[-1], None)
        if part is None:
            left.pop()
            layers[name] = above.pop(name)
            if above:
                over = next(reversed(above))
                above[over] = max(above[over], layers[name] + 1)
        elif part in above:
            yield _circle(measures, list(above)[list(above).index(part) :])
        elif part in layers:
            above[name] = max(above[name], layers[part] + 1)
        elif part in measures.value:
            above[part] = 0
            left.append(_names(measures, part))


def _names(measures: Measures, name: str) -> Iterator[str]:
    return (part for _, part in parts_of(measures.value[name]))


def _circle(measures: Measures, circle: list[str]) -> FileProblem:
    first = min(circle, key=lambda one: measures.document.line((one,)))
    named = circle if len(circle) <= _SHOWN_OF_A_CIRCLE else [*circle[:_SHOWN_OF_A_CIRCLE], "…"]
    shown = " → ".join((*named, circle[0]))
    return measures.problem(
        (first,),
        f"các chỉ số tạo thành vòng {shown}; bỏ một chỉ số khỏi vòng",
        f"the measures form a circle {shown}; take one of them out of it",
    )
