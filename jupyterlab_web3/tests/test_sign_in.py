"""Sign-in with Ethereum: what counts once, and what counts never."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from traitlets import TraitError

from ..config import Web3
from ..siwe import KEPT_PER_USER, Session, SignIns, SiweError
from .conftest import Ask, FakeUpstream, cookies

ANNA = Account.from_key("0x" + "11" * 32)
EVE = Account.from_key("0x" + "22" * 32)
START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def sign(message: str, account: Any = ANNA) -> str:
    """What personal_sign answers."""
    return "0x" + account.sign_message(encode_defunct(text=message)).signature.hex()


class Clock:
    """A time of day that stands still."""

    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sign_ins(clock: Clock) -> SignIns:
    return SignIns(
        "Sign in.",
        challenge_lifetime=timedelta(minutes=10),
        session_lifetime=timedelta(hours=24),
        now=clock,
    )


def begin(sign_ins: SignIns, user: str = "anna", address: str = ANNA.address) -> Any:
    """A challenge for a user."""
    return sign_ins.challenge(
        user, address=address, chain_id=1, domain="lab.example:8888", uri="http://lab.example:8888/"
    )


def verify(sign_ins: SignIns, user: str = "anna", **given: Any) -> Session:
    """Verify what a key signed: nothing is waited for."""
    coroutine = sign_ins.verify(user, **{"message": None, **given})
    with pytest.raises(StopIteration) as done:
        coroutine.send(None)
    return done.value.value


def refusal(sign_ins: SignIns, user: str = "anna", **given: Any) -> str:
    """The code of the refusal to verify."""
    with pytest.raises(SiweError) as caught:
        verify(sign_ins, user, **given)
    return caught.value.code


def test_the_message_is_that_of_eip_4361(sign_ins: SignIns) -> None:
    challenge = begin(sign_ins, address=ANNA.address.lower())
    assert re.fullmatch(r"[0-9a-f]{32}", challenge.nonce)
    assert challenge.message == (
        "lab.example:8888 wants you to sign in with your Ethereum account:\n"
        f"{ANNA.address}\n"
        "\n"
        "Sign in.\n"
        "\n"
        "URI: http://lab.example:8888/\n"
        "Version: 1\n"
        "Chain ID: 1\n"
        f"Nonce: {challenge.nonce}\n"
        "Issued At: 2026-01-01T00:00:00.000Z\n"
        "Expiration Time: 2026-01-02T00:00:00.000Z"
    )


def test_a_signature_begins_a_session_that_ends(sign_ins: SignIns, clock: Clock) -> None:
    challenge = begin(sign_ins)
    session = verify(
        sign_ins, nonce=None, message=challenge.message, signature=sign(challenge.message)
    )
    assert (session.address, session.chain_id) == (ANNA.address, 1)
    assert sign_ins.session("anna", session.id) == session
    assert sign_ins.session("eve", session.id) is None
    assert sign_ins.session("anna", None) is None
    sign_ins.end("eve", session.id)
    assert sign_ins.session("anna", session.id) == session
    clock.now = START + timedelta(hours=24)
    assert sign_ins.session("anna", session.id) is None


def test_a_nonce_counts_once(sign_ins: SignIns) -> None:
    challenge = begin(sign_ins)
    signature = sign(challenge.message)
    verify(sign_ins, nonce=challenge.nonce, signature=signature)
    assert refusal(sign_ins, nonce=challenge.nonce, signature=signature) == "nonce-unknown"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (lambda m: {"signature": sign(m, EVE)}, "wrong-signer"),
        (lambda m: {"signature": "0x" + "00" * 65}, "wrong-signer"),
        (lambda m: {"signature": "0x" + "ff" * 65}, "wrong-signer"),
        (lambda m: {"signature": sign(m)[:-2]}, "wrong-signer"),
        (lambda m: {"signature": sign(m)[:-1]}, "bad-request"),
        (lambda m: {"signature": "0x" + "00" * 8193}, "bad-request"),
        (lambda m: {"signature": None}, "bad-request"),
        (
            lambda m: {
                "message": (t := m.replace("Chain ID: 1", "Chain ID: 2")),
                "signature": sign(t),
            },
            "message-changed",
        ),
        (lambda m: {"message": m + " ", "signature": sign(m)}, "message-changed"),
        (lambda m: {"message": 5, "signature": sign(m)}, "message-changed"),
        (lambda m: {"signature": sign(m.replace("lab.example", "evil.example"))}, "wrong-signer"),
    ],
)
def test_a_refusal_uses_the_nonce_up(sign_ins: SignIns, given: Any, code: str) -> None:
    challenge = begin(sign_ins)
    assert refusal(sign_ins, nonce=challenge.nonce, **given(challenge.message)) == code
    right = sign(challenge.message)
    assert refusal(sign_ins, nonce=challenge.nonce, signature=right) == "nonce-unknown"


def test_a_message_waits_ten_minutes(sign_ins: SignIns, clock: Clock) -> None:
    challenge = begin(sign_ins)
    clock.now = START + timedelta(minutes=10)
    begin(sign_ins)  # tidying up must not turn the reason into another
    signature = sign(challenge.message)
    assert refusal(sign_ins, nonce=challenge.nonce, signature=signature) == "nonce-expired"


def test_another_users_nonce_is_neither_told_nor_used_up(sign_ins: SignIns) -> None:
    challenge = begin(sign_ins)
    signature = sign(challenge.message)
    assert refusal(sign_ins, "eve", nonce=challenge.nonce, signature=signature) == "nonce-unknown"
    assert verify(sign_ins, nonce=challenge.nonce, signature=signature)


def test_one_user_cannot_push_out_another(sign_ins: SignIns) -> None:
    challenge = begin(sign_ins)
    first = begin(sign_ins, "eve")
    for _ in range(KEPT_PER_USER):
        begin(sign_ins, "eve")
    assert verify(sign_ins, nonce=challenge.nonce, signature=sign(challenge.message))
    assert refusal(sign_ins, "eve", nonce=first.nonce, signature="0x") == "nonce-unknown"


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "0x12"},
        {"address": ANNA.address + "\nURI: evil"},
        {"address": None},
        {"chain_id": 0},
        {"chain_id": True},
        {"chain_id": "1"},
        {"chain_id": 2**60},
        {"domain": "evil.example/path"},
        {"domain": "a@evil.example"},
        {"domain": "evil\nx"},
        {"domain": ""},
    ],
)
def test_a_message_has_no_room_for_other_lines(sign_ins: SignIns, wrong: dict[str, Any]) -> None:
    right = {"address": ANNA.address, "chain_id": 1, "domain": "a", "uri": "http://a/"}
    with pytest.raises(SiweError) as caught:
        sign_ins.challenge("anna", **{**right, **wrong})
    assert caught.value.code == "bad-request"


def test_no_session_beyond_24_hours() -> None:
    with pytest.raises(TraitError):
        Web3(siwe_session_hours=24.5)
    with pytest.raises(ValueError, match="24 hours"):
        SignIns("x", challenge_lifetime=timedelta(1), session_lifetime=timedelta(hours=24.1))


# ---------------------------------------------------------------- over the routes


async def test_a_page_signs_in_and_out(ask: Ask, jp_http_port: int, jp_base_url: str) -> None:
    host = f"127.0.0.1:{jp_http_port}"
    origin = {"Origin": f"http://{host}"}
    first = await ask("POST", "siwe/message", origin, {"address": ANNA.address, "chainId": 8996})
    assert first.status == 200
    who = {**origin, **cookies(first)}
    message = first.json["message"]
    assert message.startswith(f"{host} wants you to sign in")
    assert f"\nURI: http://{host}{jp_base_url}\n" in message
    assert first.json["nonce"] in message

    assert (await ask("GET", "siwe/session", who)).status == 204
    answer = {"nonce": first.json["nonce"], "message": message, "signature": sign(message)}
    stranger = await ask("POST", "siwe/verify", origin, answer)
    assert (stranger.status, stranger.json["code"]) == (401, "nonce-unknown")
    verified = await ask("POST", "siwe/verify", who, answer)
    assert verified.status == 200
    assert verified.json["address"] == ANNA.address
    assert verified.json["chainId"] == 8996
    ends = datetime.fromisoformat(verified.json["expires"].replace("Z", "+00:00"))
    assert ends - datetime.now(timezone.utc) <= timedelta(hours=24)
    cookie = verified.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    replayed = await ask("POST", "siwe/verify", who, answer)
    assert (replayed.status, replayed.json["code"]) == (401, "nonce-unknown")

    session = re.search(r"web3-session-[^=]+=[^;]+", cookie)
    assert session
    signed_in = {**who, "Cookie": f"{who['Cookie']}; {session[0]}"}
    assert (await ask("GET", "siwe/session", signed_in)).json == verified.json
    # The session's cookie alone is worth nothing to another Jupyter user.
    assert (await ask("GET", "siwe/session", {"Cookie": session[0]})).status == 204
    assert (await ask("DELETE", "siwe/session", signed_in)).status == 204
    assert (await ask("GET", "siwe/session", signed_in)).status == 204


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b"{}", b'{"address": 1, "chainId": 1}'])
@pytest.mark.parametrize("path", ["siwe/message", "siwe/verify"])
async def test_what_is_no_request(ask: Ask, path: str, body: bytes) -> None:
    assert (await ask("POST", path, body=body)).status == 400


async def test_a_key_needs_no_chain(ask: Ask, fake: FakeUpstream) -> None:
    first = await ask("POST", "siwe/message", body={"address": ANNA.address, "chainId": 8996})
    answer = {"nonce": first.json["nonce"], "signature": sign(first.json["message"])}
    assert (await ask("POST", "siwe/verify", cookies(first), answer)).status == 200
    assert fake.asked == []


class TestTurnedOff:
    """Where signing in is not wanted."""

    @pytest.fixture
    def web3_settings(self) -> dict[str, Any]:
        return {"siwe": False}

    async def test_no_route_answers(self, ask: Ask) -> None:
        assert (await ask("GET", "config")).json["siwe"] is False
        assert (await ask("POST", "siwe/message", body={})).status == 404
        assert (await ask("GET", "siwe/session")).status == 404
