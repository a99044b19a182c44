"""Promise: a token is believed as long as its issuer's key stands, and the keys may rotate."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local.issuer import Issuer
from services.chassis.http import auth, keys
from services.chassis.http.auth import Authenticator, Principal, access, require_unit
from services.chassis.problems import Refusal
from tests.chassis.toy import toy_settings
from tests.support.tokens import bad_tokens


def trusting(issuer: Issuer, **other: Any) -> Authenticator:
    return Authenticator(toy_settings("postgresql://nowhere", issuer, **other))


async def test_a_good_token_names_caller_roles_and_unit(issuer: Issuer) -> None:
    token = issuer.mint(["unit", "unheard-of"], "SNV", subject="abc")
    principal = await trusting(issuer).principal(f"Bearer {token}")
    assert principal == Principal("abc", frozenset({"unit"}), "SNV")


async def test_every_kind_of_bad_token_is_refused_with_the_way_to_a_good_one(
    issuer: Issuer,
) -> None:
    authenticator = trusting(issuer)
    for what, token in bad_tokens(issuer, ["board"]).items():
        with pytest.raises(Refusal) as refused:
            await authenticator.principal(f"Bearer {token}")
        assert refused.value.problem.status == 401, what
        assert "Bearer" in refused.value.headers["WWW-Authenticate"]


async def test_without_an_issuer_every_token_is_refused(issuer: Issuer) -> None:
    with pytest.raises(Refusal, match="no token issuer"):
        await trusting(issuer, jwks_url="").principal(f"Bearer {issuer.mint('board')}")


async def test_keys_may_lie_in_a_file(issuer: Issuer, tmp_path: Path) -> None:
    path = tmp_path / "jw ks.json"
    path.write_text(json.dumps(issuer.jwks()))
    authenticator = trusting(issuer, jwks_url=path.as_uri())
    assert (await authenticator.principal(f"Bearer {issuer.mint('ops')}")).has("ops")


async def test_a_rotated_key_is_fetched_and_the_old_one_no_longer_opens(
    issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_ASK_AGAIN_S", 0.0)
    monkeypatch.setattr(auth, "_REMEMBERED_S", 0.0)
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(issuer.jwks()))
    authenticator = trusting(issuer, jwks_url=path.as_uri(), jwks_refresh_s=0.001)
    old = f"Bearer {issuer.mint('ops')}"
    await authenticator.principal(old)
    heir = Issuer(tmp_path / "heir")
    path.write_text(json.dumps(heir.jwks()))
    (tmp_path / "heir" / "issuer.json").write_text(json.dumps({"port": issuer.url.split(":")[-1]}))
    assert heir.url == issuer.url
    await authenticator.principal(f"Bearer {heir.mint('ops')}")
    with pytest.raises(Refusal):
        await authenticator.principal(old)


async def test_a_token_that_was_believed_is_refused_once_its_key_is_known_to_be_withdrawn(
    issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_ASK_AGAIN_S", 0.0)
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(issuer.jwks()))
    authenticator = trusting(issuer, jwks_url=path.as_uri(), jwks_refresh_s=0.001)
    old = f"Bearer {issuer.mint('ops')}"
    await authenticator.principal(old)
    heir = Issuer(tmp_path / "heir")
    path.write_text(json.dumps(heir.jwks()))
    (tmp_path / "heir" / "issuer.json").write_text(json.dumps({"port": issuer.url.split(":")[-1]}))
    await authenticator.principal(old)  # believed still: nobody has asked the issuer since
    await authenticator.principal(f"Bearer {heir.mint('ops')}")
    with pytest.raises(Refusal):
        await authenticator.principal(old)


async def test_believed_tokens_are_bounded_and_the_oldest_is_checked_again(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "_REMEMBERED", 3)
    authenticator = trusting(issuer)
    tokens = [f"Bearer {issuer.mint('ops', subject=str(number))}" for number in range(5)]
    for token in tokens:
        await authenticator.principal(token)
    checked: list[str] = []
    decode = auth.jwt.decode

    def counted(token: str, *args: Any, **options: Any) -> Any:
        checked.append(token)
        return decode(token, *args, **options)

    monkeypatch.setattr(auth.jwt, "decode", counted)
    for token in reversed(tokens):
        await authenticator.principal(token)
    assert [f"Bearer {token}" for token in checked] == [tokens[1], tokens[0]]


async def test_known_keys_serve_on_while_the_issuer_is_away(
    issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_ASK_AGAIN_S", 0.0)
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(issuer.jwks()))
    authenticator = trusting(issuer, jwks_url=path.as_uri(), jwks_refresh_s=0.001)
    await authenticator.principal(f"Bearer {issuer.mint('ops')}")
    path.unlink()
    assert await authenticator.principal(f"Bearer {issuer.mint('board')}")


async def test_before_the_issuer_ever_answered_a_token_is_not_called_invalid(
    issuer: Issuer, tmp_path: Path
) -> None:
    authenticator = trusting(issuer, jwks_url=(tmp_path / "not-yet.json").as_uri())
    with pytest.raises(Refusal) as refused:
        await authenticator.principal(f"Bearer {issuer.mint('ops')}")
    assert refused.value.problem.status == 503
    assert refused.value.headers["Retry-After"]


async def test_a_token_that_was_believed_expires_all_the_same(issuer: Issuer) -> None:
    authenticator = trusting(issuer)
    # Expired 26 s ago, which the tolerated half minute forgives for four seconds more: a busy
    # machine takes one of them before the first look.
    begin = datetime.now(UTC) - timedelta(hours=1)
    token = f"Bearer {issuer.mint('ops', issued_at=begin, ttl=timedelta(minutes=59, seconds=34))}"
    assert await authenticator.principal(token)
    await asyncio.sleep(4.2)
    with pytest.raises(Refusal, match="expired"):
        await authenticator.principal(token)


def test_a_unit_acts_for_itself_alone() -> None:
    caller = Principal("s", frozenset({"unit"}), "SNV")
    require_unit(caller, "SNV")
    with pytest.raises(Refusal, match="for unit SNV, not STC"):
        require_unit(caller, "STC")


def test_access_knows_no_other_roles() -> None:
    with pytest.raises(ValueError, match="bord"):
        access("bord")  # type: ignore[arg-type]
