"""The forms behind the Board's orders, and the bodies that the service takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from services.contracts.campaign.units import Unit
from services.portal.forms import body_of, day_typed
from services.portal.unit_search import code_of

Kind = Literal["move", "waive"]

_SCOPE = ("/scope/units", "/scope/clusters", "/scope/levels")
_WHY = ("/document", "/reason")
_CONTEST = "contest:"
"""Before the id of a contest in the list of what can be moved."""


@dataclass(frozen=True, slots=True)
class OrderForm:
    """A form, and where its fields stand in the order of the page."""

    act: Literal["move", "waive", "take-back"]
    address: str
    fields: tuple[str, ...]
    """By JSON Pointer."""


MOVE = OrderForm("move", "dieu-chinh-thoi-han", ("/option", "/date", "/included", *_SCOPE, *_WHY))
WAIVER = OrderForm("waive", "mien-thuc-hien", ("/obligation", *_SCOPE, *_WHY))
TAKE_BACK = OrderForm("take-back", "", (*_SCOPE, *_WHY))

SAME_FIELD: Mapping[str, str] = {"/contest": "/option", "/unit": "/scope/units"}
"""Where the page has one field for two of the service's."""


@dataclass(frozen=True, slots=True)
class OrderCommand:
    """What the service is asked to do."""

    route: Literal["deadline-moves", "waivers"]
    body: Mapping[str, Any]


def command_for(
    form: OrderForm,
    values: Mapping[str, str],
    units: Iterable[Unit],
    order: Mapping[str, Any] | None = None,
) -> OrderCommand:
    """The command of a form that was sent; `order`: what is taken back."""
    body = body_of(values, [one for one in form.fields if not one.startswith("/scope")])
    if scope := _scope(values, units):
        body["scope"] = scope
    if order is not None:
        body["takes_back"] = order["order_id"]
    if form.act == "move":
        if str(body.get("option", "")).startswith(_CONTEST):
            body["contest"] = body.pop("option").removeprefix(_CONTEST)
        if "date" in body:
            body["date"] = day_typed(body["date"])
        if "included" in body:
            body["included"] = body["included"] == "true"
    moves = form.act == "move" or (order is not None and order["kind"] == "move")
    return OrderCommand("deadline-moves" if moves else "waivers", body)


def kind_of(order: Mapping[str, Any], orders: Sequence[Mapping[str, Any]]) -> Kind | None:
    """Whether an order moves a day or releases units, be it by taking such an order back; None:
    it is an amendment's, which no order takes back."""
    by_id = {one["order_id"]: one for one in orders}
    while order["takes_back"] is not None:
        order = by_id[order["takes_back"]]
    act = order["act"]
    return act if act in ("move", "waive") else None


def unit_lines(values: Mapping[str, str]) -> list[str]:
    """The units that were typed, as they were typed."""
    return [line for line in values.get("scope.units", "").splitlines() if line.strip()]


def _scope(values: Mapping[str, str], units: Iterable[Unit]) -> dict[str, list[str]]:
    every = list(units)
    found = {
        "units": [code_of(every, line) for line in unit_lines(values)],
        "clusters": [one for one in [values.get("scope.clusters", "").strip()] if one],
        "levels": [one for one in [values.get("scope.levels", "").strip()] if one],
    }
    return {key: named for key, named in found.items() if named}
