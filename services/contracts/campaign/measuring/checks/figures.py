"""Checks of measures over figures: names and periods are those of the plan's catalogue."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.contracts.campaign.document import Path
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.figure_catalogue import FigurePlan, takes_any
from services.contracts.campaign.measuring import FactMeasure, FieldTest
from services.contracts.campaign.measuring.checks.field_tests import Measures
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.events import FigureReported


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The figures of the plan, and its days."""

    figures: FilePart[dict[str, FigurePlan]] | None
    """None where the plan has no catalogue, or one that could not be read."""
    opens: FilePart[date] | None
    closes: FilePart[date] | None

    def names(self) -> set[str] | None:
        """Every name that there is; None: any."""
        figures = self.figures
        if figures is None or takes_any(figures.value, given=True):
            return None
        return None if figures.document.is_incomplete() else set(figures.value)

    def periods(self, names: list[str]) -> set[str] | None:
        """Every period of these figures, of all where none is named; None: any."""
        if self.figures is None or self.opens is None or self.closes is None:
            return None
        figures = self.figures.value
        found: set[str] = set()
        for name in names or figures:
            known = figures[name].known_periods(self.opens.value, self.closes.value)
            if known is None:
                return None
            found.update(known)
        return found


def check_figures_counted(measures: Measures | None, catalogue: Catalogue) -> Iterator[FileProblem]:
    """Each measure over figures names some that are reported, for periods that they have."""
    if measures is None:
        return
    known = catalogue.names()
    for name, measure in measures.value.items():
        if not isinstance(measure, FactMeasure) or measure.of != FigureReported.event:
            continue
        tests = list(enumerate(measure.where))
        for at, test in tests:
            if test.field == "figure":
                yield from _not_both(measures, (name, "where", at), test, catalogue)
        if known is None:
            continue
        named: list[str] = []
        for at, test in tests:
            if test.field == "name":
                named += [text for _, text in _texts(test)]
                yield from _unknown(measures, (name, "where", at), test, known, _NAME)
        periods = catalogue.periods([one for one in named if one in known])
        for at, test in tests:
            if test.field == "period" and periods is not None:
                yield from _unknown(measures, (name, "where", at), test, periods, _PERIOD)


def _not_both(
    measures: Measures, path: Path, test: FieldTest, catalogue: Catalogue
) -> Iterator[FileProblem]:
    """The field `figure` is name and period together: a name alone would never be found."""
    known = catalogue.names()
    for inside, text in _texts(test):
        name, colon, period = text.partition(":")
        if colon and (known is None or name in known):
            periods = catalogue.periods([name]) if known is not None else None
            if periods is None or period in periods:
                continue
        period = period or "…"
        yield measures.problem(
            (*path, *inside),
            f"trường figure gồm cả tên và kỳ (“tên:kỳ”), không bao giờ là “{text}”; viết"
            f" {{field: name, is: {name}}} và {{field: period, is: {period}}}",
            f"the field figure is name and period together (“name:period”), and never “{text}”;"
            f" write {{field: name, is: {name}}} and {{field: period, is: {period}}}",
        )


_NAME = "plan.yaml không có số liệu “{}” trong figures", "plan.yaml has no figure “{}”"
_PERIOD = "số liệu này không báo cáo cho kỳ “{}”", "this figure is not reported for “{}”"


def _unknown(
    measures: Measures, path: Path, test: FieldTest, known: set[str], words: tuple[str, str]
) -> Iterator[FileProblem]:
    for inside, text in _texts(test):
        if text not in known:
            vi, en = did_you_mean(text, known)
            yield measures.problem(
                (*path, *inside),
                f"{words[0].format(text)}; {vi}",
                f"{words[1].format(text)}; {en}",
            )


def _texts(test: FieldTest) -> Iterator[tuple[Path, str]]:
    if isinstance(test.equals, str):
        yield ("is",), test.equals
    for at, text in enumerate(test.one_of or ()):
        yield ("one_of", at), text
