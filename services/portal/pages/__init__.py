"""The pages, each with its route; what they look like is in templates/."""

from services.portal.pages import essays, home, login, obligations, points, standings, units

PAGES = (
    login.router,
    home.router,
    obligations.router,
    essays.router,
    points.router,
    standings.router,
    units.router,
)
"""The routers of all pages."""
