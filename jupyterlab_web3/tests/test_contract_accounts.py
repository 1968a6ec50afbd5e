"""Sign-in with a contract account, which its chain is asked about."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from eth_account.messages import _hash_eip191_message, encode_defunct

from .conftest import Ask, FakeUpstream, Reply, cookies, free_port, ok

CONTRACT = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
YES = "0x1626ba7e" + "00" * 28


@dataclass
class Chain:
    """A chain with one contract account, as its RPC tells of it."""

    chain_id: str = "0x2324"
    code: str = "0x6080"
    valid: Any = YES
    calls: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, call: dict[str, Any]) -> dict[str, Any]:
        """A JSON-RPC answer; ``valid`` is a result, or an error."""
        self.calls.append(call)
        if call["method"] == "eth_call":
            return self.valid if isinstance(self.valid, dict) else {"result": self.valid}
        return {"result": {"eth_chainId": self.chain_id, "eth_getCode": self.code}[call["method"]]}


@pytest.fixture
def chain(fake: FakeUpstream) -> Chain:
    chain = Chain()

    async def rpc(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = chain.answer(json.loads(fake.asked[-1].body))
        writer.write(ok("Content-Type: application/json", body=json.dumps(answer)))
        await writer.drain()

    fake.answer = rpc
    return chain


async def sign_in(ask: Ask, signature: str, address: str = CONTRACT) -> tuple[Reply, str]:
    """What the server makes of a signature, and the message that it is for."""
    first = await ask("POST", "siwe/message", body={"address": address, "chainId": 8996})
    answer = {"nonce": first.json["nonce"], "signature": signature}
    return await ask("POST", "siwe/verify", cookies(first), answer), first.json["message"]


async def test_a_contract_account_is_asked_on_its_chain(ask: Ask, chain: Chain) -> None:
    reply, message = await sign_in(ask, "0x" + "ab" * 70)
    assert reply.status == 200
    assert reply.json["address"] == CONTRACT
    (call, block) = chain.calls[-1]["params"]
    assert (call["to"], block) == (CONTRACT, "latest")
    assert call["data"] == (
        # isValidSignature(bytes32 hash, bytes signature), EIP-1271
        "0x1626ba7e"
        + _hash_eip191_message(encode_defunct(text=message)).hex()
        + f"{64:064x}"
        + f"{70:064x}"
        + "ab" * 70
        + "00" * 26
    )


REVERTED = {"error": {"code": 3, "message": "execution reverted"}}
BUSY = {"error": {"code": -32005, "message": "rate limited"}}


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"valid": "0x" + "00" * 32}, 401, "wrong-signer"),
        ({"valid": "0xffffffff" + "00" * 28}, 401, "wrong-signer"),
        ({"valid": "0x1626ba7e"}, 401, "wrong-signer"),
        ({"valid": "0x"}, 401, "wrong-signer"),
        ({"valid": REVERTED}, 401, "wrong-signer"),
        # No contract: whatever a call would answer.
        ({"code": "0x"}, 401, "wrong-signer"),
        # The message names another chain than the one that can be asked.
        ({"chain_id": "0x1"}, 401, "wrong-signer"),
        # Not known is not no, and not yes.
        ({"valid": BUSY}, 502, "upstream-error"),
    ],
)
async def test_a_contract_that_does_not_say_yes(
    ask: Ask, chain: Chain, wrong: dict[str, Any], status: int, code: str
) -> None:
    for name, value in wrong.items():
        setattr(chain, name, value)
    reply, _ = await sign_in(ask, "0x" + "ab" * 65)
    assert (reply.status, reply.json["code"]) == (status, code)
    assert "set-cookie" not in reply.headers or "web3-session" not in reply.headers["set-cookie"]


async def test_a_chain_that_is_no_chain(ask: Ask, fake: FakeUpstream) -> None:
    fake.answer = ok("Content-Type: text/html", body="<h1>hello</h1>")
    reply, _ = await sign_in(ask, "0x12")
    assert (reply.status, reply.json["code"]) == (502, "upstream-broken")
    fake.answer = ok(body="x" * (1024 * 1024 + 1))
    reply, _ = await sign_in(ask, "0x12")
    assert (reply.status, reply.json["code"]) == (502, "upstream-broken")


#: A contract that takes any signature of the one hash in its first slot.
APPROVES_SLOT_0 = "0x6000546004351463" + "1626ba7e" + "0260e01b60005260206000f3"


def rpc(url: str, method: str, *params: Any) -> Any:
    """A JSON-RPC call from the test itself."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    asked = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=5) as answer:
        return json.load(answer)["result"]


@pytest.fixture(scope="module")
def anvil() -> Iterator[str]:
    """A real chain, as the local stack has it; skipped where that is not installed."""
    folder = Path(__file__).parents[2] / "devnet/node_modules/@foundry-rs"
    binary = next(folder.glob("anvil-*/bin/anvil"), None)
    if not binary:
        pytest.skip("no anvil: npm ci in devnet installs it")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    arguments = [str(binary), "--port", str(port), "--chain-id", "8996", "--silent"]
    process = subprocess.Popen(arguments)
    try:
        for _ in range(100):
            try:
                rpc(url, "eth_chainId")
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(30)


class TestOnARealChain:
    """What a fake could get wrong: the encoding, and how reverts are told."""

    @pytest.fixture
    def web3_settings(self, anvil: str) -> dict[str, Any]:
        return {"chain_rpc": anvil}

    async def test_a_contract_approves_one_message(self, ask: Ask, anvil: str) -> None:
        rpc(anvil, "anvil_setCode", CONTRACT, APPROVES_SLOT_0)
        first = await ask("POST", "siwe/message", body={"address": CONTRACT, "chainId": 8996})
        digest = _hash_eip191_message(encode_defunct(text=first.json["message"]))
        rpc(anvil, "anvil_setStorageAt", CONTRACT, "0x0", "0x" + digest.hex())
        answer = {"nonce": first.json["nonce"], "signature": "0x01"}
        assert (await ask("POST", "siwe/verify", cookies(first), answer)).status == 200
        other, _ = await sign_in(ask, "0x01")
        assert (other.status, other.json["code"]) == (401, "wrong-signer")

    @pytest.mark.parametrize(
        ("code", "refusal"),
        [
            ("0x", "wrong-signer"),
            ("0x60006000fd", "wrong-signer"),
            # An invalid instruction: each node has its own words for it.
            ("0xfe", "upstream-error"),
        ],
    )
    async def test_nothing_there_a_revert_a_crash(
        self, ask: Ask, anvil: str, code: str, refusal: str
    ) -> None:
        rpc(anvil, "anvil_setCode", CONTRACT, code)
        reply, _ = await sign_in(ask, "0x01")
        assert reply.json["code"] == refusal
