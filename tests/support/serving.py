"""An ASGI application behind a real uvicorn on a free port, in this process and loop."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI

from services.chassis.http.server import LimitedProtocol
from tests.support.declared import Declared


class QuietServer(uvicorn.Server):
    """uvicorn that leaves the signals to pytest."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """Serve `app` with its lifespan while the block runs; yields its base URL.

    Where it is no whole service, which does so by itself, the token issuer's keys are fetched.
    Fails at the end when an answer was given that its OpenAPI document does not declare.
    """
    declared = Declared(app)
    config = uvicorn.Config(
        declared, host="127.0.0.1", port=0, log_config=None, access_log=False, http=LimitedProtocol
    )
    server = QuietServer(config)
    whole = hasattr(app.state, "lifespan")
    parts = () if whole else app.state.authenticator.parts
    beside = [asyncio.create_task(part.run()) for part in parts]
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:
            if task.done():
                await task
                raise RuntimeError("the application did not start")
            await asyncio.sleep(0.005)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task
        await asyncio.gather(*(part.stop() for part in parts), *beside)
    declared.check()
