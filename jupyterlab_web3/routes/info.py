"""``GET web3/config``: what the page may know of the server part."""

from __future__ import annotations

from urllib.parse import urlsplit

from tornado import web

from .. import __version__
from ..config import public_url
from .base import Web3Handler


class InfoHandler(Web3Handler):
    """Answers with ``IServerInfo`` of src/tokens.ts; no secret is in it."""

    @web.authenticated
    async def get(self) -> None:
        """Tell what is configured. Nothing is asked upstream."""
        network = self.web3.network()
        if network:
            # A key may be part of the RPC URL's user info; wallets need none.
            network["rpc"] = public_url(network["rpc"])
            network["oceanNode"] = (
                public_url(network["oceanNode"]) if network.get("oceanNode") else None
            )
        ocean = self.web3.ocean_url()
        self.write_json(
            {
                "version": __version__,
                "ipfs": {
                    "api": urlsplit(self.web3.ipfs_api).netloc.rpartition("@")[2],
                    "managed": self.web3.ipfs_managed,
                    "gateway": bool(self.web3.ipfs_gateway),
                },
                "chain": network,
                "oceanNodes": [public_url(ocean)] if ocean else [],
                "siwe": self.web3.siwe,
                "developmentWallet": self.web3.development_accounts() is not None,
            }
        )
