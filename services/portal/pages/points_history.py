"""How the points of a unit came about: each version, and what changed in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.contracts.reading import read_decimal
from services.portal.pages.scope import In

router = APIRouter()

_VERSIONS = 50
"""Of one page."""


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """One version of a unit's points."""

    points: Mapping[str, Any]
    """As scoring answers it."""
    change: Decimal | None
    """Of the total, against the version before; None for the first one."""
    lines: Mapping[str, Decimal]
    """What changed, by criterion."""


@router.get("/dot/{campaign}/don-vi/{code}/diem/lich-su")
async def history(scope: In, code: str, truoc: int | None = None) -> Response:
    """The newest versions, or those before one (`truoc`)."""
    unit = scope.unit_of(code)
    answer = await scope.visit.api.get(
        "scoring",
        f"{scope.api_path}/units/{unit.code}/points/history",
        before=truoc,
        limit=_VERSIONS + 1,  # of the last one shown, too, is said what changed
    )
    versions = answer["versions"]
    rows = changes(versions)[:_VERSIONS]
    return scope.visit.page(
        "points_history.html",
        scope=scope,
        unit=unit,
        history=answer,
        rows=rows,
        next=rows[-1].points["version"] if len(versions) > len(rows) else None,
    )


def changes(versions: list[Mapping[str, Any]]) -> list[ShownVersion]:
    """What changed in each, the newest first as they are given; of the last one nothing is known
    but itself."""
    shown = [
        ShownVersion(
            points=new,
            change=read_decimal(new["total"]) - read_decimal(old["total"]),
            lines={
                criterion: change
                for criterion in sorted(new["lines"].keys() | old["lines"].keys())
                if (change := _of(new, criterion) - _of(old, criterion))
            },
        )
        for new, old in pairwise(versions)
    ]
    return [*shown, *(ShownVersion(last, None, {}) for last in versions[-1:])]


def _of(version: Mapping[str, Any], criterion: str) -> Decimal:
    return read_decimal(version["lines"].get(criterion, "0"))
