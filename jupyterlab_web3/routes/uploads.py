"""Streaming a multipart upload to an upstream that may answer before it has ended."""

from __future__ import annotations

import asyncio
import copy

import h11
from tornado.http1connection import HTTP1Connection
from tornado.iostream import IOStream, StreamClosedError

from ..upstream import Exchange, Headers, Upstream, UpstreamError
from .base import RouteError
from .detached import DetachedConnection
from .relay import RelayHandler

#: An upload may be of any size: nothing of it is kept here.
UNLIMITED = 1 << 62
#: Bytes of an answer to an upload that are kept until it is known to be good
#: (about 100 a file).
MAX_ADD_ANSWER = 16 * 1024 * 1024
#: Bytes of an upload that are read at once.
PIECE = 256 * 1024
#: Bytes of an upload from which on it is worth a connection of its own to have it spliced.
LARGE = 8 * 1024 * 1024


class UploadHandler(RelayHandler):
    """A route that takes uploads.

    ``prepare`` calls ``begin_upload``, the method that runs when all has come ``end_upload``.
    """

    #: An upload's body goes straight through; of other requests there is none.
    body_limit = UNLIMITED
    taker: Upstream
    answering: asyncio.Task[tuple[h11.Response, list[bytes]]] | None = None

    @property
    def uploading(self) -> bool:
        """Whether an upload has begun."""
        return self.answering is not None

    def finish_upload(self, response: h11.Response, body: bytes) -> None:
        """Finish with the answer, now that it is complete."""
        self.copy_head(response)
        self.finish_early(body)

    async def begin_upload(self, upstream: Upstream, target: str, headers: Headers) -> None:
        """Connect before the body comes; what the client sends is passed on as it is."""
        self.taker = upstream
        sent = self.request.headers
        kind = sent.get("Content-Type", "")
        if not kind.lower().startswith("multipart/form-data"):
            raise RouteError(415, "bad-request", "An upload is sent as multipart/form-data")
        self.request.connection.set_max_body_size(UNLIMITED)
        self._read_in_large_pieces()
        length = sent.get("Content-Length")
        framing = ("Content-Length", length) if length else ("Transfer-Encoding", "chunked")
        headers = [*headers, ("Content-Type", kind), framing]
        try:
            self.exchange = await upstream.open("POST", target, headers)
        except UpstreamError as error:
            self.fail_upstream(upstream, error)
            return
        if self.gone:
            self.exchange.abort()
        self.answering = asyncio.create_task(self._answer_upload(self.exchange))
        connection = self.request.connection
        if (
            isinstance(connection, HTTP1Connection)
            and type(connection.stream) is IOStream
            and self.exchange.can_splice
            and length
            and int(length) >= LARGE
            and "Expect" not in sent
        ):
            await self._splice_upload(DetachedConnection(connection, int(length)), self.exchange)

    async def _splice_upload(self, own: DetachedConnection, exchange: Exchange) -> None:
        """Have the kernel pass the body on; the connection is nobody's but ours from here on."""
        self.request.connection = own
        try:
            await self._pass_on(own, exchange)
        except StreamClosedError:
            self.on_connection_close()
            # A connection with an answer is closed after it, this one by nobody else.
            own.close()

    async def _pass_on(self, own: DetachedConnection, exchange: Exchange) -> None:
        body = self.request._body_future
        cause = None
        try:
            await own.pass_on(exchange)
            body.set_result(None)
        except UpstreamError as error:
            cause = error
        own.set_close_callback(self.on_connection_close)
        await self._finish_upload(cause)
        if not (body.done() or self.gone):
            # Answered in the middle: a client reads no answer before it has sent all.
            await own.drop()
            if not body.done():
                body.set_result(None)

    def _read_in_large_pieces(self) -> None:
        """Tornado reads 64 KiB at a time; of a gigabyte that costs a third more of a CPU."""
        connection = self.request.connection
        if isinstance(connection, HTTP1Connection):
            connection.stream.read_chunk_size = PIECE
            # The server's connections share these.
            connection.params = copy.copy(connection.params)
            connection.params.chunk_size = PIECE

    async def _answer_upload(self, exchange: Exchange) -> tuple[h11.Response, list[bytes]]:
        """Read the answer while the upload goes on, and keep it until it is complete.

        Kubo begins to answer with the first file; browsers read nothing before they have
        sent all. And only the trailer at the very end tells whether it all went well.
        """
        try:
            response = await exchange.response()
            self.check_answer(self.taker, response)
            kept: list[bytes] = []
            size = 0
            async for chunk in exchange.body():
                size += len(chunk)
                if size > MAX_ADD_ANSWER:
                    raise self.taker.failure("upstream-answer", "names more files than fit", 413)
                kept.append(chunk)
            self.check_trailers(self.taker, exchange)
            return response, kept
        finally:
            # Wakes an upload that nobody reads any more.
            exchange.abort()

    async def data_received(self, chunk: bytes) -> None:
        """Pass a piece of the upload on; the next one is read when this one is taken."""
        if not self.answering or not self.exchange or self.answered:
            return  # no verb but an upload has a body: it is dropped, not kept
        if self.answering.done():  # refused early: the rest need not come
            await self._finish_upload()
            return
        try:
            await self.exchange.write(chunk)
        except UpstreamError as error:
            await self._finish_upload(error)

    async def _finish_upload(self, cause: UpstreamError | None = None) -> None:
        if not self.answering or self.answered:
            return
        try:
            response, kept = await self.answering
        except asyncio.CancelledError:
            if not self.gone:
                raise
            return
        except UpstreamError as error:
            # The upstream's own answer says more than "stopped taking the request".
            self.broken(self.taker, cause if cause and error.code == "upstream-broken" else error)
            return
        if cause and response.status_code < 400:
            self.broken(self.taker, cause)
            return
        try:
            self.finish_upload(response, b"".join(kept))
        except UpstreamError as error:
            self.broken(self.taker, error)

    async def end_upload(self) -> None:
        """All has come: wait for the answer."""
        if not self.answering or not self.exchange:
            return
        cause = None
        try:
            if not self.answering.done():
                await self.exchange.end()
        except UpstreamError as error:
            cause = error
        await self._finish_upload(cause)

    def on_finish(self) -> None:
        """Nothing is left running for a client that is gone."""
        self._stop()
        super().on_finish()

    def on_connection_close(self) -> None:
        """The client went away in the middle: the upstream drops what it has."""
        super().on_connection_close()
        self._stop()

    def _stop(self) -> None:
        if self.answering and not self.answering.done():
            self.answering.cancel()
