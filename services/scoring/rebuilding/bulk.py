"""All that is on the topics into a database that was not counted yet: stored, then counted.

Until the last unit is counted the campaign's row says that it is not, so that a rebuild that is
broken off anywhere counts all units when it goes on.
"""

from services.chassis.broker.topic_reader import Share, open_reader
from services.chassis.storage.database import Database
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.events import topics
from services.scoring.rebuilding.checkpoint import positions, require_not_past
from services.scoring.rebuilding.counting import units_with_facts
from services.scoring.rebuilding.job import Count, Job, Store
from services.scoring.rebuilding.lock import Lock
from services.scoring.rebuilding.processes import Processes, processes, processors
from services.scoring.rebuilding.progress import Progress, Say
from services.scoring.rebuilding.storing import Stored
from services.scoring.tallies.recount import lay_out, mark_counted, mark_uncounted

_WORTH_A_PROCESS = 50_000
"""Records: some two seconds of work, as long as a process takes to start."""


async def store_and_count(
    job: Job,
    database: Database,
    lock: Lock,
    snapshot: CampaignSnapshot,
    *,
    workers: int | None,
    say: Say,
) -> Stored:
    """Store every fact up to the end that the topics have now, and count; nothing where the tallies
    are kept already, since then facts are to be taken as every day.

    `workers`: processes, at most one a partition; None: one a processor where that is worth it.
    Raises RebuildError, and what Kafka and PostgreSQL raise.
    """
    async with database.transaction() as tx:
        if await lay_out(tx, snapshot):
            return Stored()
        await mark_uncounted(tx, snapshot)
    since = await positions(database)
    async with open_reader(job.settings, topics(job.settings.topic_prefix), since=since) as reader:
        await require_not_past(reader, since)
        left, most = await reader.left(), reader.partitions
    if workers is None:
        workers = min(processors(), 1 + left // _WORTH_A_PROCESS)
    with processes(min(workers, most), job, snapshot) as at_work:
        stored = await _store(at_work, Progress(say, left, "bản ghi / records"))
        await _count(at_work, database, snapshot, say)
    async with database.transaction() as tx:
        await mark_counted(tx, snapshot)
        await lock.require()
    return stored


async def _store(at_work: Processes, progress: Progress) -> Stored:
    shares = [Store(Share(number, at_work.number)) for number in range(at_work.number)]
    stored = Stored()
    for part in await at_work.carry_out(shares, progress.add):
        stored.add(part)
    return stored


async def _count(
    at_work: Processes, database: Database, snapshot: CampaignSnapshot, say: Say
) -> None:
    units = await units_with_facts(database, snapshot)
    progress = Progress(say, len(units), "đơn vị đã tính / units counted")
    await at_work.carry_out(
        [Count(units[number :: at_work.number]) for number in range(at_work.number)], progress.add
    )
