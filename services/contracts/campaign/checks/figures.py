"""Checks of the catalogue of figures against the other parts of a campaign."""

from collections.abc import Iterator

from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.figure_catalogue import FigurePlan, TitledFigure
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import UnitRows

Figures = FilePart[dict[str, FigurePlan]]


def check_figures(figures: Figures | None, units: UnitRows | None) -> Iterator[FileProblem]:
    """Units that report a figure exist; advice for a figure of which the plan says only a title."""
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
        for at, word in enumerate(figure.reported_by):
            if units is not None and word in figure.reporting_units() and word not in units.codes:
                vi, en = did_you_mean(word, units.codes)
                yield figures.problem(
                    (name, "reported_by", at),
                    f"units.csv không có đơn vị {word}; {vi}",
                    f"units.csv has no unit {word}; {en}",
                )
