"""``POST web3/chain``: JSON-RPC for reading a chain and sending what is signed already."""

from __future__ import annotations

import json
from typing import Any

from tornado import web

from .base import RouteError
from .relay import RelayHandler

#: Ethereum JSON-RPC (execution-apis). No method that signs, unlocks, mines or changes the
#: node: a test chain would sign with its own accounts for anybody.
METHODS = frozenset(
    {
        "eth_blobBaseFee",
        "eth_blockNumber",
        "eth_call",
        "eth_chainId",
        "eth_createAccessList",
        "eth_estimateGas",
        "eth_feeHistory",
        "eth_gasPrice",
        "eth_getBalance",
        "eth_getBlockByHash",
        "eth_getBlockByNumber",
        "eth_getBlockReceipts",
        "eth_getBlockTransactionCountByHash",
        "eth_getBlockTransactionCountByNumber",
        "eth_getCode",
        "eth_getLogs",
        "eth_getProof",
        "eth_getStorageAt",
        "eth_getTransactionByBlockHashAndIndex",
        "eth_getTransactionByBlockNumberAndIndex",
        "eth_getTransactionByHash",
        "eth_getTransactionCount",
        "eth_getTransactionReceipt",
        "eth_maxPriorityFeePerGas",
        "eth_sendRawTransaction",
        "eth_syncing",
        "net_version",
        "web3_clientVersion",
    }
)

MAX_BATCH = 100


class ChainHandler(RelayHandler):
    """Relays single calls and batches of allowlisted methods."""

    @property
    def body_limit(self) -> int:
        """Bytes of a request."""
        return self.web3.max_rpc_body

    @web.authenticated
    async def post(self) -> None:
        """Check every call, then relay."""
        if self.answered:
            return
        upstream = self.upstream("chain", "chain RPC", self.web3.chain_url())
        try:
            body = json.loads(self.body)
        except (ValueError, RecursionError):
            raise RouteError(400, "bad-request", "The body is not JSON") from None
        calls = body if isinstance(body, list) else [body]
        if not 0 < len(calls) <= MAX_BATCH:
            raise RouteError(400, "bad-request", f"A batch has 1 to {MAX_BATCH} calls")
        for call in calls:
            method = call.get("method") if isinstance(call, dict) else None
            if not isinstance(method, str):
                raise RouteError(400, "bad-request", "The body is not JSON-RPC")
            if method not in METHODS:
                self._refuse(call.get("id"), method)
                return
        # Written anew: what was checked is what is sent, whatever a parser makes of
        # repeated keys.
        await self.relay(
            upstream,
            "POST",
            upstream.prefix or "/",
            [("Content-Type", "application/json"), ("Accept", "application/json")],
            json.dumps(body).encode(),
        )

    def _refuse(self, id_: Any, method: str) -> None:
        message = f"{method[:80]} is not among the methods served"
        self.set_status(403)
        self.fail(
            {
                "message": message,
                "code": "method-refused",
                # For clients that look for JSON-RPC at any status.
                "jsonrpc": "2.0",
                "id": id_,
                "error": {"code": -32601, "message": message},
            }
        )
