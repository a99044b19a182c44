"""Sending what a form was filled in with."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from services.portal.api import RefusedByServiceError
from services.portal.forms import Form
from services.portal.visit import Visit

_WHOLE = re.compile(r"-?[0-9]{1,15}")
_CORRECTABLE = frozenset({400, 409, 422})
"""Answers that whoever filled in the form can do something about."""


def whole_typed(text: str) -> int | str:
    """A whole number, where it is one."""
    text = text.strip()
    return int(text) if _WHOLE.fullmatch(text) else text


async def sent(
    visit: Visit,
    path: str,
    body: Mapping[str, Any],
    fields: Sequence[str],
    values: Mapping[str, str],
) -> Any | Form:
    """Send a form's body to submissions: its answer, or the form with what was refused.

    Raises RefusedByServiceError where filling it in differently would not help, and AwayError.
    """
    key = values.get("idempotency_key") or str(uuid4())
    try:
        return await visit.api.post("submissions", path, body, key=key)
    except RefusedByServiceError as error:
        if error.status not in _CORRECTABLE:
            raise
        return Form(fields, values, error.problem, visit.language)
