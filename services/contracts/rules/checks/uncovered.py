"""Advice on `first-rung`: the cases that no rung names and that `otherwise` therefore takes.

The plain rest of a list, as "fewer than 3" below "10 or more" and "3 or more", is what `otherwise`
is for. A case between two rungs, or one of several measures at once, is easily one that was
forgotten: it is said in the words of the table.
"""

from collections.abc import Iterator

from services.contracts.campaign.document import Path
from services.contracts.campaign.measuring.proving.case_words import case_words, is_one_end
from services.contracts.campaign.measuring.proving.cases import SituationsOf
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.rules import Measure
from services.contracts.rules.checks.tables import Tables, criteria_of
from services.contracts.rules.criteria import FirstRung
from services.contracts.wording import plain

_LISTED = 5
"""Cases said one by one; the rest are only counted."""


def check_uncovered(
    tables: Tables | None, measures: FilePart[dict[str, Measure]] | None
) -> Iterator[FileProblem]:
    """Each case that falls to `otherwise` and is more than the plain rest."""
    if tables is None or measures is None:
        return
    situations = SituationsOf(measures.value)
    for at, table in enumerate(tables.value):
        for path, criterion in criteria_of(at, table):
            if isinstance(criterion, FirstRung) and not tables.document.is_incomplete(path):
                yield from _uncovered(tables, path, criterion, situations)


def _uncovered(
    tables: Tables, path: Path, criterion: FirstRung, situations: SituationsOf
) -> Iterator[FileProblem]:
    found = situations.of([rung.when for rung in criterion.rungs])
    if found is None:
        return
    values = {name: known for name in found.measures if (known := situations.values(name))}
    cases = found.left_over()
    if not cases or (len(cases) == 1 and is_one_end(cases[0], found, values)):
        return
    words = [case_words(one, found, situations.measures, values) for one in cases[:_LISTED]]
    vi = "; ".join(f"({n}) {one.vi}" for n, one in enumerate(words, 1))
    en = "; ".join(f"({n}) {one.en}" for n, one in enumerate(words, 1))
    if (more := len(cases) - _LISTED) > 0:
        vi, en = f"{vi}; và {more} trường hợp khác", f"{en}; and {more} more"
    points = plain(criterion.otherwise)
    yield tables.problem(
        (*path, "otherwise"),
        f"không bậc nào nêu, nên đều được {points} điểm của otherwise: {vi}; nếu không định như "
        "vậy, thêm một bậc cho từng trường hợp",
        f"no rung names these cases, so that all get the {points} of otherwise: {en}; where that "
        "is not meant, add a rung for each",
        warning=True,
    )
