"""Streaming a request to an upstream and its answer back, with backpressure both ways."""

from __future__ import annotations

from urllib.parse import urlsplit

import h11
from tornado.iostream import StreamClosedError

from ..upstream import Exchange, Headers, Upstream, UpstreamError
from .base import Web3Handler

#: Response fields that come through; cookies, CORS and hop-by-hop fields are not among them.
PASSED = {
    "accept-ranges",
    "content-length",
    "content-range",
    "content-type",
    "etag",
    "last-modified",
    "x-content-length",
    "x-ipfs-path",
    "x-ipfs-roots",
    "x-stream-output",
    "x-chunked-output",
}


class RelayHandler(Web3Handler):
    """A route with an upstream behind it."""

    exchange: Exchange | None = None

    def on_connection_close(self) -> None:
        """The client went away: so does its request upstream."""
        super().on_connection_close()
        if self.exchange:
            self.exchange.abort()

    def on_finish(self) -> None:
        """Free the connection, however the request ended."""
        if self.exchange:
            self.exchange.abort()

    async def relay(
        self, upstream: Upstream, method: str, target: str, headers: Headers, body: bytes = b""
    ) -> None:
        """Send a small request and stream its answer back."""
        try:
            exchange = await self.open(upstream, method, target, headers, body)
            await self.answer(upstream, exchange, await exchange.response())
        except UpstreamError as error:
            self.broken(upstream, error)
        except StreamClosedError:
            self.gone = True

    async def open(
        self, upstream: Upstream, method: str, target: str, headers: Headers, body: bytes = b""
    ) -> Exchange:
        """Connect and send head and body."""
        if body or method in ("POST", "PUT"):
            headers = [*headers, ("Content-Length", str(len(body)))]
        self.exchange = await upstream.open(method, target, headers)
        if self.gone:
            self.exchange.abort()
        if body:
            await self.exchange.write(body)
        await self.exchange.end()
        return self.exchange

    async def answer(self, upstream: Upstream, exchange: Exchange, response: h11.Response) -> None:
        """Stream an answer to the client, or refuse it."""
        self.check_answer(upstream, response)
        self.copy_head(response)
        async for chunk in exchange.body():
            self.write(chunk)
            # Backpressure: the next piece is read when this one is on its way.
            await self.flush()
        self.check_trailers(upstream, exchange)
        self.finish()

    def check_trailers(self, upstream: Upstream, exchange: Exchange) -> None:
        """Kubo answers 200 at once and reports what fails later in a trailer."""
        problem = exchange.trailers.get("x-stream-error")
        if problem:
            raise upstream.failure("upstream-error", f"failed: {problem}")

    def check_answer(self, upstream: Upstream, response: h11.Response) -> None:
        """Refuse redirects: where an upstream points is nowhere in the configuration."""
        if response.status_code in (301, 302, 303, 307, 308):
            where = dict(response.headers).get(b"location", b"").decode("latin-1")
            host = urlsplit(where).netloc.rpartition("@")[2] or "another path"
            raise upstream.failure("upstream-redirect", f"points to {host}, which is not followed")
        if not 200 <= response.status_code < 600:
            raise upstream.failure("upstream-broken", f"answered {response.status_code}")

    def copy_head(self, response: h11.Response) -> None:
        """Status and the fields that may pass, as a download."""
        self.set_status(response.status_code)
        self.clear_header("Content-Type")
        for raw, value in response.headers:
            name = raw.decode("ascii")
            if name in PASSED:
                self.set_header(name.title(), value.decode("latin-1"))
        self.set_header("Content-Disposition", "attachment")
        if "Cache-Control" not in self._headers:
            self.set_header("Cache-Control", "no-store")

    def _log(self) -> None:
        """A status of the upstream's own is no trouble of this server: no headers with it."""
        if self.get_status() >= 500:
            self.log.warning(
                "web3: %d %s %s", self.get_status(), self.request.method, self.request.path
            )
            return
        super()._log()

    def broken(self, upstream: Upstream, error: UpstreamError) -> None:
        """Say what is wrong; once bytes are out, cut the connection instead."""
        if self.gone or self.answered:
            return
        if not self._headers_written:
            self.clear()
            self.fail_upstream(upstream, error)
            return
        # An orderly end would look like success, so the last chunk never comes.
        self.log.warning("web3: %s: %s", self.request.path, error)
        self._auto_finish = False
        if self.exchange:
            self.exchange.abort()
        self.request.connection.close()
