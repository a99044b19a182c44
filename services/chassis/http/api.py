"""The HTTP API of a service: guarded routers, refusals as documents, each call traced and timed."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from services.chassis.base import Chassis
from services.chassis.clock import SimulatedClock
from services.chassis.http import operations, simulated_clock
from services.chassis.http.context import MissingContextError, asked_for, by_type
from services.chassis.http.edge import Edge
from services.chassis.http.handlers import add_handlers
from services.chassis.http.openapi import describe
from services.chassis.http.router import GuardedRoute, UndeclaredAccessError
from services.chassis.http.tokens import Authenticator

AppLifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_api(
    chassis: Chassis,
    routers: Sequence[APIRouter],
    *,
    title: str,
    description: str,
    contexts: Sequence[object] = (),
    authenticator: Authenticator | None = None,
    lifespan: AppLifespan | None = None,
) -> FastAPI:
    """The application. `contexts` are what its endpoints get by `Depends(context_of(…))`.

    The parts of the `authenticator` (one of its own, unless given) are run by whoever serves it.

    Raises UndeclaredAccessError when a route does not declare who may call it, and
    MissingContextError when one asks for a context that is not there.
    """
    app = FastAPI(
        title=title,
        description=description,
        version="1",
        lifespan=lifespan,
        docs_url=None,  # its pages load scripts from elsewhere; ours is in operations.py
        redoc_url=None,
        # Traces and metrics are ours, and its logs would hold personal data of refused bodies.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        redirect_slashes=False,  # a redirected POST loses its body with some clients
    )
    every = [*routers, operations.router]
    provided = [chassis, *contexts]
    if isinstance(chassis.clock, SimulatedClock):
        every.append(simulated_clock.router)
        provided.append(chassis.clock)
    app.state.chassis = chassis
    app.state.authenticator = authenticator or Authenticator(chassis.settings, chassis.metrics)
    app.state.contexts = by_type(provided)
    app.state.routes = [_checked(route, app) for router in every for route in router.routes]
    for router in every:
        app.include_router(router)
    add_handlers(app)
    app.add_middleware(
        Edge, metrics=chassis.metrics, max_body_bytes=chassis.settings.max_body_bytes
    )
    describe(app)
    return app


def _checked(route: BaseRoute, app: FastAPI) -> GuardedRoute:
    """The route, once it is known that it is guarded, documented and has what it asks for."""
    if not isinstance(route, GuardedRoute):
        raise UndeclaredAccessError(
            f"{getattr(route, 'path', route)} is not guarded: make its router with"
            " services.chassis.http.Router"
        )
    if not route.include_in_schema:
        raise UndeclaredAccessError(
            f"{route.path} hides from OpenAPI: the tests of refusals would not find it"
        )
    for kind in asked_for(route.dependant):
        if kind not in app.state.contexts:
            raise MissingContextError(
                f"{route.path} asks for a {kind.__name__}: give one to create_api(contexts=…)"
            )
    return route
