"""Who calls, and who may: one declaration of access for each route.

    router = Router(prefix="/v1/campaigns/{campaign}/essays")

    @router.post("", status_code=201, openapi_extra=access("unit", "district"))
    async def submit(body: EssayIn, caller: Caller, once: Once, context: Context) -> Response: ...

The declaration is enforced before the body is read, and is in OpenAPI as `x-roles`. A route
without one stops the service at start; a route for everyone says `access.public`. What only this
route refuses, beyond what all refuse alike, is declared in the same place, as `x-problems`:

    @router.post("/contest-reports", openapi_extra=access("unit", refuses=[SECOND_REPORT]))
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from fastapi import Depends, Request

from services.chassis.problems import FORBIDDEN, Problem, Refusal
from services.contracts.titles import ROLES as ROLE_TITLES
from services.contracts.wording import Bilingual

Role = Literal["unit", "district", "board", "ops"]
ROLES: tuple[Role, ...] = ("unit", "district", "board", "ops")
"""Roles that a token may carry in its claim `roles`; others are ignored."""

PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling, as the token says."""

    subject: str
    roles: frozenset[str]
    unit: str | None = None
    """Code of the unit it acts for; None for roles without one."""

    def has(self, *roles: Role) -> bool:
        """Whether it has any of these roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def acting_unit(self) -> str:
        """The unit it acts for. Raises Refusal (403) when the token names none."""
        if self.unit is None:
            raise Refusal(
                FORBIDDEN,
                detail=(
                    "Tài khoản không gắn với đơn vị nào. Sử dụng tài khoản của đơn vị.",
                    "The token names no unit: use a token of the unit.",
                ),
            )
        return self.unit


def require_unit(caller: Principal, unit: str) -> None:
    """Refuse (403) unless the caller acts for exactly this unit."""
    if caller.acting_unit != unit:
        raise Refusal(
            FORBIDDEN,
            detail=(
                "Tài khoản chỉ được gửi dữ liệu của đơn vị mình.",
                "The account may send data of its own unit only.",
            ),
        )


class _Access:
    """`access("unit", "board")` for `openapi_extra`; `access.public` for everyone,
    `access.secret_path()` for whoever has a secret that the path holds.

    `refuses`: the problems that this route answers with beside those of every route. `stores`:
    False for a POST that only computes an answer; it takes no Idempotency-Key. `max_body_bytes`:
    its own limit, where the service's does not fit.
    """

    def __call__(
        self,
        *roles: Role,
        refuses: Iterable[Problem] = (),
        stores: bool = True,
        max_body_bytes: int | None = None,
    ) -> dict[str, Any]:
        if not roles or (unknown := set(roles) - set(ROLES)):
            raise ValueError(f"access takes roles among {ROLES}, not {sorted(unknown) or 'none'}")
        declared: dict[str, Any] = {"x-roles": sorted(roles), "security": [{"bearer": []}]}
        if slugs := sorted(problem.slug for problem in refuses):
            declared["x-problems"] = slugs
        if not stores:
            declared["x-stores"] = False
        if max_body_bytes is not None:
            declared["x-max-body-bytes"] = max_body_bytes
        return declared

    @property
    def public(self) -> dict[str, Any]:
        """For everyone, without a token."""
        return {"x-roles": [PUBLIC], "security": []}

    def secret_path(self, *, refuses: Iterable[Problem] = ()) -> dict[str, Any]:
        """For whoever knows the path, which holds a secret: no log has it."""
        problems = sorted(problem.slug for problem in refuses)
        return {**self.public, "x-secret-path": True, "x-problems": problems}


access = _Access()


def declared_roles(openapi_extra: dict[str, Any] | None) -> frozenset[str] | None:
    """What `access` declared for a route; None when it declared nothing."""
    roles = (openapi_extra or {}).get("x-roles")
    return frozenset(roles) if roles else None


def require_role(caller: Principal, allowed: frozenset[str]) -> None:
    """Refuse (403) unless the caller has one of the roles."""
    if caller.roles.isdisjoint(allowed):
        want, have = _titles(allowed), _titles(caller.roles)
        raise Refusal(
            FORBIDDEN,
            detail=(
                f"Thao tác này dành cho: {want.vi}. Vai trò của tài khoản: {have.vi}.",
                f"This takes one of the roles {want.en}; the token has: {have.en}.",
            ),
        )


def _titles(roles: Collection[str]) -> Bilingual:
    titles = [ROLE_TITLES.get(role, Bilingual(role, role)) for role in sorted(roles)]
    if not titles:
        return Bilingual("chưa có", "none")
    return Bilingual(", ".join(one.vi for one in titles), ", ".join(one.en for one in titles))


async def _caller(request: Request) -> Principal:  # async: FastAPI gives a plain one a thread
    return cast(Principal, request.state.principal)


Caller = Annotated[Principal, Depends(_caller)]
"""Parameter type of a route that wants to know who is calling (not for public routes)."""
