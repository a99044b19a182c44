"""Checks of the catalogue of figures against the other parts of a campaign."""

from collections.abc import Iterator

from services.contracts.campaign.checks.audience import Days, check_audience
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.figure_catalogue import FigurePlan, TitledFigure
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import UnitRows

Figures = FilePart[dict[str, FigurePlan]]


def check_figures(
    figures: Figures | None, units: UnitRows | None, days: Days | None
) -> Iterator[FileProblem]:
    """Units that report a figure, and of which it is reported, exist; advice for a figure of which
    the plan says only a title. `days`: of the campaign."""
    if figures is None:
        return
    for name, figure in figures.value.items():
        if isinstance(figure, TitledFigure):
            yield figures.problem(
                (name,),
                "chỉ có tên, nên nhận mọi số, mọi kỳ và mọi người báo cáo; ghi title, kind,"
                " periods, reported_by",
                "a title alone, so any number, period and reporter is taken; say title, kind,"
                " periods and reported_by",
                warning=True,
            )
            continue
        if figure.applies_to is not None:
            path = (name, "applies_to")
            yield from check_audience(figures, path, figure.applies_to, units, days)
        for at, word in enumerate(figure.reported_by):
            if units is not None and word in figure.reporting_units() and word not in units.codes:
                vi, en = did_you_mean(word, units.codes)
                yield figures.problem(
                    (name, "reported_by", at),
                    f"units.csv không có đơn vị {word}; {vi}",
                    f"units.csv has no unit {word}; {en}",
                )
