"""The login page of the local issuer: whoever opens it chooses whom to be. Marked as simulated.

Authorization code with PKCE (RFC 7636), and nothing more than the portal's login needs; a code is
good once and for a minute.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

_CODE_S = 60.0
_TOKEN_S = 3600

_PAGE = Path(__file__).with_name("login.html")


@dataclass(frozen=True)
class _Code:
    client: str
    redirect_uri: str
    challenge: str
    nonce: str | None
    role: str
    unit: str | None
    until: float


Mint = Callable[[str, str | None], str]
MintIdentity = Callable[[str, str | None, str, str | None], str]


class LoginPages:
    """Routes of a provider at which one chooses role and unit."""

    def __init__(self, issuer: Callable[[], str], mint: Mint, mint_identity: MintIdentity) -> None:
        """`mint`: an access token of role and unit; `mint_identity`: an identity token of these,
        for a client, with a nonce."""
        self._issuer = issuer
        self._mint = mint
        self._mint_identity = mint_identity
        self._codes: dict[str, _Code] = {}
        self.routes = [
            Route("/authorize", self._ask, methods=["GET"]),
            Route("/authorize", self._choose, methods=["POST"]),
            Route("/token", self._token, methods=["POST"]),
            Route("/logout", self._logout, methods=["GET"]),
        ]

    async def _ask(self, request: Request) -> Response:
        asked = request.query_params
        wrong = _fault(asked.get("response_type"), asked.get("code_challenge_method"))
        if wrong or not asked.get("redirect_uri") or not asked.get("code_challenge"):
            return JSONResponse({"error": wrong or "invalid_request"}, 400)
        hidden = "".join(
            f'<input type="hidden" name="asked.{escape(name)}" value="{escape(value)}">'
            for name, value in asked.items()
        )
        return HTMLResponse(_PAGE.read_text().replace("<!-- asked -->", hidden))

    async def _choose(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        asked = {name[6:]: value for name, value in form.items() if name.startswith("asked.")}
        code = secrets.token_urlsafe(32)
        self._codes[code] = _Code(
            client=asked["client_id"],
            redirect_uri=asked["redirect_uri"],
            challenge=asked["code_challenge"],
            nonce=asked.get("nonce"),
            role=form.get("role", ""),
            unit=form.get("unit", "").strip() or None,
            until=time.monotonic() + _CODE_S,
        )
        answer = {"code": code, "state": asked.get("state", ""), "iss": self._issuer()}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 303)

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        code = self._codes.pop(form.get("code", ""), None)
        if (
            form.get("grant_type") != "authorization_code"
            or code is None
            or time.monotonic() > code.until
            or form.get("redirect_uri") != code.redirect_uri
            or _challenge_of(form.get("code_verifier", "")) != code.challenge
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(
            {
                "access_token": self._mint(code.role, code.unit),
                "id_token": self._mint_identity(code.role, code.unit, code.client, code.nonce),
                "token_type": "Bearer",
                "expires_in": _TOKEN_S,
            },
            headers={"Cache-Control": "no-store"},
        )

    async def _logout(self, request: Request) -> Response:
        return RedirectResponse(request.query_params.get("post_logout_redirect_uri", "/"), 303)


def _fault(response_type: str | None, method: str | None) -> str | None:
    if response_type != "code":
        return "unsupported_response_type"
    return None if method == "S256" else "invalid_request"


def _challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
