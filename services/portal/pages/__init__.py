"""The pages, each with its route; what they look like is in templates/."""

from services.portal.pages import (
    calendar,
    essays,
    figures,
    fixed_reports,
    home,
    judging,
    login,
    obligations,
    orders,
    points,
    points_history,
    publications,
    reports,
    standings,
    subscriptions,
    units,
    units_below,
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
    subscriptions.router,
    calendar.router,
    points_history.router,
    units_below.router,
)
"""The routers of all pages."""
