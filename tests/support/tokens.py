"""Tokens that must not open anything, signed as well as each case allows."""

import hmac
import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from infra.local.issuer import AUDIENCE, Issuer


def bad_tokens(issuer: Issuer, roles: list[str], unit: str | None = "SNV") -> dict[str, str]:
    """By what is wrong with each; but for that, it would have `roles` and `unit`."""
    now = datetime.now(UTC)
    good: dict[str, Any] = {
        "iss": issuer.url,
        "aud": AUDIENCE,
        "sub": "somebody",
        "iat": now,
        "exp": now + timedelta(hours=1),
        "roles": roles,
        "unit": unit,
    }
    own = issuer.key
    public = own.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    def signed(key: Any = own, alg: str = "ES256", kid: str = issuer.key_id, **other: Any) -> str:
        claims = {name: value for name, value in {**good, **other}.items() if value is not None}
        return jwt.encode(claims, key, algorithm=alg, headers={"kid": kid})

    head, claims, signature = signed().split(".")
    changed = "A" if signature[0] != "A" else "B"
    return {
        "no token at all": "",
        "not a token": "abc.def",
        "changed signature": f"{head}.{claims}.{changed}{signature[1:]}",
        "alg none": signed(None, "none"),
        "public key as shared secret": _hmac_by(public, good, issuer.key_id),
        "a stranger's key": signed(ec.generate_private_key(ec.SECP256R1())),
        "an unknown key id": signed(kid="unknown"),
        "expired": signed(exp=now - timedelta(minutes=5)),
        "no expiry": signed(exp=None),
        "not valid yet": signed(nbf=now + timedelta(hours=1)),
        "wrong issuer": signed(iss="https://elsewhere.invalid"),
        "wrong audience": signed(aud="other"),
        "no subject": signed(sub=None),
        "roles of a wrong type": signed(roles="board"),
    }


def _hmac_by(secret: bytes, claims: dict[str, Any], kid: str) -> str:
    # By hand: PyJWT refuses to sign so.
    header = {"alg": "HS256", "typ": "JWT", "kid": kid}
    claims = {
        **claims,
        "iat": int(claims["iat"].timestamp()),
        "exp": int(claims["exp"].timestamp()),
    }
    parts = [_base64(json.dumps(part).encode()) for part in (header, claims)]
    signature = hmac.digest(secret, ".".join(parts).encode(), "sha256")
    return ".".join([*parts, _base64(signature)])


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
