"""Essays: taken, withdrawn, judged; each a transaction of state and facts.

Callers hand in an open transaction and get the answer; a refusal rolls everything back. Locks: the
unit's obligation first, then the essay.
"""

from typing import Any
from uuid import UUID

from services.chassis.problems import FAULTY, NOT_FOUND, Faults, Refusal
from services.chassis.storage.database import Transaction
from services.contracts.events import EssayJudged, EssaySubmitted, EssayWithdrawn
from services.contracts.events.essays import ExemplarName
from services.submissions.desk.answers import EssayChanged, EssayTaken
from services.submissions.desk.commands import EssayIn, JudgementIn, WithdrawalIn
from services.submissions.desk.desk import Desk, Receipt
from services.submissions.desk.refusals import ESSAY_WITHDRAWN
from services.submissions.desk.standing import check_entry_level
from services.submissions.essays.fulfilling import (
    ESSAY,
    fulfil_by_essay,
    lock_essay_obligations,
    without_essay,
)
from services.submissions.essays.rules import Author, Entry, check_entry, lateness
from services.submissions.obligations.obligation import Deed


async def submit_essay(
    tx: Transaction, desk: Desk, body: EssayIn, receipt: Receipt
) -> tuple[int, EssayTaken]:
    """Keep an entry, late or not, with what it does for the unit's obligations.

    Raises Refusal with every rule that it breaks.
    """
    faults = Faults()
    unit = desk.check_sender(faults, body, body.unit, receipt)
    if unit is not None:
        check_entry_level(faults, desk.campaign, unit)
    check_entry(faults, _entry(body), desk.plan.essays, receipt.day)
    faults.refuse_as(FAULTY)

    essay_id = desk.new_id(receipt)
    deed = Deed(ESSAY, essay_id, receipt.at, simulated=body.simulated)
    catch_up, facts = await fulfil_by_essay(tx, desk, body.unit, deed)
    last_good_day, days_late = lateness(desk.plan, catch_up, receipt.day)
    await _insert(tx, desk, body, deed, days_late)
    await tx.publish(
        EssaySubmitted(
            campaign=desk.plan.campaign,
            unit=body.unit,
            simulated=body.simulated,
            essay_id=essay_id,
            title=body.title,
            form=body.form,
            exemplar=ExemplarName(kind=body.exemplar.kind, name=body.exemplar.name),
            words=body.words,
            minutes=body.minutes,
            submitted_at=receipt.at,
            late=days_late > 0,
            days_late=days_late,
        )
    )
    await tx.publish_all(facts)
    return 201, EssayTaken(
        essay_id=essay_id,
        unit=body.unit,
        version=1,
        submitted_at=receipt.at,
        last_good_day=last_good_day,
        late=days_late > 0,
        days_late=days_late,
    )


async def withdraw_essay(
    tx: Transaction, desk: Desk, essay_id: UUID, body: WithdrawalIn, receipt: Receipt
) -> tuple[int, EssayChanged]:
    """Take an entry back: it counts nowhere from then on.

    Raises Refusal, also when it is the only entry that fulfils an obligation (`without_essay`).
    """
    faults = Faults()
    desk.check_body(faults, body, receipt)
    faults.refuse_as(FAULTY)
    unit = await unit_of_essay(tx, desk, essay_id)
    owed = await lock_essay_obligations(tx, desk, unit)
    essay = await _lock_standing(tx, essay_id)
    version = essay["version"] + 1
    await tx.execute(
        """
        UPDATE essays SET withdrawn_at = $2, withdrawal_reason = $3, version = $4
         WHERE essay_id = $1
        """,
        essay_id,
        receipt.at,
        body.reason,
        version,
    )
    await tx.publish(
        EssayWithdrawn(
            campaign=desk.plan.campaign,
            unit=unit,
            simulated=body.simulated or essay["simulated"],
            essay_id=essay_id,
            version=version,
            withdrawn_at=receipt.at,
            reason=body.reason,
        )
    )
    for state in owed:
        await without_essay(tx, desk, state, essay_id, receipt)
    return 200, EssayChanged(essay_id=essay_id, unit=unit, version=version, status="withdrawn")


async def judge_essay(
    tx: Transaction, desk: Desk, essay_id: UUID, body: JudgementIn, receipt: Receipt
) -> tuple[int, EssayChanged]:
    """Give an entry its mark; a later mark replaces an earlier one. Raises Refusal."""
    faults = Faults()
    desk.check_body(faults, body, receipt)
    scale = desk.plan.essays.mark
    if not scale.min <= body.mark <= scale.max:
        faults.add(
            "/mark",
            f"Điểm {body.mark} ngoài thang {scale.min} đến {scale.max}.",
            f"The mark {body.mark} is outside the scale of {scale.min} to {scale.max}.",
            rule="essays.mark",
        )
    faults.refuse_as(FAULTY)
    unit = await unit_of_essay(tx, desk, essay_id)
    essay = await _lock_standing(tx, essay_id)
    version = essay["version"] + 1
    await tx.execute(
        """
        UPDATE essays SET mark = $2, prize = $3, judged_at = $4, version = $5 WHERE essay_id = $1
        """,
        essay_id,
        body.mark,
        body.prize,
        receipt.at,
        version,
    )
    await tx.publish(
        EssayJudged(
            campaign=desk.plan.campaign,
            unit=unit,
            simulated=body.simulated or essay["simulated"],
            essay_id=essay_id,
            version=version,
            mark=body.mark,
            prize=body.prize,
            judged_at=receipt.at,
        )
    )
    return 200, EssayChanged(
        essay_id=essay_id,
        unit=unit,
        version=version,
        status="submitted",
        mark=body.mark,
        prize=body.prize,
    )


async def unit_of_essay(tx: Transaction, desk: Desk, essay_id: UUID) -> str:
    """The unit that sent it. Raises Refusal (404) for an unknown essay."""
    unit: str | None = await tx.fetchval(
        "SELECT unit FROM essays WHERE campaign = $1 AND essay_id = $2",
        desk.plan.campaign,
        essay_id,
    )
    if unit is None:
        raise Refusal(
            NOT_FOUND,
            detail=(f"Không có bài dự thi {essay_id}.", f"There is no essay {essay_id}."),
        )
    return unit


async def _lock_standing(tx: Transaction, essay_id: UUID) -> Any:
    row = await tx.fetchrow(
        "SELECT version, withdrawn_at, simulated FROM essays WHERE essay_id = $1 FOR UPDATE",
        essay_id,
    )
    assert row is not None  # noqa: S101 - essays are never deleted, and it was there
    if row["withdrawn_at"] is not None:
        raise Refusal(ESSAY_WITHDRAWN)
    return row


async def _insert(tx: Transaction, desk: Desk, body: EssayIn, deed: Deed, days_late: int) -> None:
    """Entry and private data in one round trip."""
    await tx.execute(
        """
        WITH entry AS (
            INSERT INTO essays (essay_id, campaign, unit, version, title, form, exemplar_kind,
                                exemplar_name, words, minutes, published_in, published_on,
                                submitted_at, late, days_late, simulated)
            VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        )
        INSERT INTO essay_authors (essay_id, full_name, address, workplace, phone,
                                   exemplar_address)
        VALUES ($1, $16, $17, $18, $19, $20)
        """,
        deed.by_id,
        desk.plan.campaign,
        body.unit,
        body.title,
        body.form,
        body.exemplar.kind,
        body.exemplar.name,
        body.words,
        body.minutes,
        body.published_in,
        body.published_on,
        deed.received_at,
        days_late > 0,
        days_late,
        body.simulated,
        body.author.full_name,
        body.author.address,
        body.author.workplace,
        body.author.phone,
        body.exemplar.address,
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
