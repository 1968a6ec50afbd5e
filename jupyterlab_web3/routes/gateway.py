"""``web3/gateway/(ipfs|ipns)/…``: downloads by CID, as the gateway gives them."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

import h11
from tornado import web

from ..upstream import Exchange, Headers, Upstream, UpstreamError
from .base import RouteError
from .paths import checked_path
from .relay import RelayHandler

_CONTENT = re.compile(r"/(ipfs|ipns)/[A-Za-z0-9._-]+(/.*)?")
#: Of the query; `filename` and `download` of the path gateway specification, the others of
#: the trustless one.
_ARGUMENTS = {"filename", "download", "format", "dag-scope", "entity-bytes"}
_PASSED_ON = ("Range", "If-Range", "If-None-Match", "If-Modified-Since", "Accept")
_REDIRECTS = (301, 302, 303, 307, 308)


class GatewayHandler(RelayHandler):
    """Always a download: foreign HTML never becomes a page of this origin."""

    @web.authenticated
    async def get(self) -> None:
        """Stream a file, or the range of it that was asked for."""
        # Still encoded, unlike the argument that Tornado would pass.
        path = checked_path(self.request.path.partition("/web3/gateway")[2])
        if not _CONTENT.fullmatch(path):
            raise RouteError(400, "path-refused", "Only /ipfs/… and /ipns/… are served")
        upstream = self.upstream("gateway", "IPFS gateway", self.web3.ipfs_gateway, patient=True)
        arguments = parse_qsl(self.request.query, keep_blank_values=True)
        query = urlencode([(key, value) for key, value in arguments if key in _ARGUMENTS])
        target = f"{upstream.prefix}{path}" + (f"?{query}" if query else "")
        sent = self.request.headers
        headers = [(name, sent[name]) for name in _PASSED_ON if name in sent]
        self.filename = dict(arguments).get("filename") or unquote(path.rstrip("/").split("/")[-1])
        self.immutable = path.startswith("/ipfs/")
        try:
            response = await self._ask(upstream, target, headers)
            await self.answer(upstream, self.exchange_of(), response)
        except UpstreamError as error:
            self.broken(upstream, error)

    @web.authenticated
    async def head(self) -> None:
        """The head of what GET would give."""
        await self.get()

    def exchange_of(self) -> Exchange:
        """The exchange that is open."""
        if self.exchange is None:
            raise RuntimeError("no exchange is open")
        return self.exchange

    async def _ask(self, upstream: Upstream, target: str, headers: Headers) -> h11.Response:
        """Follow a folder's redirect to its trailing slash, and nothing off this gateway."""
        for _ in range(3):
            exchange = await self.open(upstream, self.request.method or "GET", target, headers)
            response = await exchange.response()
            if response.status_code not in _REDIRECTS:
                return response
            exchange.abort()
            where = dict(response.headers).get(b"location", b"").decode("latin-1")
            target = self._same_gateway(upstream, urljoin(f"{_origin(upstream)}{target}", where))
        raise upstream.failure("upstream-redirect", "redirects in a circle")

    def _same_gateway(self, upstream: Upstream, location: str) -> str:
        parts = urlsplit(location)
        path = parts.path[len(upstream.prefix) :]
        if (
            f"{parts.scheme}://{parts.netloc}" != _origin(upstream)
            or not parts.path.startswith(upstream.prefix + "/")
            or not _CONTENT.fullmatch(checked_path(path))
        ):
            host = parts.netloc.rpartition("@")[2]
            raise upstream.failure("upstream-redirect", f"points to {host}, which is not followed")
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def copy_head(self, response: h11.Response) -> None:
        """As a download under its name; what a CID names never changes."""
        super().copy_head(response)
        self.set_header(
            "Content-Disposition", f"attachment; filename*=UTF-8''{quote(self.filename, safe='')}"
        )
        if self.immutable and response.status_code in (200, 206, 304):
            self.set_header("Cache-Control", "private, max-age=29030400, immutable")


def _origin(upstream: Upstream) -> str:
    parts = urlsplit(upstream.url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
