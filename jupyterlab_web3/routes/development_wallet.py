"""``GET web3/development-wallet``: the test accounts of a chain that was started here."""

from __future__ import annotations

from tornado import web

from .base import RouteError, Web3Handler


class DevelopmentWalletHandler(Web3Handler):
    """Private keys of a local test chain, and of nothing else."""

    @web.authenticated
    async def get(self) -> None:
        """``{chainId, accounts}``, or 404 unless configured for a local chain."""
        accounts = self.web3.development_accounts()
        if accounts is None:
            raise RouteError(404, "not-configured", "No development accounts on this server")
        self.write_json(accounts)
