"""The OpenID issuer of the one-machine stack, in place of the city's provider.

It has no accounts: whoever reaches it may be anyone, by its login page or by a token that is made
here. That is what `make token`, the pages and the tests need, and why production settings name
another issuer.
"""

import json
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from infra.local.http_thread import HttpThread
from infra.local.login_page import LoginPages
from infra.local.ports import free_port, is_listening

AUDIENCE = "thidua"
ALGORITHM = "ES256"


class Issuer:
    """One signing key in `directory/key.pem` (0600), made at first use and kept.

    `issuer.json` beside it remembers the port, so that tokens of an earlier run stay good and
    another process can mint for the stack that runs.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.key = _load_or_make_key(directory)
        """Signs its tokens."""
        public = ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        self._jwk: dict[str, str] = {name: str(public[name]) for name in ("kty", "crv", "x", "y")}
        self._http: HttpThread | None = None

    @property
    def url(self) -> str:
        """The claim `iss`, and where the documents are served while this runs."""
        return f"http://127.0.0.1:{self._port()}"

    @property
    def jwks_url(self) -> str:
        """Where the public key is served while this runs."""
        return f"{self.url}/jwks.json"

    @property
    def key_id(self) -> str:
        """The key's thumbprint (RFC 7638)."""
        members = json.dumps(self._jwk, sort_keys=True, separators=(",", ":"))
        return urlsafe_b64encode(sha256(members.encode()).digest()).decode().rstrip("=")

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The JSON Web Key Set (RFC 7517): the public half only."""
        use = {"kid": self.key_id, "use": "sig", "alg": ALGORITHM}
        return {"keys": [{**self._jwk, **use}]}

    def mint(
        self,
        roles: str | Iterable[str],
        unit: str | None = None,
        *,
        subject: str | None = None,
        ttl: timedelta = timedelta(hours=12),
        issued_at: datetime | None = None,
    ) -> str:
        """A signed bearer token: `iss`, `aud`, `sub`, `iat`, `exp`, `jti`, `roles`, and `unit`.

        `subject` is by default `role:unit`. `issued_at` is aware and by default now, by the real
        clock, also where the stack's clock is simulated: tokens are checked against real time.
        """
        names = [roles] if isinstance(roles, str) else list(roles)
        begin = issued_at or datetime.now(UTC)
        claims: dict[str, object] = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": subject or ":".join([*names, *([unit] if unit else [])]) or "nobody",
            "iat": begin,
            "exp": begin + ttl,
            "jti": str(uuid.uuid4()),
            "roles": names,
        }
        if unit is not None:
            claims["unit"] = unit
        return jwt.encode(claims, self.key, algorithm=ALGORITHM, headers={"kid": self.key_id})

    def _mint_for(self, role: str, unit: str | None) -> str:
        """An access token of the login page, which lives as long as it says there."""
        return self.mint([role] if role else [], unit, ttl=timedelta(hours=1))

    def _mint_identity(self, role: str, unit: str | None, client: str, nonce: str | None) -> str:
        """An identity token (OpenID Connect Core §2): whoever was chosen, for that client."""
        now = datetime.now(UTC)
        subject = ":".join([*([role] if role else []), *([unit] if unit else [])])
        claims: dict[str, object] = {
            "iss": self.url,
            "aud": client,
            "sub": subject or "nobody",
            "iat": now,
            "exp": now + timedelta(hours=1),
        }
        if nonce is not None:
            claims["nonce"] = nonce
        return jwt.encode(claims, self.key, algorithm=ALGORITHM, headers={"kid": self.key_id})

    def start(self) -> None:
        """Serve `/jwks.json` and `/.well-known/openid-configuration`."""
        if self._http is not None:
            return
        if is_listening(self._port()):  # another stack of this clone, or a stranger, has it
            self._remember(free_port())
        routes = [
            Route("/jwks.json", self._serve_jwks),
            Route("/.well-known/openid-configuration", self._serve_configuration),
            *LoginPages(lambda: self.url, self._mint_for, self._mint_identity).routes,
        ]
        http = HttpThread(Starlette(routes=routes), port=self._port())
        http.start()
        self._http = http

    def stop(self) -> None:
        """Serve no more, as a provider that is down. Minting goes on."""
        if self._http is not None:
            self._http.stop()
            self._http = None

    def _port(self) -> int:
        try:
            return int(json.loads(self._memory.read_text())["port"])
        except FileNotFoundError:
            return self._remember(free_port())

    def _remember(self, port: int) -> int:
        self._memory.write_text(json.dumps({"port": port}))
        return port

    @property
    def _memory(self) -> Path:
        return self._directory / "issuer.json"

    async def _serve_jwks(self, _request: Request) -> JSONResponse:
        return JSONResponse(self.jwks())

    async def _serve_configuration(self, _request: Request) -> JSONResponse:
        return JSONResponse(
            {
                "issuer": self.url,
                "jwks_uri": self.jwks_url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "end_session_endpoint": f"{self.url}/logout",
                "authorization_response_iss_parameter_supported": True,
                "code_challenge_methods_supported": ["S256"],
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
            }
        )


def _load_or_make_key(directory: Path) -> ec.EllipticCurvePrivateKey:
    path = directory / "key.pem"
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{path} holds no elliptic-curve key; remove it to get a new one")
        return key
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = ec.generate_private_key(ec.SECP256R1())
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return key
