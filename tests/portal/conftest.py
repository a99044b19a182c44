"""The portal in this process, at the local issuer, with services or without."""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from shutil import which
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from infra.local.issuer import Issuer
from infra.local.ports import free_port
from infra.local.stack import Stack
from services.portal.app import create_app
from services.portal.settings import PortalSettings
from tests.simulated_year.test_year import small_campaign
from tests.submissions.declared import with_reports
from tests.support.absent import not_tried
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


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole system with the campaign of 2020 and a kind of report, on 17 December 2019; one for
    all tests of pages, which leave every service running."""
    directory = tmp_path_factory.mktemp("portal")
    campaign = small_campaign(directory)
    plan = campaign / "plan.yaml"
    plan.write_text(with_reports(plan.read_text()))
    with Stack(directory / "stack", kind="wheel", campaign=campaign) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. Of one file: while it runs, no test of the same process can be a coroutine."""
    program = which("chromium")
    if program is None:
        not_tried("chromium", "install it (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()
