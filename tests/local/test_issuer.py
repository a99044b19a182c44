"""Tokens of the local issuer hold against the documents it serves."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import jwt
import pytest

from infra.local.issuer import ALGORITHM, AUDIENCE, Issuer


def verified(token: str, issuer: Issuer) -> dict[str, object]:
    """The claims, checked as a service checks them: from the configuration document on."""
    documents = httpx.get(f"{issuer.url}/.well-known/openid-configuration", trust_env=False).json()
    key = jwt.PyJWKClient(documents["jwks_uri"]).get_signing_key_from_jwt(token)
    claims: dict[str, object] = jwt.decode(
        token, key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=documents["issuer"]
    )
    return claims


def test_a_token_verifies_against_the_served_key_set(issuer: Issuer) -> None:
    claims = verified(issuer.mint("unit", "SNV", subject="van-thu"), issuer)
    assert (claims["roles"], claims["unit"], claims["sub"]) == (["unit"], "SNV", "van-thu")
    assert "unit" not in verified(issuer.mint(["board", "ops"]), issuer)


def test_an_expired_token_and_one_of_another_issuer_are_refused(
    issuer: Issuer, tmp_path: Path
) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    old = issuer.mint("unit", "SNV", issued_at=yesterday, ttl=timedelta(hours=1))
    with pytest.raises(jwt.ExpiredSignatureError):
        verified(old, issuer)
    with pytest.raises(jwt.PyJWKClientError):
        verified(Issuer(tmp_path).mint("ops"), issuer)


def test_the_private_key_stays_private(issuer: Issuer, tmp_path: Path) -> None:
    served = httpx.get(issuer.jwks_url, trust_env=False).json()
    assert served == issuer.jwks()
    assert "d" not in served["keys"][0]  # RFC 7518 §6.2.2: the private half
    Issuer(tmp_path / "issuer")
    assert (tmp_path / "issuer" / "key.pem").stat().st_mode & 0o077 == 0


def test_another_process_mints_for_the_issuer_that_runs(tmp_path: Path) -> None:
    running = Issuer(tmp_path)
    running.start()
    try:
        token = Issuer(tmp_path).mint("board")
        assert verified(token, running)["roles"] == ["board"]
    finally:
        running.stop()
    restarted = Issuer(tmp_path)
    restarted.start()
    try:
        assert verified(token, restarted)["roles"] == ["board"]
    finally:
        restarted.stop()
