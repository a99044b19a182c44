"""Score entries over HTTP: to enter and correct them, and to read them all."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Path, Query, Response

from services.campaigns.ended import UNIT_ENDED, ended_out, refuse_ended
from services.campaigns.withdrawn import CAMPAIGN_WITHDRAWN, refuse_withdrawn
from services.chassis.http import Caller, Once, Router, access, context_of, large_answer
from services.chassis.problems import FORBIDDEN, NOT_FOUND, Fault, Refusal
from services.contracts.campaign import Unit
from services.contracts.rules import Stage
from services.contracts.rules.criteria import SCORERS
from services.contracts.titles import SCORING_STAGES
from services.contracts.wording import Bilingual
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.context import NO_RULE_SET, Asked, Context, Scored
from services.scoring.engine.parts import YearPart
from services.scoring.engine.texts import sentence
from services.scoring.facts import queries as fact_queries
from services.scoring.points.rights import check_reader, cluster_of
from services.scoring.repeatable_read import repeatable_read
from services.scoring.score_entries.enter import ScoreEntries, entries_of
from services.scoring.score_entries.rights import (
    Enterer,
    acting,
    enterer,
    heads,
    scored_by,
    seats,
)
from services.scoring.score_entries.schemas import (
    ScoreEntriesOut,
    ScoreEntryCreated,
    ScoreEntryIn,
    ScoresToEnterOut,
)
from services.scoring.score_entries.to_enter import listed, to_enter
from services.scoring.score_entries.versions import ALREADY_ENTERED, ENTRY_CHANGED

_WHO: dict[Stage, tuple[str, str]] = {
    "self": ("đơn vị đó", "the unit itself"),
    "cluster": (
        "cụm trưởng (đối với đơn vị khác trong cụm), đơn vị cấp trên trực tiếp của cả cụm,"
        " hoặc {board}",
        "the head of its cluster (for others than itself), the unit above all units of the cluster,"
        " or {board}",
    ),
    "final": ("{board}", "{board}"),
    "scorers": (
        "đơn vị mà bảng điểm giao chấm tiêu chí này, trừ điểm của chính mình nếu bảng điểm không"
        " cho phép",
        "the units that the rule set names for this criterion, but not its own unless the rule set"
        " says so",
    ),
}

Code = Annotated[str, Path(description="Code of the unit.", examples=["STP"])]

router = Router(prefix="/v1/campaigns/{campaign}/units", tags=["score-entries"])
of_scorers = Router(prefix="/v1/campaigns/{campaign}", tags=["score-entries"])


@router.post(
    "/{code}/score-entries",
    status_code=201,
    response_model=ScoreEntryCreated,
    openapi_extra=access(
        "unit",
        "district",
        "board",
        refuses=[
            NOT_FOUND,
            NO_RULE_SET,
            CAMPAIGN_WITHDRAWN,
            UNIT_ENDED,
            ALREADY_ENTERED,
            ENTRY_CHANGED,
        ],
    ),
)
async def enter_score(
    code: Code,
    body: ScoreEntryIn,
    campaign: Asked,
    snapshot: Scored,
    *,
    caller: Caller,
    once: Once,
    context: Context,
    entries: Annotated[ScoreEntries, Depends(context_of(ScoreEntries))],
) -> Response:
    """Enter a score for a criterion that people decide, or correct one.

    `self`: the unit itself; `cluster`: the head of its cluster, the unit above all of the cluster,
    the Board; `final`: the Board; `scorers`: a unit that the criterion names. A correction names
    the version it `replaces`; 409 for a second first entry, and for a correction of another version
    than the current one.
    """
    at = context.clock.now()
    holder = snapshot.holders.get(code, code)
    chairs: tuple[str, ...] = ()
    if body.stage == SCORERS:
        chairs = seats(snapshot, caller, holder, scored_by(snapshot, holder, body.criterion))
        by = Enterer(acting(snapshot, caller)) if chairs else None
    else:
        by = enterer(snapshot, caller, body.stage, holder)
    if by is None:
        raise _not_allowed(snapshot, body.stage, code)
    refuse_withdrawn(campaign.announced)
    refuse_ended(snapshot.units, code, snapshot.day)
    unit, parts = _scored(snapshot, code)
    return await once(
        lambda tx: entries.enter(tx, snapshot, unit, parts, body, by=by, seats=chairs, at=at)
    )


@router.get(
    "/{code}/score-entries",
    response_model=ScoreEntriesOut,
    openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND, NO_RULE_SET]),
)
async def read_score_entries(
    code: Code, snapshot: Scored, caller: Caller, context: Context
) -> Response:
    """Every entry with all its versions and reasons, those of units that it took over too; for whom
    the unit's points are, and for the head of its cluster."""
    if not heads(snapshot, caller, snapshot.holders.get(code, code)):
        check_reader(snapshot.units, caller, code, snapshot.day)
    ended = ended_out(snapshot.units, code, snapshot.day)
    if ended is None:
        cluster_of(snapshot, code)
    async with repeatable_read(context.database) as tx:
        facts = await fact_queries.of_units(
            tx, snapshot.campaign, snapshot.with_predecessors([code])
        )

        def build() -> ScoreEntriesOut:
            entries = entries_of(facts)
            return ScoreEntriesOut(
                campaign=snapshot.campaign, unit=code, ended=ended, score_entries=entries
            )

        return await large_answer(build)


@of_scorers.get(
    "/scores-to-enter",
    response_model=ScoresToEnterOut,
    openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND, NO_RULE_SET]),
)
async def read_scores_to_enter(
    snapshot: Scored,
    caller: Caller,
    context: Context,
    *,
    entered: Annotated[bool, Query(description="Also what was entered, to correct it.")] = False,
) -> Response:
    """The marks that the caller's unit has to enter as a scorer that the rule set names, or for one
    that it took over; the Board sees those of all scorers. A scorer sees its own marks only."""
    by = None if caller.has("board") else acting(snapshot, caller)
    if by is None and not caller.has("board"):
        return await large_answer(lambda: listed(snapshot, [], {}, entered=entered))
    async with repeatable_read(context.database) as tx:
        marks, facts = await to_enter(tx, snapshot, by)
        return await large_answer(lambda: listed(snapshot, marks, facts, entered=entered))


def _not_allowed(snapshot: CampaignSnapshot, stage: Stage, code: str) -> Refusal:
    who = sentence(*_WHO[stage], board=snapshot.plan.board)
    known = snapshot.units.get(code)
    unit = known.name_in_text if known else Bilingual(f"đơn vị có mã “{code}”", f"unit “{code}”")
    text = sentence(
        "{score} của {unit} do {who} nhập.",
        "{score} of {unit} is entered by {who}.",
        score=SCORING_STAGES[stage],
        unit=unit,
        who=who,
    )
    vi, en = (f"{one[0].upper()}{one[1:]}" for one in (text.vi, text.en))
    return Refusal(FORBIDDEN, detail=(vi, en))


def _scored(snapshot: CampaignSnapshot, code: str) -> tuple[Unit, Sequence[YearPart]]:
    """The unit and its tables up to today. Raises Refusal (404)."""
    unit = snapshot.units.get(code, snapshot.day)
    if unit is not None and code in snapshot.cluster_of:
        parts = snapshot.parts_of(unit)
        if parts:
            return unit, parts
    fault = Fault(
        "",
        f"Hôm nay không có bảng điểm áp dụng cho đơn vị có mã “{code}”. Kiểm tra lại mã.",
        f"No table scores a unit {code} today: check its code.",
        parameter="path:code",
    )
    raise Refusal(NOT_FOUND, [fault])
