"""The standings, cluster by cluster, live or as of a moment."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.pages.scope import In

router = APIRouter()


@router.get("/dot/{campaign}/xep-hang")
async def standings(scope: In, cum: str | None = None, tai: str | None = None) -> Response:
    """All clusters, or one (`cum`)."""
    answer = await scope.visit.api.get("scoring", f"{scope.api_path}/standings", as_of=tai)
    clusters: list[dict[str, Any]] = answer["clusters"]
    session = scope.visit.signed_in
    own = scope.known.unit(session.unit)
    chosen = cum or (own.cluster if own is not None else None)
    shown = [one for one in clusters if one["cluster"] == chosen] or clusters[:1]
    return scope.visit.page(
        "standings.html",
        scope=scope,
        standings=answer,
        clusters=clusters,
        shown=shown[0] if shown else None,
        own=session.unit,
    )
