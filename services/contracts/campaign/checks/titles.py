"""Checks of titles: what a sentence or a page names has words for people, not only a code."""

from collections.abc import Collection, Iterator

from services.contracts.campaign.document import Document
from services.contracts.campaign.explain import did_you_mean, problem
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import UnitRows
from services.contracts.wording import Bilingual

Titles = FilePart[dict[str, Bilingual]]


def check_titles(
    plan: Document, levels: Titles | None, clusters: Titles | None, units: UnitRows | None
) -> Iterator[FileProblem]:
    """Each level and cluster of units.csv has a title, and each title has its units."""
    if units is None:
        return
    yield from _titles(plan, "levels", levels, units.levels)
    yield from _titles(plan, "clusters", clusters, units.clusters)


def _titles(
    plan: Document, key: str, titles: Titles | None, used: Collection[str]
) -> Iterator[FileProblem]:
    if titles is None and plan.at(key) is not None:
        return  # it could not be read, and that is a problem already
    titled = titles.value if titles is not None else {}
    if untitled := ", ".join(sorted(set(used) - set(titled))):
        yield problem(
            plan if titles is None else titles.document,
            (),
            f"{key}: chưa có tên: {untitled}; thêm cho từng mã một dòng mã: {{vi: …, en: …}}",
            f"{key}: without a title: {untitled}; add a line code: {{vi: …, en: …}} for each",
            warning=True,
        )
    for name in titled:
        if titles is not None and name not in used:
            vi, en = did_you_mean(name, used)
            yield titles.problem(
                (name,),
                f"không đơn vị nào trong units.csv có “{name}”; {vi}",
                f"no unit in units.csv has “{name}”; {en}",
            )
