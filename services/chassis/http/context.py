"""How an endpoint gets what it needs: by type, from the application that serves the request.

    Registry = Annotated[CampaignRegistry[Made], Depends(context_of(CampaignRegistry))]

    @router.get("/{essay_id}", openapi_extra=access("unit"))
    async def read_essay(essay_id: UUID, caller: Caller, campaigns: Registry) -> EssayOut: ...

Routers are made once a process, at import, and may be served by several applications; what differs
between these is handed to `create_api(contexts=[…])`. An application that lacks what one of its
routes asks for does not start.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Generic, TypeVar, cast

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant

from services.chassis.base import Chassis

T = TypeVar("T")


class MissingContextError(TypeError):
    """A route asks for something that its application was not given."""


class ContextOf(Generic[T]):
    """A dependency: the one object of a type that the application was created with."""

    def __init__(self, kind: type[T]) -> None:
        self.kind = kind

    async def __call__(self, request: Request) -> T:  # async: FastAPI gives a plain one a thread
        """The object."""
        return cast(T, request.app.state.contexts[self.kind])


def context_of(kind: type[T]) -> ContextOf[T]:
    """For `Depends`: the object of exactly this type among the application's contexts."""
    return ContextOf(kind)


def by_type(contexts: Iterable[object]) -> dict[type, object]:
    """Contexts as `ContextOf` looks them up. Raises TypeError for two of one type."""
    found: dict[type, object] = {}
    for one in contexts:
        if found.setdefault(type(one), one) is not one:
            raise TypeError(f"two contexts are a {type(one).__name__}")
    return found


def asked_for(dependant: Dependant) -> Iterator[type]:
    """The types of the contexts that a route's function and its dependencies ask for."""
    if isinstance(dependant.call, ContextOf):
        yield dependant.call.kind
    for one in dependant.dependencies:
        yield from asked_for(one)


CurrentChassis = Annotated[Chassis, Depends(context_of(Chassis))]
"""Parameter type: the chassis of the service, e.g. `chassis.database`, `chassis.clock`."""
