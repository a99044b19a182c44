"""A command to a campaign: received at one moment, carried out once, and only by the campaign as it
is at the commit.

    @router.post("/waivers", …)
    async def waive(body: WaiverIn, command: Command) -> Response:
        context, receipt = command.context, command.receipt
        return await command(lambda tx: waive_obligation(tx, context, body, receipt))
"""

from functools import partial
from typing import Annotated, TypeVar

from fastapi import Depends, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from services.chassis.http import Caller, CurrentChassis, GroupCommit, Once
from services.chassis.http.idempotency import Effect, OnceOnly
from services.chassis.storage.database import Database, Transaction
from services.submissions.context import CampaignContext, Context, Receipt, Registry

C = TypeVar("C")


class _RolledBackError(Exception):
    """Ends a transaction that is to leave nothing."""

    def __init__(self, answer: tuple[int, BaseModel]) -> None:
        super().__init__("rolled back")
        self.answer = answer


class CommandToCampaign:
    """One command. A route that stores something for a campaign takes it as a parameter."""

    def __init__(
        self,
        database: Database,
        campaigns: Registry,
        context: CampaignContext,
        once: OnceOnly,
        receipt: Receipt,
    ) -> None:
        self._database = database
        self._campaigns = campaigns
        self._once = once
        self.context = context
        self.receipt = receipt

    async def __call__(self, effect: Effect) -> Response:
        """Do it once, and answer. Holds off amendments of the campaign before everything else.

        Raises what `effect` raises, and CampaignChangedError where the campaign is another one than
        this replica knew when the command came.
        """

        async def under_the_campaign(tx: Transaction) -> tuple[int, BaseModel]:
            await self._campaigns.require_current(tx, self.context)
            return await effect(tx)

        return await self._once(under_the_campaign)

    async def alone(self, effect: Effect) -> Response:
        """The same for what makes another version of the campaign: nobody else acts by it
        meanwhile."""

        async def alone_with_the_campaign(tx: Transaction) -> tuple[int, BaseModel]:
            await self._campaigns.require_current_alone(tx, self.context)
            tx.on_commit(partial(self._campaigns.stale, self.context.id))
            return await effect(tx)

        return await self._once(alone_with_the_campaign)

    async def preview(self, effect: Effect) -> Response:
        """What `alone` would answer now, with nothing done: the transaction is rolled back, and the
        key remains free. The answer has a field `preview`."""
        try:
            async with self._database.transaction() as tx:
                await self._campaigns.require_current_alone(tx, self.context)
                raise _RolledBackError(await effect(tx))
        except _RolledBackError as done:
            _, answer = done.answer
        return JSONResponse(answer.model_copy(update={"preview": True}).model_dump(mode="json"))

    async def in_group(self, group: GroupCommit[C], command: C) -> Response:
        """The same with others that wait; what the group does holds off amendments itself."""
        return await self._once.in_group(group, command)


async def _command(
    chassis: CurrentChassis, campaigns: Registry, context: Context, once: Once, caller: Caller
) -> CommandToCampaign:
    receipt = context.receipt(chassis.clock.now(), once.command_id, caller.subject)
    return CommandToCampaign(chassis.database, campaigns, context, once, receipt)


Command = Annotated[CommandToCampaign, Depends(_command)]
"""Parameter type of an endpoint."""
