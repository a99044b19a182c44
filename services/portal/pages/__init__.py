"""The pages, each with its route; what they look like is in templates/."""

from services.portal.pages import (
    essays,
    figures,
    fixed_reports,
    home,
    judging,
    login,
    obligations,
    orders,
    points,
    publications,
    reports,
    standings,
    units,
)

PAGES = (
    login.router,
    home.router,
    judging.router,
    obligations.router,
    essays.router,
    orders.router,
    reports.router,
    figures.router,
    fixed_reports.router,
    points.router,
    publications.router,
    standings.router,
    units.router,
)
"""The routers of all pages."""
