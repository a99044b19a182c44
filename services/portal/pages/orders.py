"""What the Board decides by a document: a day moves, units are released, or that is taken back.

Each is shown before it is done: the service answers whom it touches, with nothing changed.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.forms import Form, posted
from services.portal.order_forms import (
    MOVE,
    TAKE_BACK,
    WAIVER,
    OrderForm,
    command_for,
    kind_of,
)
from services.portal.pages.order_preview import answer_order
from services.portal.pages.scope import CampaignPages, In
from services.portal.visit import NoSuchPageError

router = APIRouter()

_UNITS_NAMED = 5


@router.get("/dot/{campaign}/van-ban")
async def orders(scope: In, moi: UUID | None = None) -> Response:
    """All orders, the newest first; `moi`: the one that was entered just now."""
    scope.visit.require("board")
    known = await _orders(scope)
    numbers = {one["order_id"]: one["number"] for one in known}
    return scope.visit.page(
        "orders/list.html",
        scope=scope,
        orders=[
            {
                **one,
                "names": [_name(scope, code) for code in one["units"][:_UNITS_NAMED]],
                "kind": kind_of(one, known),
                "taken_back": numbers.get(one["takes_back"]),
                "taken_back_by": [numbers[other] for other in one["taken_back_by"]],
            }
            for one in reversed(known)
        ],
        entered=numbers.get(str(moi)),
        simulated=any(one["simulated"] for one in known),
    )


@router.get("/dot/{campaign}/dieu-chinh-thoi-han")
async def ask_move(scope: In, noi_dung: str = "", don_vi: str = "") -> Response:
    """The form that moves a day; `noi_dung`: of which option, `don_vi`: for which unit."""
    scope.visit.require("board")
    given = {"option": noi_dung, "scope.units": don_vi, "included": "true"}
    return _form(scope, MOVE, Form(MOVE.fields, given))


@router.post("/dot/{campaign}/dieu-chinh-thoi-han")
async def move(scope: In) -> Response:
    """Its preview, and the move itself."""
    return await _order(scope, MOVE)


@router.get("/dot/{campaign}/mien-thuc-hien")
async def ask_waiver(scope: In, noi_dung: str = "", don_vi: str = "") -> Response:
    """The form that releases units."""
    scope.visit.require("board")
    given = {"obligation": noi_dung, "scope.units": don_vi}
    return _form(scope, WAIVER, Form(WAIVER.fields, given))


@router.post("/dot/{campaign}/mien-thuc-hien")
async def waive(scope: In) -> Response:
    """Its preview, and the release itself."""
    return await _order(scope, WAIVER)


@router.get("/dot/{campaign}/van-ban/{order_id}/thu-hoi")
async def ask_take_back(scope: In, order_id: UUID) -> Response:
    """The form that takes an order back."""
    scope.visit.require("board")
    order = await _meant(scope, order_id)
    return _form(scope, TAKE_BACK, Form(TAKE_BACK.fields, {}), order)


@router.post("/dot/{campaign}/van-ban/{order_id}/thu-hoi")
async def take_back(scope: In, order_id: UUID) -> Response:
    """Its preview, and the act itself."""
    return await _order(scope, TAKE_BACK, await _meant(scope, order_id))


async def _order(
    scope: CampaignPages, form: OrderForm, order: Mapping[str, Any] | None = None
) -> Response:
    scope.visit.require("board")
    values = await posted(scope.visit.request)
    if values.get("step") == "edit":
        return _form(scope, form, Form(form.fields, values), order)
    command = command_for(form, values, scope.known.campaign.units.on(scope.visit.today), order)
    answer = await answer_order(scope, form, command, values)
    if isinstance(answer, Form):
        return _form(scope, form, answer, order)
    if answer.done:
        return scope.visit.lead_to(f"{scope.base}/van-ban?moi={answer.order_id}")
    return scope.visit.page(
        "orders/preview.html",
        scope=scope,
        form=form,
        order=order,
        preview=answer,
        values=values,
        action=_action(scope, form, order),
        unit_name=lambda code: _name(scope, code),
    )


def _form(
    scope: CampaignPages, form: OrderForm, f: Form, order: Mapping[str, Any] | None = None
) -> Response:
    tree = scope.known.campaign.units.on(scope.visit.today)
    return scope.visit.page(
        "orders/form.html",
        status=422 if f.summary else 200,
        scope=scope,
        form=form,
        f=f,
        order=order,
        action=_action(scope, form, order),
        plan=scope.known.campaign.plan,
        clusters=sorted({unit.cluster for unit in tree if unit.cluster}),
        levels=sorted({unit.level for unit in tree if unit.parent}),
    )


def _action(scope: CampaignPages, form: OrderForm, order: Mapping[str, Any] | None) -> str:
    if order is not None:
        return f"{scope.base}/van-ban/{order['order_id']}/thu-hoi"
    return f"{scope.base}/{form.address}"


def _name(scope: CampaignPages, code: str) -> str:
    unit = scope.known.unit(code)
    return unit.name if unit else code


async def _orders(scope: CampaignPages) -> Sequence[Mapping[str, Any]]:
    answer = await scope.visit.api.get("submissions", f"{scope.api_path}/orders")
    known: Sequence[Mapping[str, Any]] = answer["orders"]
    return known


async def _meant(scope: CampaignPages, order_id: UUID) -> Mapping[str, Any]:
    known = await _orders(scope)
    order = next((one for one in known if one["order_id"] == str(order_id)), None)
    if order is None or kind_of(order, known) is None:
        raise NoSuchPageError
    return {**order, "kind": kind_of(order, known)}
