"""Essays as they arrive: checked alone, kept together.

Callers hand in an open transaction; what fails in it rolls everything back. Locks: the units'
obligations in their order, then nothing, because an essay that is not stored yet is nobody else's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.problems import FAULTY, Faults
from services.chassis.storage.database import Transaction
from services.contracts.events import EssaySubmitted
from services.contracts.events.essays import ExemplarName
from services.submissions.desk.answers import EssayTaken
from services.submissions.desk.commands import EssayIn
from services.submissions.desk.desk import Desk, Receipt
from services.submissions.desk.standing import check_entry_level
from services.submissions.essays.fulfilling import ESSAY, fulfil_by_essays
from services.submissions.essays.rules import Author, Entry, check_entry, lateness
from services.submissions.obligations.obligation import Deed


@dataclass(frozen=True, slots=True)
class Sent:
    """An essay as it came in."""

    body: EssayIn
    receipt: Receipt
    cause: str | None
    """The traceparent of its request."""


def check_essay(desk: Desk, sent: Sent) -> None:
    """Raises Refusal with every rule that the essay breaks."""
    body, receipt = sent.body, sent.receipt
    faults = Faults()
    unit = desk.check_sender(faults, body, body.unit, receipt)
    if unit is not None:
        check_entry_level(faults, desk.campaign, unit)
    check_entry(faults, _entry(body), desk.plan.essays, receipt.day)
    faults.refuse_as(FAULTY)


async def keep_essays(
    tx: Transaction, desk: Desk, sent: Sequence[Sent]
) -> list[tuple[int, EssayTaken]]:
    """Keep checked essays, late or not, with what each does for its unit's obligations."""
    deeds = [
        Deed(ESSAY, desk.new_id(one.receipt), one.receipt.at, simulated=one.body.simulated)
        for one in sent
    ]
    units = [one.body.unit for one in sent]
    fulfilled = await fulfil_by_essays(tx, desk, list(zip(units, deeds, strict=True)))
    taken = []
    for one, deed, (catch_up, facts) in zip(sent, deeds, fulfilled, strict=True):
        last_good_day, days_late = lateness(desk.plan, catch_up, one.receipt.day)
        answer = EssayTaken(
            essay_id=deed.by_id,
            unit=one.body.unit,
            version=1,
            submitted_at=one.receipt.at,
            last_good_day=last_good_day,
            late=days_late > 0,
            days_late=days_late,
        )
        for fact in (_submitted(desk, one.body, answer), *facts):
            await tx.publish(fact, cause=one.cause)
        taken.append(answer)
    await _insert(tx, desk, sent, taken)
    return [(201, answer) for answer in taken]


def _submitted(desk: Desk, body: EssayIn, taken: EssayTaken) -> EssaySubmitted:
    return EssaySubmitted(
        campaign=desk.plan.campaign,
        unit=body.unit,
        simulated=body.simulated,
        essay_id=taken.essay_id,
        title=body.title,
        form=body.form,
        exemplar=ExemplarName(kind=body.exemplar.kind, name=body.exemplar.name),
        words=body.words,
        minutes=body.minutes,
        submitted_at=taken.submitted_at,
        late=taken.late,
        days_late=taken.days_late,
    )


async def _insert(
    tx: Transaction, desk: Desk, sent: Sequence[Sent], taken: Sequence[EssayTaken]
) -> None:
    rows = [
        (
            answer.essay_id,
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
        )
        for body, answer in zip((one.body for one in sent), taken, strict=True)
    ]
    await tx.execute(
        """
        WITH sent AS (
            SELECT * FROM unnest(
                $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                $8::int[], $9::numeric[], $10::text[], $11::date[], $12::timestamptz[],
                $13::int[], $14::bool[], $15::text[], $16::text[], $17::text[], $18::text[],
                $19::text[]
            ) AS sent (essay_id, unit, title, form, exemplar_kind, exemplar_name, words, minutes,
                       published_in, published_on, submitted_at, days_late, simulated,
                       full_name, address, workplace, phone, exemplar_address)
        ), entry AS (
            INSERT INTO essays (essay_id, campaign, unit, version, title, form, exemplar_kind,
                                exemplar_name, words, minutes, published_in, published_on,
                                submitted_at, late, days_late, simulated)
            SELECT essay_id, $1, unit, 1, title, form, exemplar_kind, exemplar_name, words,
                   minutes, published_in, published_on, submitted_at, days_late > 0, days_late,
                   simulated
              FROM sent
        )
        INSERT INTO essay_authors (essay_id, full_name, address, workplace, phone,
                                   exemplar_address)
        SELECT essay_id, full_name, address, workplace, phone, exemplar_address FROM sent
        """,
        desk.plan.campaign,
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
    )
