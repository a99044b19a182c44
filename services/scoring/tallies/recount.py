"""Counts tallies again from the facts, unit by unit, and compares them with the running ones.

Used when the measures of the rule set changed, and by the guard that looks for divergence. Where
both differ, the truth wins.

SQL by hand: which units have facts is asked for each by the index.
"""

from collections.abc import Collection, Sequence

from services.chassis.storage.database import Transaction
from services.measuring.slots import Tally
from services.measuring.tally import Tallier
from services.scoring.facts import queries as fact_queries
from services.scoring.tallies import queries


async def truth(tx: Transaction, campaign: str, tallier: Tallier, unit: str) -> Tally:
    """What the facts of a unit say, all of them read."""
    facts = await fact_queries.of_unit(tx, campaign, unit)
    return tallier.tallies(facts).get(unit, {})


async def recount(tx: Transaction, campaign: str, tallier: Tallier, unit: str) -> bool:
    """Count one unit from its facts; True if its running tally was another and was replaced."""
    running = (await queries.lock(tx, campaign, [unit]))[unit]
    counted = await truth(tx, campaign, tallier, unit)
    if running == counted:
        return False
    await queries.write(tx, campaign, {unit: counted})
    return True


async def units_with_facts(tx: Transaction, campaign: str, units: Collection[str]) -> Sequence[str]:
    """Those of some units that have facts or ever had a tally, in the order in which they are
    locked."""
    rows = await tx.fetch(
        """
        SELECT unit FROM unnest($2::text[]) AS wanted (unit)
         WHERE EXISTS (SELECT FROM facts
                        WHERE facts.unit = wanted.unit AND facts.campaign = $1)
            OR EXISTS (SELECT FROM unit_measures AS m
                        WHERE m.campaign = $1 AND m.unit = wanted.unit AND m.version > 0)
         ORDER BY unit
        """,
        campaign,
        list(units),
    )
    return [row["unit"] for row in rows]
