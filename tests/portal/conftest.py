"""The portal in this process, at the local issuer, with services or without."""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import uvicorn

from infra.local.issuer import Issuer
from infra.local.ports import free_port
from services.portal.app import create_app
from services.portal.settings import PortalSettings
from tests.support.serving import QuietServer

Serve = Callable[..., AbstractAsyncContextManager[str]]


def portal_settings(issuer: Issuer, **more: Any) -> PortalSettings:
    """Settings of a portal at that issuer; where no service is named, none answers."""
    nobody = f"http://127.0.0.1:{free_port()}"
    values = {
        "environment": "local",
        "public_url": "http://127.0.0.1:1",
        "submissions_url": nobody,
        "scoring_url": nobody,
        "notifications_url": nobody,
        "jwks_url": issuer.jwks_url,
        "token_issuer": issuer.url,
        "session_key": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    return PortalSettings(**{**values, **more})


@pytest.fixture
def portal(issuer: Issuer) -> Serve:
    """`async with portal(…) as base`: a portal that is served."""

    @asynccontextmanager
    async def serve(**more: Any) -> AsyncIterator[str]:
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        app = create_app(portal_settings(issuer, public_url=base, **more), lambda: None)
        server = QuietServer(
            uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False)
        )
        task = asyncio.create_task(server.serve())
        while not server.started:
            assert not task.done(), "the portal did not start"
            await asyncio.sleep(0.01)
        try:
            yield base
        finally:
            server.should_exit = True
            await task

    return serve


@pytest.fixture
def issuer_url(issuer: Issuer) -> str:
    """Where the local issuer is."""
    return issuer.url
