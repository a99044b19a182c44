"""HTTP: lists which rule sets were in force when."""

from services.chassis.http import Router, access
from services.scoring.context import Context
from services.scoring.repeatable_read import repeatable_read
from services.scoring.rule_sets import queries
from services.scoring.rule_sets.schemas import RulesInForceOut, in_force_out

router = Router(prefix="/v1/rule-sets", tags=["standings"])


@router.get("", openapi_extra=access("unit", "district", "board", "ops"))
async def read_rule_sets(context: Context) -> list[RulesInForceOut]:
    """Every rule set that was in force here, the present one first."""
    async with repeatable_read(context.database) as tx:
        return [in_force_out(one) for one in await queries.all_of(tx, context.snapshot().campaign)]
