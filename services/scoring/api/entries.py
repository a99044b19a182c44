"""Marks that people enter for a unit: to enter and correct them, and to read them all."""

from typing import Annotated

from fastapi import Path, Response

from services.chassis.base import Chassis
from services.chassis.http import Caller, Once, Router, access
from services.chassis.problems import FORBIDDEN, NOT_FOUND, Fault, Refusal
from services.contracts.campaign import Unit
from services.contracts.rules import Stage, Table
from services.scoring.api.units import cluster_to_read
from services.scoring.campaign_snapshot import CampaignSnapshot, CurrentSnapshot
from services.scoring.facts import store as fact_store
from services.scoring.points import standings as stored
from services.scoring.score_entries.enter import ScoreEntries, entries_of
from services.scoring.score_entries.forms import EntriesOut, EntryIn, EntryTaken
from services.scoring.score_entries.rights import enterer, heads
from services.scoring.score_entries.versions import OTHER_MARK, SECOND_MARK

_READERS = access("unit", "district", "board", refuses=[NOT_FOUND])
_MARKERS = access("unit", "district", "board", refuses=[NOT_FOUND, SECOND_MARK, OTHER_MARK])

_WHO: dict[Stage, tuple[str, str]] = {
    "self": ("chính đơn vị đó", "the unit itself"),
    "cluster": (
        "đơn vị trưởng cụm (cho đơn vị khác), quận, huyện cho cụm xã của mình, hoặc Ban TĐKT",
        "the head of its cluster (for others than itself), its district where the cluster is the"
        " district's communes, or the Board",
    ),
    "final": ("Ban TĐKT", "the Board"),
}

Code = Annotated[str, Path(description="Code of the unit.", examples=["STP"])]


def router(chassis: Chassis, now: CurrentSnapshot, desk: ScoreEntries) -> Router:
    """The routes."""
    api = Router(prefix="/v1/units", tags=["scores"])

    @api.post("/{code}/scores", status_code=201, response_model=EntryTaken, openapi_extra=_MARKERS)
    async def enter(code: Code, body: EntryIn, caller: Caller, once: Once) -> Response:
        """Enter a mark for a criterion that people decide, or correct one.

        `self`: the unit itself; `cluster`: the head of its cluster, a district for its communes,
        the Board; `final`: the Board. A correction names the version it `replaces`; 409 for a
        second first mark, and for a correction of another version than the current one.
        """
        at = chassis.clock.now()
        snapshot = now()
        by = enterer(snapshot, caller, body.stage, code)
        if by is None:
            raise _not_allowed(body.stage, code)
        unit, table = _scored(snapshot, code)
        return await once(lambda tx: desk.enter(tx, snapshot, unit, table, body, by=by, at=at))

    @api.get("/{code}/scores", openapi_extra=_READERS)
    async def read(code: Code, caller: Caller) -> EntriesOut:
        """Every mark with all its versions and reasons; for whom the unit's points are, and for
        the head of its cluster."""
        snapshot = now()
        if not heads(snapshot, caller, code):
            cluster_to_read(snapshot, caller, code)
        async with stored.repeatable_read(chassis.database) as tx:
            facts = await fact_store.of_unit(tx, snapshot.campaign, code)
        return EntriesOut(campaign=snapshot.campaign, unit=code, entries=entries_of(facts))

    return api


def _not_allowed(stage: Stage, code: str) -> Refusal:
    vi, en = _WHO[stage]
    return Refusal(
        FORBIDDEN,
        detail=(
            f"Điểm bước “{stage}” của {code} do {vi} chấm.",
            f"The mark “{stage}” of {code} is entered by {en}.",
        ),
    )


def _scored(snapshot: CampaignSnapshot, code: str) -> tuple[Unit, Table]:
    """The unit and its table of today. Raises Refusal (404)."""
    unit = snapshot.units.get(code)
    if unit is not None and code in snapshot.cluster_of:
        table = snapshot.rules.table_for(unit, snapshot.day)
        if table is not None:
            return unit, table
    fault = Fault(
        "",
        f"Hôm nay không có bảng điểm nào chấm đơn vị {code}; xem mã trong units.csv.",
        f"No table scores a unit {code} today: see the codes in units.csv.",
        parameter="path:code",
    )
    raise Refusal(NOT_FOUND, [fault])
