"""A small HTTP/1.1 client for the routes: streams both ways, keeps trailers, follows nothing.

Tornado's client fails on the trailers in which Kubo reports errors, and aiohttp drops them;
h11 does the framing and asyncio the bytes.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import socket
import ssl
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import h11

from . import splice
from .chunks import ChunkedBody, ChunkError

#: Bytes of the head of an answer.
HEAD = 64 * 1024
#: Bytes of an answer that are read at once.
READ = 256 * 1024
#: Bytes that a Unix socket may hold of an upload. Measured with 1 GiB into Kubo, as a share of
#: the speed of ``ipfs add``: 0.81 to 1.05 with this, 0.78 (once) with the default (208 KiB).
SOCKET_BUFFER = 4 * 1024 * 1024
#: Answers with these status codes have no body (RFC 9110, section 6.4.1).
BODILESS = (204, 304)
CUT_OFF = "closed the connection in the middle of its answer"

Headers = list[tuple[str, str]]


class UpstreamError(Exception):
    """Something upstream went wrong; ``code`` is stable, the message names the address."""

    def __init__(self, code: str, message: str, status: int = 502):
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass(frozen=True)
class Upstream:
    """Where a route goes. Made from configuration only."""

    #: `kubo`, `gateway`, `chain` or `ocean`: stable, for the page.
    name: str
    #: For people, e.g. `Kubo's RPC API`.
    label: str
    url: str
    #: A Unix socket at which the same service answers; empty for none.
    socket: str = ""
    connect_timeout: float = 10.0
    idle_timeout: float | None = 120.0

    @property
    def address(self) -> str:
        """Host and port as a person would write them."""
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        return f"{host}:{self.port}"

    @property
    def port(self) -> int:
        """Port, the scheme's own by default."""
        parts = urlsplit(self.url)
        return parts.port or (443 if parts.scheme == "https" else 80)

    @property
    def prefix(self) -> str:
        """Path (and query) of the URL, without trailing slash."""
        parts = urlsplit(self.url)
        return parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")

    def failure(self, code: str, why: str, status: int = 502) -> UpstreamError:
        """An error that says what was looked for and where."""
        return UpstreamError(code, f"{self.label} at {self.address} {why}", status)

    async def open(self, method: str, target: str, headers: Headers) -> Exchange:
        """Connect and send the request head; ``target`` is in origin form (``/path?query``).

        Raises ``UpstreamError`` ``upstream-unreachable``.
        """
        parts = urlsplit(self.url)
        if not target.startswith("/"):
            raise ValueError("target must be in origin form")
        try:
            reader, writer = await asyncio.wait_for(self._connect(), self.connect_timeout)
        except (OSError, asyncio.TimeoutError) as error:
            why = str(error) or f"no answer within {self.connect_timeout:g} s"
            raise self.failure("upstream-unreachable", f"cannot be reached: {why}") from None
        own: Headers = [("Host", parts.netloc.rpartition("@")[2]), ("Connection", "close")]
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            own.append(("Authorization", "Basic " + base64.b64encode(pair.encode()).decode()))
        exchange = Exchange(self, reader, writer)
        try:
            await exchange.send(h11.Request(method=method, target=target, headers=own + headers))
        except BaseException:
            exchange.abort()
            raise
        return exchange

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        # Within a machine a Unix socket moves a byte with less work than TCP does.
        if _is_own_socket(self.socket):
            with contextlib.suppress(OSError):
                return await asyncio.open_unix_connection(self.socket, limit=READ)
        parts = urlsplit(self.url)
        context = ssl.create_default_context() if parts.scheme == "https" else None
        return await asyncio.open_connection(parts.hostname, self.port, ssl=context, limit=READ)


def _is_own_socket(path: str) -> bool:
    """Whether nobody but this user and root can have made it: it will be told secrets."""
    if not path or not hasattr(asyncio, "open_unix_connection"):
        return False
    try:
        info = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISSOCK(info.st_mode) and info.st_uid in (os.getuid(), 0)


class Exchange:
    """One request and its response on a connection of its own.

    Sending and receiving may run in two tasks: an upstream may answer while it is still
    being sent to, and would wait for ever if nobody read that answer.
    """

    def __init__(
        self, upstream: Upstream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ):
        self._upstream = upstream
        self._reader = reader
        self._writer = writer
        self._protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD)
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[str, float] = {}
        self._idle = False
        self._chunked = False
        self._timer: asyncio.TimerHandle | None = None
        self._splice: splice.Splice | None = None
        #: Fields after a chunked body (lower case); complete when ``body`` has ended.
        self.trailers: dict[str, str] = {}
        self._watch()

    async def send(self, event: h11.Event) -> None:
        """Send a part of the request and wait until the upstream takes more."""
        try:
            # Pieces of a body come back as they are: joining them would copy an upload.
            pieces = self._protocol.send_with_data_passthrough(event)
        except h11.LocalProtocolError as error:
            raise self._upstream.failure("bad-request", f"was not asked: {error}", 400) from None
        if not pieces:
            return
        self._waiting["send"] = self._loop.time()
        try:
            for piece in pieces:
                if piece:
                    self._writer.write(piece)
            await self._writer.drain()
        except OSError:
            raise self._broken("stopped taking the request") from None
        finally:
            del self._waiting["send"]

    async def write(self, chunk: bytes) -> None:
        """Send a piece of the request body."""
        await self.send(h11.Data(data=chunk))

    async def end(self) -> None:
        """The request body is complete."""
        await self.send(h11.EndOfMessage())

    @property
    def can_splice(self) -> bool:
        """Whether ``splice`` works here: on Linux, without TLS."""
        return splice.available() and self._writer.get_extra_info("ssl_object") is None

    async def splice(self, rest: splice.Splice) -> None:
        """Have the kernel send the rest of the request body; ``end`` is not called after it.

        Raises ``splice.SourceClosed``, and ``UpstreamError`` when the upstream takes no more.
        """
        transport = self._writer.transport
        # What was written before goes first.
        transport.set_write_buffer_limits(high=0)
        self._splice = rest
        try:
            await self._writer.drain()
            # A descriptor of its own: the transport shares its one with nobody, and has none
            # left when it was aborted.
            own = os.dup(transport.get_extra_info("socket").fileno())
            with socket.socket(fileno=own) as target:
                if target.family == socket.AF_UNIX:
                    # No window grows here by itself, as TCP's does; the system's limit holds.
                    target.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BUFFER)
                await rest.run(target, self._patience)
        except (OSError, splice.Stopped):
            raise self._broken("stopped taking the request") from None
        finally:
            self._splice = None

    def _patience(self, waits: bool) -> None:
        if waits:
            self._waiting["send"] = self._loop.time()
        else:
            del self._waiting["send"]

    async def response(self) -> h11.Response:
        """Wait for the head of the response."""
        while True:
            event = await self._next()
            if isinstance(event, h11.Response):
                coding = dict(event.headers).get(b"transfer-encoding", b"")
                self._chunked = coding.lower() == b"chunked" and event.status_code not in BODILESS
                return event
            if not isinstance(event, h11.InformationalResponse):
                raise self._broken("closed the connection without an answer")

    async def body(self) -> AsyncIterator[bytes]:
        """The response body as it comes. Raises ``UpstreamError`` when it is cut off."""
        if self._chunked:
            async for piece in self._chunked_body():
                yield piece
            return
        while True:
            event = await self._next()
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return
            else:
                raise self._broken(CUT_OFF)

    async def _chunked_body(self) -> AsyncIterator[bytes]:
        body = ChunkedBody()
        # What h11 has of it, besides the head that it was needed for.
        data, _closed = self._protocol.trailing_data
        while True:
            try:
                piece = body.feed(data)
            except ChunkError as error:
                raise self._broken(f"sent a broken answer ({error})") from None
            if piece:
                yield piece
            if body.ended:
                self.trailers = body.trailers
                return
            data = await self._receive()
            if not data:
                raise self._broken(CUT_OFF)

    def abort(self) -> None:
        """Close at once; safe to call again."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._drop()

    def _drop(self) -> None:
        if self._splice:
            self._splice.stop()
        self._writer.transport.abort()

    async def _next(self) -> object:
        while True:
            try:
                event = self._protocol.next_event()
            except h11.RemoteProtocolError as error:
                raise self._broken(f"sent a broken answer ({error})") from None
            if event is not h11.NEED_DATA:
                return event
            self._protocol.receive_data(await self._receive())

    async def _receive(self) -> bytes:
        self._waiting["receive"] = self._loop.time()
        try:
            data = await self._reader.read(READ)
        except OSError:
            raise self._broken(CUT_OFF) from None
        finally:
            del self._waiting["receive"]
        if not data and self._idle:
            raise self._broken("")
        return data

    def _broken(self, why: str) -> UpstreamError:
        if self._idle:
            return self._upstream.failure(
                "upstream-idle", f"said nothing for {self._upstream.idle_timeout:g} s", 504
            )
        return self._upstream.failure("upstream-broken", why)

    def _watch(self) -> None:
        # One timer a request: wait_for() around each read costs a task a chunk.
        limit = self._upstream.idle_timeout
        if limit is None:
            return
        now = self._loop.time()
        # While it sends, an upstream need not answer yet: only the newest wait counts.
        since = max(self._waiting.values(), default=now)
        if now - since >= limit:
            self._idle = True
            self._drop()
            return
        self._timer = self._loop.call_at(since + limit, self._watch)
