"""An order as the service answers it: first with nothing done, then done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from services.portal.api import RefusedByServiceError
from services.portal.forms import Form
from services.portal.order_forms import SAME_FIELD, OrderCommand, OrderForm, unit_lines
from services.portal.pages.scope import CampaignPages

_MOST_SHOWN = 200
_FAULTS = (HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """What an order does, or did."""

    done: bool
    order_id: str
    answer: Mapping[str, Any]
    changes: Sequence[Mapping[str, Any]]
    """By unit; not all of very many."""
    more: int
    """Units that are left out."""
    key: str
    """For the command itself: however often it is confirmed, it is done once."""


async def answer_order(
    scope: CampaignPages, form: OrderForm, command: OrderCommand, values: Mapping[str, str]
) -> OrderAnswer | Form:
    """Preview it, or do it where it was confirmed; the form once more where it is refused."""
    confirmed = values.get("step") == "confirm"
    key = values.get("idempotency_key") or str(uuid4())
    path = f"{scope.api_path}/{command.route}"
    try:
        answer = await scope.visit.api.post(
            "submissions", path, command.body, key=key, preview=not confirmed
        )
    except RefusedByServiceError as error:
        if error.status not in _FAULTS:
            raise
        problem = _at_our_fields(error.problem, unit_lines(values))
        return Form(form.fields, values, problem, scope.visit.language)
    changes = answer["changes"]
    return OrderAnswer(
        done=confirmed,
        order_id=answer.get("move_id") or answer["order_id"],
        answer=answer,
        changes=changes[:_MOST_SHOWN],
        more=max(len(changes) - _MOST_SHOWN, 0),
        key=str(uuid4()),
    )


def _at_our_fields(problem: Mapping[str, Any], lines: Sequence[str]) -> Mapping[str, Any]:
    """Faults where the page has the field; of a unit with the line that was typed for it."""
    faults = []
    for fault in problem.get("faults", ()):
        pointer = str(fault.get("pointer", ""))
        given = dict(fault, pointer=SAME_FIELD.get(pointer, pointer))
        place = pointer.removeprefix("/scope/units/")
        if place.isdigit() and int(place) < len(lines):
            line = lines[int(place)].strip()
            given.update(vi=f"“{line}”: {fault['vi']}", en=f"“{line}”: {fault['en']}")
        faults.append(given)
    return {**problem, "faults": faults}
