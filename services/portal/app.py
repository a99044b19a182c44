"""The composition root of the portal: one screen."""

from collections.abc import Callable

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from services.chassis.http.edge import Edge
from services.chassis.observability.health import Health
from services.chassis.observability.metrics import Metrics
from services.portal import operations
from services.portal.api import ServicesOverHttp
from services.portal.campaigns import KnownCampaigns
from services.portal.errors import AnsweredErrors, add_handlers, refuse_foreign_form
from services.portal.guard import PageGuard
from services.portal.language import LanguageOfPath
from services.portal.login.cookies import SealedCookies
from services.portal.login.flow import LoginFlow
from services.portal.login.provider import Provider
from services.portal.login.session import Sessions
from services.portal.metrics import METRICS
from services.portal.pages import PAGES
from services.portal.rendering import STATIC
from services.portal.running import PortalLifespan
from services.portal.settings import PortalSettings
from services.portal.visit import Portal


def create_app(settings: PortalSettings, on_death: Callable[[], None]) -> FastAPI:
    """The application; nothing is connected yet."""
    metrics = Metrics(METRICS)
    health = Health(metrics)
    cookies = SealedCookies(
        settings.session_key.get_secret_value(),
        settings.previous_session_keys.get_secret_value(),
        secure=settings.is_secure,
    )
    provider, services = Provider(settings, metrics), ServicesOverHttp(settings)
    lifespan = PortalLifespan(provider, services, health, on_death)
    app = FastAPI(
        lifespan=lifespan.lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        redirect_slashes=False,
    )
    app.state.lifespan, app.state.metrics, app.state.health = lifespan, metrics, health
    app.state.portal = Portal(
        settings,
        services,
        Sessions(cookies, int(settings.session_hours * 3600)),
        LoginFlow(settings, provider, cookies),
        KnownCampaigns(),
    )
    for router in (operations.router, *PAGES):
        app.include_router(router)
    app.mount("/assets", StaticFiles(directory=STATIC))
    add_handlers(app)
    app.add_middleware(AnsweredErrors, of=app)
    app.add_middleware(
        PageGuard,
        origin=settings.origin,
        provider=settings.provider_origin,
        refuse=refuse_foreign_form(app),
    )
    app.add_middleware(LanguageOfPath)
    app.add_middleware(Edge, metrics=metrics, max_body_bytes=settings.max_body_bytes)
    return app
