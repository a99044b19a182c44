"""The reports that every campaign knows: of the conference, of the contest, of the ceremony."""

from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.forms import Form, body_of, day_typed, posted
from services.portal.pages.scope import CampaignPages, In
from services.portal.sending import sent, whole_typed
from services.portal.visit import NoSuchPageError
from services.portal.ways import forms_asked

router = APIRouter()

_REPORTS = {
    "hoi-nghi": (
        "conference-reported",
        "conference-reports",
        ("/form", "/held_on", "/city_document", "/city_document/number", "/city_document/date"),
    ),
    "tong-ket-cuoc-thi": ("contest-reported", "contest-reports", ("/entries", "/prizes")),
    "trao-giai": ("ceremony-reported", "ceremony-reports", ("/held_on", "/joined_with")),
}
"""By the page's name: the event, the service's path, and the fields."""
_TYPED = {
    "/entries": whole_typed,
    "/prizes": whole_typed,
    "/held_on": day_typed,
    "/city_document/date": day_typed,
}


@router.get("/dot/{campaign}/bao-cao/{name}")
async def new(scope: In, name: str) -> Response:
    """An empty form."""
    _, _, fields = _known(name)
    return _form(scope, name, Form(fields, {}))


@router.post("/dot/{campaign}/bao-cao/{name}")
async def send(scope: In, name: str) -> Response:
    """Send it, and show what it was for."""
    _, path, fields = _known(name)
    values = await posted(scope.visit.request)
    body = body_of(values, fields)
    for pointer, read in _TYPED.items():
        _replace(body, pointer.lstrip("/").split("/"), read)
    body["unit"] = scope.unit_of(None).code
    answer = await sent(scope.visit, f"{scope.api_path}/{path}", body, fields, values)
    if isinstance(answer, Form):
        return _form(scope, name, answer)
    return scope.visit.lead_to(f"{scope.base}/noi-dung/{answer['obligation']['obligation']}")


def _known(name: str) -> tuple[str, str, tuple[str, ...]]:
    if name not in _REPORTS:
        raise NoSuchPageError
    return _REPORTS[name]


def _replace(body: dict[str, Any], path: list[str], read: Any) -> None:
    *parents, last = path
    at: Any = body
    for parent in parents:
        at = at.get(parent, {})
    if last in at:
        at[last] = read(at[last])


def _form(scope: CampaignPages, name: str, form: Form) -> Response:
    unit = scope.unit_of(None)
    asked = forms_asked(scope.known.campaign.plan, unit, _known(name)[0])
    return scope.visit.page(
        f"reports/{name}.html",
        status=422 if form.summary else 200,
        scope=scope,
        unit=unit,
        receiver=scope.known.unit(unit.parent),
        asked=asked,
        f=form,
        key=str(uuid4()),
    )
