"""The catalogue of figures, as the plan has it, for people and programs. Pure."""

from services.contracts.campaign.campaign import Campaign
from services.contracts.wording import period_title
from services.submissions.figures.rights import reporters
from services.submissions.figures.schemas import CataloguedFigureOut, CatalogueOut, PeriodOut


def catalogue_of(campaign: Campaign) -> CatalogueOut:
    """Every figure of the newest version of the plan, in the plan's order."""
    plan = campaign.plan
    figures = []
    for name, figure in plan.figures.items():
        periods = figure.known_periods(plan.opens, plan.closes)
        figures.append(
            CataloguedFigureOut(
                name=name,
                title=figure.title,
                kind=figure.kind,
                min=figure.min,
                max=figure.max,
                periods=None
                if periods is None
                else [PeriodOut(period=one, title=period_title(one)) for one in periods],
                reported_by=list(figure.reported_by),
                reporters=reporters(figure, plan, campaign.units),
            )
        )
    return CatalogueOut(figures=figures, takes_any=plan.takes_any_figure)
