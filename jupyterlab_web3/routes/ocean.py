"""``web3/ocean/…``: the configured Ocean Node, for pages that reach nothing but Jupyter."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode

from tornado import web

from .base import RouteError
from .ipfs import JUPYTER_ARGUMENTS
from .paths import checked_path
from .relay import RelayHandler

#: The node's list of endpoints, its services and its index; not its administration.
_SERVED = re.compile(r"/?|/api/(services|aquarius)/.+")


class OceanHandler(RelayHandler):
    """Relays to one node; which one is in the configuration."""

    #: A DDO or a list of files: the node's own limit is lower.
    body_limit = 16 * 1024 * 1024

    @web.authenticated
    async def get(self) -> None:
        """Nonces, assets, prices, downloads."""
        await self._pass()

    @web.authenticated
    async def post(self) -> None:
        """Encrypt, validate, search."""
        await self._pass()

    async def _pass(self) -> None:
        if self.answered:
            return
        # Still encoded, unlike the argument that Tornado would pass.
        path = checked_path(self.request.path.partition("/web3/ocean")[2])
        if not _SERVED.fullmatch(path):
            raise RouteError(403, "path-refused", "This part of the Ocean Node is not served")
        upstream = self.upstream("ocean", "Ocean Node", self.web3.ocean_url())
        arguments = [
            (key, value)
            for key, value in parse_qsl(self.request.query, keep_blank_values=True)
            if key not in JUPYTER_ARGUMENTS
        ]
        target = upstream.prefix + (path or "/")
        if arguments:
            target += "?" + urlencode(arguments)
        sent = self.request.headers
        headers = [(name, sent[name]) for name in ("Accept", "Content-Type") if name in sent]
        # Authorization is Jupyter's here, so the node's own token comes under another name.
        if "X-Web3-Authorization" in sent:
            headers.append(("Authorization", sent["X-Web3-Authorization"]))
        await self.relay(upstream, self.request.method or "GET", target, headers, self.body)
