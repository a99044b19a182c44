"""Which dead letters a person means, locked so that nobody else decides about them meanwhile."""

from collections.abc import Mapping, Sequence

from services.chassis.dead_letters import queries
from services.chassis.dead_letters.queries import Letter
from services.chassis.problems import FAULTY, Fault, Problem, Refusal
from services.chassis.storage.database import Transaction

LETTER_CLOSED = Problem(
    "dead-letter-closed",
    409,
    "Bản tin này đã được xử lý",
    "The dead letter is decided already",
    "Somebody redrove or discarded it; the answer says who and when. Leave it out.",
)

STATES_VI: Mapping[str, str] = {
    "open": "chờ xử lý",
    "redriven": "đã xử lý lại",
    "discarded": "đã loại bỏ",
}
"""The states of a letter, in words."""

SHORTEST_REASON, LONGEST_REASON = 3, 500
"""Characters."""


def reason_of(text: str) -> str:
    """Why a letter is discarded, as it is kept. Raises Refusal for a wrong length."""
    reason = text.strip()
    if SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        return reason
    fault = Fault(
        "/reason",
        f"Lý do phải có từ {SHORTEST_REASON} đến {LONGEST_REASON} ký tự.",
        f"The reason must have {SHORTEST_REASON} to {LONGEST_REASON} characters.",
    )
    raise Refusal(FAULTY, [fault])


async def to_decide(tx: Transaction, names: Sequence[str]) -> list[Letter]:
    """The letters of these names, locked until `tx` ends. In the order of the names, each once.

    Raises Refusal: 422 with every name that is nobody's or more than one letter's, then 409 with
    every letter that is not open any more.
    """
    faults, ids = [], []
    for index, name in enumerate(names):
        found = await queries.named(tx, name)
        if len(found) == 1:
            ids.append(found[0])
        else:
            faults.append(_unknown(index, name) if not found else _vague(index, name))
    if faults:
        raise Refusal(FAULTY, faults)
    letters = await queries.read(tx, ids, lock=True)
    closed = [
        _closed(index, letters[id_])
        for index, id_ in enumerate(ids)
        if letters[id_].state != "open"
    ]
    if closed:
        raise Refusal(LETTER_CLOSED, closed)
    return [letters[id_] for id_ in dict.fromkeys(ids)]


def _unknown(index: int, name: str) -> Fault:
    return Fault(
        f"/ids/{index}",
        f"Không có bản tin nào có mã {name}. Xem danh sách.",
        f"No dead letter is called {name}: see the list.",
    )


def _vague(index: int, name: str) -> Fault:
    return Fault(
        f"/ids/{index}",
        f"{name} là phần đầu của nhiều mã. Ghi mã dài hơn.",
        f"{name} begins more than one id: write more of it.",
    )


def _closed(index: int, letter: Letter) -> Fault:
    when = letter.decided_at.isoformat(timespec="seconds") if letter.decided_at else "?"
    return Fault(
        f"/ids/{index}",
        f"{letter.id} {STATES_VI[letter.state]}: {letter.decided_by}, {when}.",
        f"{letter.id} was {letter.state} by {letter.decided_by} at {when}.",
    )
