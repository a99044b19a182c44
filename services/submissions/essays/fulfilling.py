"""What essays do for obligations: the first one fulfils (D5), a withdrawn one is replaced."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from services.chassis.problems import Refusal
from services.chassis.storage.database import Transaction
from services.contracts.campaign.deadlines import start_of
from services.contracts.campaign.plan import ObligationPlan
from services.contracts.events import ObligationFact
from services.submissions.desk.desk import Desk, Receipt
from services.submissions.desk.refusals import LAST_ESSAY
from services.submissions.obligations import obligation as obligations
from services.submissions.obligations.obligation import FULFILLABLE, Deed, Owed

ESSAY: Final = "essay-submitted"


async def fulfil_by_essays(
    tx: Transaction, desk: Desk, deeds: Sequence[tuple[str, Deed]]
) -> list[tuple[Owed | None, list[ObligationFact]]]:
    """Let entries of units fulfil what they can, in their order.

    Returns for each its unit's catch-up (D5), if any, and the facts. The obligations stay locked,
    so that a moved deadline waits until the entries are stored.
    """
    duties = {unit: _duties(desk, unit) for unit, _ in deeds}
    keys = [(unit, duty.id) for unit, owed in duties.items() for duty in owed]
    states = await desk.obligations.lock_for_essays(tx, keys)
    changed: dict[tuple[str, str], Owed] = {}
    done: list[tuple[Owed | None, list[ObligationFact]]] = []
    for unit, deed in deeds:
        catch_up: Owed | None = None
        said: list[ObligationFact] = []
        for duty in duties[unit]:
            key = unit, duty.id
            state = states.get(key)
            if state is not None and state.status in FULFILLABLE:
                new, facts = obligations.fulfil(state, deed)
                if new is not state:
                    state = states[key] = changed[key] = new
                said += facts
            if duty is desk.plan.catch_up:
                catch_up = state
        done.append((catch_up, said))
    if changed:
        await desk.obligations.save(tx, list(changed.values()))
    return done


async def lock_essay_obligations(tx: Transaction, desk: Desk, unit: str) -> list[Owed]:
    """What essays fulfil for this unit, locked."""
    keys = [(unit, duty.id) for duty in _duties(desk, unit)]
    return await desk.obligations.lock_many(tx, keys) if keys else []


async def without_essay(
    tx: Transaction, desk: Desk, state: Owed, essay_id: UUID, receipt: Receipt
) -> None:
    """One locked obligation after an entry was withdrawn.

    Had that entry fulfilled it, the oldest that still stands takes its place. Raises Refusal when
    none stands: no fact could say that the obligation is open again without a second miss
    (docs/decisions/0052-withdrawn-essays.md).
    """
    condition = state.duty.only_if
    if state.status == "fulfilled" and state.fulfilment and state.fulfilment.by_id == essay_id:
        after = condition.no_essays_by if condition else None
        other = await _oldest_standing(tx, desk, state.unit, after)
        if other is None:
            raise Refusal(LAST_ESSAY)
        received_at = other["submitted_at"].astimezone(desk.zone)
        deed = Deed(ESSAY, other["essay_id"], received_at, simulated=other["simulated"])
        new, facts = obligations.fulfil_by_another(state, deed)
        await desk.obligations.save(tx, [new])
        await tx.publish_all(facts)
        return
    again = obligations.owe_after_all(state, receipt.at)
    if again is not state and await _oldest_standing(tx, desk, state.unit, None) is None:
        await desk.obligations.save(tx, [again])


def _duties(desk: Desk, unit: str) -> list[ObligationPlan]:
    known = desk.campaign.units.get(unit)
    if known is None:
        return []
    return [duty for duty in desk.plan.obligations_of(known) if duty.option_for(ESSAY)]


async def _oldest_standing(
    tx: Transaction, desk: Desk, unit: str, after: date | None
) -> Any | None:
    """The first essay of a unit that counts, received after the end of a local day."""
    since = start_of(after + timedelta(days=1), desk.zone) if after else None
    return await tx.fetchrow(
        """
        SELECT essay_id, submitted_at, simulated FROM essays
         WHERE campaign = $1 AND unit = $2 AND withdrawn_at IS NULL
           AND ($3::timestamptz IS NULL OR submitted_at >= $3)
         ORDER BY submitted_at, essay_id LIMIT 1
        """,
        desk.plan.campaign,
        unit,
        since,
    )
