"""Essays of a unit: the list, the form, the receipt, and taking one back."""

from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.api import RefusedByServiceError
from services.portal.forms import Form, body_of, posted
from services.portal.pages.scope import CampaignPages, In
from services.portal.visit import NoSuchPageError

router = APIRouter()

_FIELDS = (
    "/contest",
    "/title",
    "/form",
    "/words",
    "/minutes",
    "/published_in",
    "/published_on",
    "/acted_on",
    "/exemplar/kind",
    "/exemplar/name",
    "/exemplar/address",
    "/author/full_name",
    "/author/address",
    "/author/workplace",
    "/author/phone",
)


@router.get("/dot/{campaign}/bai-du-thi")
async def essays(scope: In, don_vi: str | None = None, sau: str | None = None) -> Response:
    """The essays of a unit, a page of them."""
    unit = scope.unit_of(don_vi)
    answer = await scope.visit.api.get(
        "submissions", f"{scope.api_path}/essays", unit=unit.code, limit=100, after=sau
    )
    return scope.visit.page("essays/list.html", scope=scope, unit=unit, page=answer)


@router.get("/dot/{campaign}/bai-du-thi/moi")
async def new(scope: In) -> Response:
    """An empty form. No page where the campaign takes no essays."""
    if not scope.known.campaign.plan.contests:
        raise NoSuchPageError
    return _form(scope, Form(_FIELDS, {}), key=str(uuid4()))


@router.post("/dot/{campaign}/bai-du-thi/moi")
async def send(scope: In) -> Response:
    """Send it; what the service refuses stands at its field, and nothing typed is lost."""
    visit = scope.visit
    unit = scope.unit_of(None)
    values = await posted(visit.request)
    body = body_of(values, _FIELDS, whole=("/words",))
    body["unit"] = unit.code
    key = values.get("idempotency_key") or str(uuid4())
    try:
        answer = await visit.api.post("submissions", f"{scope.api_path}/essays", body, key=key)
    except RefusedByServiceError as error:
        if error.status not in (400, 409, 422):
            raise
        return _form(scope, Form(_FIELDS, values, error.problem, visit.language), key=str(uuid4()))
    return visit.lead_to(f"{scope.base}/bai-du-thi/{answer['essay_id']}")


@router.get("/dot/{campaign}/bai-du-thi/{essay_id}")
async def receipt(scope: In, essay_id: UUID) -> Response:
    """One essay with what became of it: the receipt."""
    path = f"{scope.api_path}/essays/{essay_id}"
    answer = await scope.visit.api.get("submissions", path)
    unit = scope.unit_of(answer["unit"])
    return scope.visit.page("essays/receipt.html", scope=scope, unit=unit, essay=answer)


@router.get("/dot/{campaign}/bai-du-thi/{essay_id}/rut")
async def ask_withdrawal(scope: In, essay_id: UUID) -> Response:
    """The question before it is taken back."""
    return await _withdrawal(scope, essay_id, Form(("/reason",), {}))


@router.post("/dot/{campaign}/bai-du-thi/{essay_id}/rut")
async def withdraw(scope: In, essay_id: UUID) -> Response:
    """Take it back."""
    visit = scope.visit
    values = await posted(visit.request)
    path = f"{scope.api_path}/essays/{essay_id}/withdrawal"
    key = values.get("idempotency_key") or str(uuid4())
    try:
        await visit.api.post("submissions", path, body_of(values, ("/reason",)), key=key)
    except RefusedByServiceError as error:
        if error.status not in (400, 409, 422):
            raise
        form = Form(("/reason",), values, error.problem, visit.language)
        return await _withdrawal(scope, essay_id, form)
    return visit.lead_to(f"{scope.base}/bai-du-thi/{essay_id}")


async def _withdrawal(scope: CampaignPages, essay_id: UUID, form: Form) -> Response:
    path = f"{scope.api_path}/essays/{essay_id}"
    essay: dict[str, Any] = await scope.visit.api.get("submissions", path)
    return scope.visit.page(
        "essays/withdraw.html",
        status=422 if form.summary else 200,
        scope=scope,
        essay=essay,
        f=form,
        key=str(uuid4()),
    )


def _form(scope: CampaignPages, form: Form, *, key: str) -> Response:
    return scope.visit.page(
        "essays/form.html",
        status=422 if form.summary else 200,
        scope=scope,
        unit=scope.unit_of(None),
        contests=scope.known.campaign.plan.contests,
        f=form,
        key=key,
    )
