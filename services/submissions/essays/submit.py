"""Essays as they arrive: each is checked alone, those that arrive together are kept together.

What fails in the transaction rolls everything back. Locks: the units' obligations in their order,
then nothing, because nobody else knows an essay that is not stored yet.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from services.campaigns.registry import CampaignRegistry
from services.chassis.base import Chassis
from services.chassis.http import GroupCommit
from services.chassis.observability import trace
from services.chassis.problems import FAULTY, Faults
from services.chassis.storage.database import Transaction
from services.contracts.campaign.contest import Contest
from services.contracts.campaign.deadlines import UNKNOWN_DAY
from services.contracts.events import EssaySubmitted
from services.contracts.events.essays import ExemplarName
from services.submissions.contests import contest_of_essay
from services.submissions.context import CampaignContext, Receipt
from services.submissions.eligibility import check_day_of_act, check_entry_level
from services.submissions.essays.obligations import ESSAY, counted, fulfil_by_essays
from services.submissions.essays.rules import Author, Entry, check_entry
from services.submissions.essays.schemas import EssayAccepted, EssayIn
from services.submissions.metrics import ESSAYS
from services.submissions.obligations.essay_lateness import counted_act_day, counted_day, lateness
from services.submissions.obligations.known_days import set_known_days
from services.submissions.obligations.spans import not_counted
from services.submissions.obligations.submission import Submission


@dataclass(frozen=True, slots=True)
class ReceivedEssay:
    """An essay as it was received."""

    context: CampaignContext
    body: EssayIn
    receipt: Receipt
    cause: str | None
    """The traceparent of its request."""

    @property
    def contest(self) -> Contest:
        """The contest that it is for, once it was checked that there is one."""
        contest = contest_of_essay(Faults(), self.context.plan, self.body.contest)
        assert contest is not None  # noqa: S101  # `check_essay` refused it
        return contest


class EssayIntake:
    """Takes essays: those that wait share a transaction (docs/decisions/0047)."""

    def __init__(self, chassis: Chassis, campaigns: CampaignRegistry[CampaignContext]) -> None:
        self._metrics = chassis.metrics
        self._campaigns = campaigns
        self.group = GroupCommit(chassis.database, check_essay, self._keep)

    def received(self, context: CampaignContext, body: EssayIn, receipt: Receipt) -> ReceivedEssay:
        """An essay of the present request."""
        return ReceivedEssay(context, body, receipt, trace.traceparent())

    async def _keep(
        self, tx: Transaction, essays: Sequence[ReceivedEssay]
    ) -> list[tuple[int, EssayAccepted]]:
        await self._campaigns.require_all_current(tx, [essay.context for essay in essays])
        answers = await submit_essays(tx, essays)
        kept = Counter(
            (essay.context.id, str(answer.late).lower())
            for essay, answer in zip(essays, answers, strict=True)
        )
        for (campaign, late), count in kept.items():
            tx.on_commit(partial(self._metrics.count, ESSAYS, count, campaign=campaign, late=late))
        return [(201, answer) for answer in answers]


def check_essay(essay: ReceivedEssay) -> None:
    """Raises Refusal with every rule that the essay breaks."""
    context, body, receipt = essay.context, essay.body, essay.receipt
    faults = Faults()
    unit = context.check_sender(faults, body, body.unit, receipt)
    contest = contest_of_essay(faults, context.plan, body.contest)
    if contest is not None:
        if unit is not None:
            check_entry_level(faults, context.campaign, unit, receipt.day, contest.levels)
        check_entry(faults, _entry(body), contest, receipt.day)
        day = _acted_on(body, contest)
        pointer = "/acted_on" if body.acted_on else "/published_on"
        check_day_of_act(
            faults, context.plan, day, receipt.day, pointer=pointer, rule="essays.acted-on"
        )
    faults.refuse_as(FAULTY)


async def submit_essays(tx: Transaction, essays: Sequence[ReceivedEssay]) -> list[EssayAccepted]:
    """Keep checked essays, late or not, with what each does for its unit's obligations."""
    submissions = [_submission(one) for one in essays]
    senders = [(one.context, one.body.unit) for one in essays]
    fulfilled = await fulfil_by_essays(
        tx, [(*sender, done) for sender, done in zip(senders, submissions, strict=True)]
    )
    answers = []
    for one, submission, (owed, facts) in zip(essays, submissions, fulfilled, strict=True):
        contest, day, acted_on = one.contest, one.receipt.day, submission.acted_on
        ends = one.context.contest_end(contest, one.body.unit)
        last_day, days_late = lateness(contest, ends, owed, day, acted_on)
        answer = EssayAccepted(
            essay_id=submission.by_id,
            unit=one.body.unit,
            contest=contest.id,
            version=1,
            submitted_at=one.receipt.at,
            acted_on=acted_on,
            counted_day=counted_day(contest, day, acted_on),
            last_day=None if last_day == UNKNOWN_DAY else last_day,
            late=days_late > 0,
            days_late=days_late,
            not_counted=not_counted(owed, submission, one.context.zone, form=one.body.form),
        )
        for fact in (_submitted(one, answer), *facts):
            await tx.publish(fact, cause=one.cause)
        answers.append(answer)
    await _insert(tx, essays, answers)
    entries = [
        (*sender, submission, owed)
        for sender, submission, (owed, _) in zip(senders, submissions, fulfilled, strict=True)
    ]
    for one, facts in zip(essays, await counted(tx, entries), strict=True):
        for fact in facts:
            await tx.publish(fact, cause=one.cause)
    for one, (owed, _) in zip(essays, fulfilled, strict=True):
        for known in await set_known_days(tx, one.context, owed, one.receipt.at):
            await tx.publish(known, cause=one.cause)
    return answers


def _acted_on(body: EssayIn, contest: Contest) -> date | None:
    """The day of the act; of a press work the one on which it was published, where it counts."""
    if body.acted_on is None and contest.counted_by == "act" and body.form == "press":
        return body.published_on
    return body.acted_on


def _submission(one: ReceivedEssay) -> Submission:
    body, contest = one.body, one.contest
    return Submission(
        ESSAY,
        one.receipt.command_id,
        one.receipt.at,
        acted_on=_acted_on(body, contest),
        contest=contest.id,
        form=body.form,
        simulated=body.simulated,
    )


def _submitted(one: ReceivedEssay, answer: EssayAccepted) -> EssaySubmitted:
    body = one.body
    return EssaySubmitted(
        campaign=one.context.plan.campaign,
        unit=body.unit,
        simulated=body.simulated,
        essay_id=answer.essay_id,
        contest=answer.contest,
        title=body.title,
        form=body.form,
        exemplar=ExemplarName(kind=body.exemplar.kind, name=body.exemplar.name),
        words=body.words,
        minutes=body.minutes,
        submitted_at=answer.submitted_at,
        acted_on=answer.acted_on,
        counted_day=counted_act_day(one.contest, answer.acted_on),
        late=answer.late,
        days_late=answer.days_late,
    )


async def _insert(
    tx: Transaction, essays: Sequence[ReceivedEssay], answers: Sequence[EssayAccepted]
) -> None:
    # SQL by hand: one statement for two tables and all essays of a group. One row each would be
    # most of what an essay costs (docs/performance.md, intake).
    bodies = [one.body for one in essays]
    rows = [
        (
            answer.essay_id,
            one.context.id,
            body.unit,
            body.title,
            body.form,
            body.exemplar.kind,
            body.exemplar.name,
            body.words,
            body.minutes,
            body.published_in,
            body.published_on,
            answer.submitted_at,
            answer.days_late,
            body.simulated,
            body.author.full_name,
            body.author.address,
            body.author.workplace,
            body.author.phone,
            body.exemplar.address,
            answer.contest,
            answer.acted_on,
        )
        for one, body, answer in zip(essays, bodies, answers, strict=True)
    ]
    await tx.execute(
        """
        WITH sent AS (
            SELECT * FROM unnest(
                $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                $8::int[], $9::numeric[], $10::text[], $11::date[], $12::timestamptz[],
                $13::int[], $14::bool[], $15::text[], $16::text[], $17::text[], $18::text[],
                $19::text[], $20::text[], $21::date[]
            ) AS sent (essay_id, campaign, unit, title, form, exemplar_kind, exemplar_name, words,
                       minutes, published_in, published_on, submitted_at, days_late, simulated,
                       full_name, address, workplace, phone, exemplar_address, contest,
                       acted_on)
        ), entry AS (
            INSERT INTO essays (essay_id, campaign, unit, version, title, form, exemplar_kind,
                                exemplar_name, words, minutes, published_in, published_on,
                                submitted_at, late, days_late, simulated, contest, acted_on)
            SELECT essay_id, campaign, unit, 1, title, form, exemplar_kind, exemplar_name, words,
                   minutes, published_in, published_on, submitted_at, days_late > 0, days_late,
                   simulated, contest, acted_on
              FROM sent
        )
        INSERT INTO essay_authors (essay_id, full_name, address, workplace, phone,
                                   exemplar_address)
        SELECT essay_id, full_name, address, workplace, phone, exemplar_address FROM sent
        """,
        *(list(column) for column in zip(*rows, strict=True)),
    )


def _entry(body: EssayIn) -> Entry:
    author = body.author
    return Entry(
        form=body.form,
        author=Author(
            author.full_name, author.address, author.workplace, author.phone, author.role
        ),
        exemplar_name=body.exemplar.name,
        exemplar_address=body.exemplar.address,
        words=body.words,
        minutes=body.minutes,
        published_in=body.published_in,
        published_on=body.published_on,
        photocopy=body.photocopy,
        acted_on=body.acted_on,
    )
