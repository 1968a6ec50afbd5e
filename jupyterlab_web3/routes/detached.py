"""A request whose connection was taken from Tornado, so that its body need not pass through."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tornado.http1connection import HTTP1Connection
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import IOStream, StreamClosedError

from ..splice import SourceClosed, Splice
from ..upstream import Exchange

#: Bytes that are dropped at once.
PIECE = 64 * 1024


class DetachedConnection(HTTPConnection):
    """Takes the body of one request, writes its answer, and closes the connection.

    To be made while the request is prepared (``HTTP1Connection.detach``). ``length`` is what
    the request says its body has.
    """

    def __init__(self, connection: HTTP1Connection, length: int):
        self._stream: IOStream = connection.detach()
        self._written: asyncio.Future[None] | None = None
        #: Bytes of the body that have not come yet.
        self.left = length

    async def pass_on(self, exchange: Exchange) -> None:
        """Pass the body on as it comes.

        Raises ``StreamClosedError`` when the client ends before it does, ``UpstreamError``
        when the upstream takes no more.
        """
        # A stream that was read goes on listening. This one is closed, but what it has read it
        # still gives; the new one does not listen before it is asked to.
        read, source = self._stream, self._stream.socket.dup()
        read.close()
        self._stream = IOStream(source)
        while self.left:
            try:
                piece = await read.read_bytes(self.left, partial=True)
            except StreamClosedError:
                break
            self.left -= len(piece)
            await exchange.write(piece)
        splice = Splice(source, self.left)
        try:
            await exchange.splice(splice)
        except SourceClosed:
            raise StreamClosedError from None
        finally:
            self.left = splice.left

    async def drop(self) -> None:
        """Take the rest of the body and keep nothing. Raises ``StreamClosedError``."""
        while self.left:
            self.left -= len(await self._stream.read_bytes(min(self.left, PIECE), partial=True))

    def set_close_callback(self, callback: Callable[[], None] | None) -> None:
        """Have somebody told that the client closed. Not before ``pass_on``, which says so."""
        self._stream.set_close_callback(callback)

    def write_headers(
        self,
        start_line: RequestStartLine | ResponseStartLine,
        headers: HTTPHeaders,
        chunk: bytes | None = None,
    ) -> asyncio.Future[None]:
        """Write the head of the answer; its end is the end of the connection."""
        if not isinstance(start_line, ResponseStartLine):
            raise TypeError("a request is answered with a response")
        headers["Connection"] = "close"
        lines = [f"HTTP/1.1 {start_line.code} {start_line.reason}"]
        lines += [f"{name}: {value}" for name, value in headers.get_all()]
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("a field of the answer has a line break")
        return self.write("\r\n".join([*lines, "", ""]).encode("latin-1") + (chunk or b""))

    def write(self, chunk: bytes) -> asyncio.Future[None]:
        """Write a piece of the answer."""
        try:
            written = self._stream.write(chunk)
        except StreamClosedError as error:
            written = asyncio.get_running_loop().create_future()
            written.set_exception(error)
        # Nobody may wait for it, and that the client is gone is told elsewhere.
        written.add_done_callback(lambda ended: ended.exception())
        self._written = written
        return written

    def finish(self) -> None:
        """Close when the answer is out."""
        if self._written:
            self._written.add_done_callback(lambda _: self.close())
        else:
            self.close()

    def close(self) -> None:
        """Close at once."""
        self._stream.close()
