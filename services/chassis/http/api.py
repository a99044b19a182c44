"""The HTTP API of a service: guarded routers, refusals as documents, each call traced and timed."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from fastapi import APIRouter, FastAPI

from services.chassis.base import Chassis
from services.chassis.clock import SimulatedClock
from services.chassis.http.edge import Edge
from services.chassis.http.handlers import add_handlers
from services.chassis.http.openapi import describe
from services.chassis.http.operations import clock_router, operations_router
from services.chassis.http.router import GuardedRoute, UndeclaredAccessError

AppLifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_api(
    chassis: Chassis,
    routers: Sequence[APIRouter],
    *,
    title: str,
    description: str,
    lifespan: AppLifespan | None = None,
) -> FastAPI:
    """The application. Raises UndeclaredAccessError when a route does not say who may call it."""
    app = FastAPI(
        title=title,
        description=description,
        version="1",
        lifespan=lifespan,
        docs_url=None,  # its pages load scripts from elsewhere; ours is in operations.py
        redoc_url=None,
        # Traces and metrics are ours, and its logs would hold what a refused body said of people.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        redirect_slashes=False,  # a redirected POST loses its body with some clients
    )
    app.state.chassis = chassis
    every = [*routers, operations_router(chassis)]
    if isinstance(chassis.clock, SimulatedClock):
        every.append(clock_router(chassis.clock))
    app.state.routes = [route for router in every for route in router.routes]
    for router in every:
        for route in router.routes:
            if not isinstance(route, GuardedRoute):
                raise UndeclaredAccessError(
                    f"{getattr(route, 'path', route)} is not guarded: make its router with"
                    " services.chassis.http.Router"
                )
            if not route.include_in_schema:
                raise UndeclaredAccessError(
                    f"{route.path} hides from OpenAPI: the tests of refusals would not find it"
                )
        app.include_router(router)
    add_handlers(app)
    app.add_middleware(
        Edge, metrics=chassis.metrics, max_body_bytes=chassis.settings.max_body_bytes
    )
    describe(app)
    return app
