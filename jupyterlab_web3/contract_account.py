"""Signatures of contract accounts (EIP-1271), checked on the configured chain."""

from __future__ import annotations

import json
from typing import Any

from .siwe import Challenge
from .upstream import Upstream

#: ``isValidSignature(bytes32,bytes)``: its selector is also what it returns for a valid one.
MAGIC = "0x1626ba7e"
#: Bytes of an answer; the largest contract has 24 KiB, and hexadecimal doubles it.
_MAX_ANSWER = 1024 * 1024
#: EIP-1474 and geth: the call itself came to nothing.
_REVERTED = 3


async def signed_by_contract(chain: Upstream, challenge: Challenge, signature: str) -> bool:
    """Whether the address has code on the message's chain, and takes the signature for its own.

    EIP-4361 wants contracts looked up on the chain that the message names: where ``chain`` is
    another one, nothing is. Raises ``UpstreamError``.
    """
    chain_id = await _ask(chain, "eth_chainId", [])
    if not isinstance(chain_id, str) or chain_id.lower() != hex(challenge.chain_id):
        return False
    # Without code a call succeeds, and some built-in addresses answer with what they were sent.
    code = await _ask(chain, "eth_getCode", [challenge.address, "latest"])
    if not isinstance(code, str) or len(code) <= len("0x"):
        return False
    call = {"to": challenge.address, "data": _call_data(challenge.message, signature)}
    answer = await _ask(chain, "eth_call", [call, "latest"])
    # bytes4, padded to a word on the right.
    return isinstance(answer, str) and len(answer) >= 66 and answer[:10].lower() == MAGIC


def _call_data(message: str, signature: str) -> str:
    """The ABI encoding of ``isValidSignature(hash, signature)``."""
    # A second to import: only for who signs in.
    from eth_account.messages import encode_defunct
    from eth_utils import keccak

    signable = encode_defunct(text=message)
    digest = keccak(b"\x19" + signable.version + signable.header + signable.body)
    raw = bytes.fromhex(signature.removeprefix("0x"))
    words = digest + (0x40).to_bytes(32, "big") + len(raw).to_bytes(32, "big")
    return MAGIC + (words + raw + bytes(-len(raw) % 32)).hex()


async def _ask(chain: Upstream, method: str, params: list[Any]) -> object:
    """One JSON-RPC call; None where it was reverted. Raises ``UpstreamError``."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    exchange = await chain.open(
        "POST",
        chain.prefix or "/",
        [
            ("Content-Type", "application/json"),
            ("Accept", "application/json"),
            ("Content-Length", str(len(body))),
        ],
    )
    try:
        await exchange.write(body)
        await exchange.end()
        status = (await exchange.response()).status_code
        received = bytearray()
        async for chunk in exchange.body():
            received += chunk
            if len(received) > _MAX_ANSWER:
                raise chain.failure("upstream-broken", "answered at too great length")
    finally:
        exchange.abort()
    try:
        answer = json.loads(received)
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict) and "result" in answer:
        return answer["result"]
    error = answer.get("error") if isinstance(answer, dict) else None
    if isinstance(error, dict):
        if error.get("code") == _REVERTED or "revert" in str(error.get("message")).lower():
            return None
        raise chain.failure("upstream-error", f"failed: {str(error.get('message'))[:200]}")
    raise chain.failure("upstream-broken", f"answered {status} and no JSON-RPC")
