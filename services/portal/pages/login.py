"""Login and logout."""

import time

import structlog
from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from services.chassis.observability import trace
from services.portal.language import in_language
from services.portal.login.cookies import TooLargeForCookiesError
from services.portal.login.flow import CALLBACK, local_path
from services.portal.login.provider import LoginRefusedError, ProviderAwayError
from services.portal.metrics import LOGINS
from services.portal.visit import Here

log = structlog.get_logger(__name__)

router = APIRouter()


@router.get("/dang-nhap")
async def sign_in(here: Here, tiep: str = "/") -> Response:
    """To the provider, and after it to the page that was asked for."""
    try:
        return await here.portal.flow.begin(in_language(local_path(tiep), here.language))
    except ProviderAwayError as error:
        log.error("login is not possible", reason=str(error))
        return here.page("errors/no_login.html", status=503)


@router.get(CALLBACK)
async def come_back(here: Here) -> Response:
    """From the provider."""
    flow, metrics = here.portal.flow, here.request.app.state.metrics
    try:
        session, leads_to = await flow.end(here.request)
        response: Response = RedirectResponse(leads_to, 303)
        here.portal.sessions.keep(response, session, time.time())
    except (LoginRefusedError, TooLargeForCookiesError) as error:
        metrics.count(LOGINS, outcome="refused")
        log.warning("login refused", reason=str(error), trace_id=_trace_id())
        response = here.page("errors/login_refused.html", status=403)
    except ProviderAwayError as error:
        log.error("login is not possible", reason=str(error))
        response = here.page("errors/no_login.html", status=503)
    else:
        metrics.count(LOGINS, outcome="done")
        log.info(
            "login",
            subject=session.subject,
            roles=session.roles,
            unit=session.unit,
            trace_id=_trace_id(),
        )
    flow.forget(response)
    return response


@router.post("/dang-xuat")
async def sign_out(here: Here) -> Response:
    """End the session here and at the provider."""
    try:
        address = await here.portal.flow.logout_address(here.session)
    except ProviderAwayError as error:
        log.warning("the session at the provider goes on", reason=str(error))
        address = "/"
    response = RedirectResponse(address, 303)
    here.portal.sessions.end(response)
    if here.session is not None:
        log.info("logout", subject=here.session.subject, trace_id=_trace_id())
    return response


def _trace_id() -> str | None:
    current = trace.current()
    return current.trace_id if current else None
