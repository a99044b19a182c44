"""The pages, each with its route; what they look like is in templates/."""

from services.portal.pages import (
    essays,
    home,
    judging,
    login,
    obligations,
    orders,
    points,
    publications,
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
    points.router,
    publications.router,
    standings.router,
    units.router,
)
"""The routers of all pages."""
