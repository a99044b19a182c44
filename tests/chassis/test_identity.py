"""Promise: a good token names its caller, and a bad one opens nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.local.issuer import AUDIENCE, Issuer
from services.chassis.http import tokens
from services.chassis.http.auth import Principal, access, require_unit
from services.chassis.http.tokens import Authenticator, ClaimsError, principal_of
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import CHASSIS_METRICS
from services.chassis.problems import Refusal
from services.contracts.reading import hidden_character
from tests.chassis.toy import toy_settings
from tests.support.tokens import bad_tokens


@asynccontextmanager
async def trusting(issuer: Issuer, **other: Any) -> AsyncIterator[Authenticator]:
    """An authenticator that fetches the keys of `issuer`."""
    settings = toy_settings("postgresql://nowhere", issuer, **other)
    authenticator = Authenticator(settings, Metrics(CHASSIS_METRICS))
    fetching = [asyncio.create_task(part.run()) for part in authenticator.parts]
    try:
        yield authenticator
    finally:
        await asyncio.gather(*(part.stop() for part in authenticator.parts), *fetching)


@pytest.fixture
async def authenticator(issuer: Issuer) -> AsyncIterator[Authenticator]:
    async with trusting(issuer) as running:
        yield running


async def test_a_good_token_names_caller_roles_and_unit(
    authenticator: Authenticator, issuer: Issuer
) -> None:
    token = issuer.mint(["unit", "unheard-of"], "SNV", subject="abc")
    principal = await authenticator.principal(f"Bearer {token}")
    assert principal == Principal("abc", frozenset({"unit"}), "SNV")


async def test_every_kind_of_bad_token_is_refused_with_the_way_to_a_good_one(
    authenticator: Authenticator, issuer: Issuer
) -> None:
    for what, token in bad_tokens(issuer, ["board"]).items():
        with pytest.raises(Refusal) as refused:
            await authenticator.principal(f"Bearer {token}")
        assert refused.value.problem.status == 401, what
        assert "Bearer" in refused.value.headers["WWW-Authenticate"]


async def test_only_who_sent_a_token_learns_that_it_is_invalid(
    authenticator: Authenticator,
) -> None:
    for sent in (None, "", "Bearer", "Bearer ", "Basic dTpw"):
        with pytest.raises(Refusal) as refused:
            await authenticator.principal(sent)
        assert "error" not in refused.value.headers["WWW-Authenticate"]  # RFC 6750 §3
    with pytest.raises(Refusal) as refused:
        await authenticator.principal("Bearer nonsense")
    assert 'error="invalid_token"' in refused.value.headers["WWW-Authenticate"]


async def test_without_an_issuer_every_token_is_refused(issuer: Issuer) -> None:
    async with trusting(issuer, jwks_url="") as closed:
        with pytest.raises(Refusal, match="no token issuer"):
            await closed.principal(f"Bearer {issuer.mint('board')}")


async def test_keys_may_lie_in_a_file(issuer: Issuer, tmp_path: Path) -> None:
    path = tmp_path / "jw ks.json"
    path.write_text(json.dumps(issuer.jwks()))
    async with trusting(issuer, jwks_url=path.as_uri()) as authenticator:
        assert (await authenticator.principal(f"Bearer {issuer.mint('ops')}")).has("ops")


async def test_believed_tokens_are_bounded_and_the_oldest_is_checked_again(
    authenticator: Authenticator, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "_REMEMBERED", 3)
    sent = [f"Bearer {issuer.mint('ops', subject=str(number))}" for number in range(5)]
    for token in sent:
        await authenticator.principal(token)
    checked: list[str] = []
    decode = jwt.decode

    def counted(token: str, *args: Any, **options: Any) -> Any:
        checked.append(token)
        return decode(token, *args, **options)

    monkeypatch.setattr(jwt, "decode", counted)
    for token in reversed(sent):
        await authenticator.principal(token)
    assert [f"Bearer {token}" for token in checked] == [sent[1], sent[0]]


async def test_a_token_that_was_believed_expires_all_the_same(
    authenticator: Authenticator, issuer: Issuer
) -> None:
    # Expired 26 s ago, which the tolerated half minute forgives for four seconds more: a busy
    # machine takes one of them before the first look.
    begin = datetime.now(UTC) - timedelta(hours=1)
    token = f"Bearer {issuer.mint('ops', issued_at=begin, ttl=timedelta(minutes=59, seconds=34))}"
    assert await authenticator.principal(token)
    await asyncio.sleep(4.2)
    with pytest.raises(Refusal, match="expired"):
        await authenticator.principal(token)


def signed(issuer: Issuer, **claims: Any) -> str:
    """A token that the issuer signed, whatever it says."""
    good = {
        "iss": issuer.url,
        "aud": AUDIENCE,
        "sub": "somebody",
        "exp": datetime.now(UTC) + timedelta(hours=1),
        "roles": ["unit"],
        "unit": "SNV",
    }
    return jwt.encode(
        {**good, **claims}, issuer.key, algorithm="ES256", headers={"kid": issuer.key_id}
    )


@pytest.mark.parametrize("text", ["", " ", "a\0b", "\ud800", "x" * 5000, "a\u202eb", "\u200b"])
@pytest.mark.parametrize("claim", ["sub", "unit"])
async def test_claims_that_no_database_could_keep_are_401_and_the_log_says_which(
    authenticator: Authenticator, issuer: Issuer, claim: str, text: str
) -> None:
    token = signed(issuer, **{claim: text})
    with structlog.testing.capture_logs() as logged, pytest.raises(Refusal) as refused:
        await authenticator.principal(f"Bearer {token}")
    assert refused.value.problem.status == 401
    assert f"`{claim}`" in refused.value.detail_en
    assert any(f"`{claim}`" in str(line.get("fault")) for line in logged)


async def test_times_that_are_no_times_are_401(
    authenticator: Authenticator, issuer: Issuer
) -> None:
    for claims in ({"exp": float("inf")}, {"nbf": float("nan")}, {"exp": "soon"}, {"exp": 10**400}):
        with pytest.raises(Refusal) as refused:
            await authenticator.principal(f"Bearer {signed(issuer, **claims)}")
        assert refused.value.problem.status == 401, claims


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.fixed_dictionaries({}, optional={"sub": JSON, "unit": JSON, "roles": JSON}))
def test_whatever_claims_say_they_name_a_caller_or_are_refused(claims: dict[str, Any]) -> None:
    try:
        principal = principal_of(claims)
    except ClaimsError:
        return
    for name in (principal.subject, principal.unit):
        assert name is None or (name.strip() and not hidden_character(name))


@given(header=st.binary(max_size=60), claims=st.binary(max_size=60))
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=50)
def test_whatever_stands_in_a_token_it_is_refused_by_name(
    header: bytes, claims: bytes, issuer: Issuer
) -> None:
    encode = jwt.utils.base64url_encode
    token = b".".join([encode(header), encode(claims), b"AAAA"]).decode()
    deep = encode(b'{"alg":' + b"[" * 20_000).decode() + ".e30.AAAA"
    trusted = toy_settings("postgresql://nowhere", issuer)
    authenticator = Authenticator(trusted, Metrics(CHASSIS_METRICS))

    async def check() -> None:
        for sent in (token, deep):
            with pytest.raises(Refusal) as refused:
                await authenticator.principal(f"Bearer {sent}")
            assert refused.value.problem.status in {401, 503}

    asyncio.run(check())


def test_a_unit_acts_for_itself_alone() -> None:
    caller = Principal("s", frozenset({"unit"}), "SNV")
    require_unit(caller, "SNV")
    with pytest.raises(Refusal, match="of its own unit only"):
        require_unit(caller, "STC")


def test_access_knows_no_other_roles() -> None:
    with pytest.raises(ValueError, match="bord"):
        access("bord")  # type: ignore[arg-type]
