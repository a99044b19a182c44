"""HTTP: the Board adopts a rule set; lists which were adopted, and shows one as it was written."""

from typing import Annotated

from fastapi import Depends, Path, Response

from services.campaigns.files import newest_files
from services.campaigns.path import NUMBERS
from services.campaigns.withdrawn import CAMPAIGN_WITHDRAWN, refuse_withdrawn
from services.chassis.aside import aside
from services.chassis.http import Once, Router, access, context_of
from services.chassis.problems import NOT_FOUND, Fault, Refusal
from services.chassis.storage.database import Transaction
from services.contracts.campaign.problems import CampaignProblems
from services.scoring.context import Asked, Context
from services.scoring.drafts import DRAFT_FAULTS, LARGEST_DRAFT, check_draft, draft_refused
from services.scoring.rule_sets import adopt
from services.scoring.rule_sets.adoptable import NOT_SHOWN, SAME_RULES, adoption_of
from services.scoring.rule_sets.contradictions import Contradictions
from services.scoring.rule_sets.schemas import (
    AdoptionIn,
    RulesAdopted,
    RulesInForceOut,
    RulesOut,
    in_force_out,
)

_EVERYBODY = access("unit", "district", "board", "ops", refuses=[NOT_FOUND])
Fitting = Annotated[Contradictions, Depends(context_of(Contradictions))]
"""Parameter type: whether rule sets still fit their campaign."""

router = Router(prefix="/v1/campaigns/{campaign}/rule-sets", tags=["standings"])


@router.post(
    "",
    status_code=201,
    response_model=RulesAdopted,
    dependencies=[NUMBERS],
    openapi_extra=access(
        "board",
        refuses=[NOT_FOUND, CAMPAIGN_WITHDRAWN, DRAFT_FAULTS, NOT_SHOWN, SAME_RULES],
        max_body_bytes=LARGEST_DRAFT,
    ),
)
async def adopt_rule_set(
    body: AdoptionIn, campaign: Asked, once: Once, context: Context
) -> Response:
    """Adopt a rule set: from its moment on points count by it, and no replica counts by another.

    Ask what-if first: `rules_digest` is the digest that it answered for. Checked against plan and
    units as they are now, all faults at once.
    """

    async def effect(tx: Transaction) -> tuple[int, RulesAdopted]:
        refuse_withdrawn(campaign.announced)
        try:
            draft = await aside(
                check_draft, await newest_files(tx, campaign.id), body.rules.encode()
            )
        except CampaignProblems as faulty:
            raise draft_refused(faulty) from None
        await context.campaigns.require_current_alone(tx, campaign)
        # Under the lock: what was published before is by the rule set before.
        adoption = adoption_of(campaign, body, draft.rules, context.clock.now())
        row = await adopt.adopt(tx, campaign.id, adoption)
        tx.on_commit(lambda: context.campaigns.stale(campaign.id))
        adopted = in_force_out(row, campaign.zone, []).model_dump()
        return 201, RulesAdopted(**adopted, advice=list(draft.advice))

    return await once(effect)


@router.get("", openapi_extra=_EVERYBODY)
async def read_rule_sets(campaign: Asked, fitting: Fitting) -> list[RulesInForceOut]:
    """Every rule set that was adopted; the one that comes into force last is the first.

    Of those at work and to come it says what an amendment of the campaign contradicts.
    """
    found = await fitting.of(campaign)
    return [
        in_force_out(one.row, campaign.zone, found.get(one.row.number))
        for one in reversed(campaign.adopted)
    ]


@router.get("/{number}", openapi_extra=_EVERYBODY)
async def read_rule_set(
    number: Annotated[int, Path(ge=1, le=2**31 - 1, examples=[1])],
    campaign: Asked,
    fitting: Fitting,
) -> RulesOut:
    """One rule set with the document that the Board adopted."""
    for one in campaign.adopted:
        if one.row.number == number:
            found = (await fitting.of(campaign)).get(number)
            answer = in_force_out(one.row, campaign.zone, found)
            return RulesOut(**answer.model_dump(), rules=one.row.rules)
    fault = Fault(
        "",
        f"Chưa có bảng điểm số {number}. Xem danh sách các bảng điểm.",
        f"There is no rule set {number}: see the list of rule sets.",
        parameter="path:number",
    )
    raise Refusal(NOT_FOUND, [fault])
