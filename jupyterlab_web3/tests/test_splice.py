"""Large uploads, which the kernel passes on: nothing else about them differs."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import socket
import time
from dataclasses import replace
from typing import Any

import psutil
import pytest

from .. import splice
from ..kubo import VERBS
from ..routes import uploads
from ..upstream import Upstream, UpstreamError
from .conftest import Ask, FakeUpstream, ok
from .large import LARGE, MIB, leave_in_the_middle
from .test_relay import MULTIPART

pytestmark = pytest.mark.skipif(not splice.available(), reason="splice(2) is Linux's")


async def _pair() -> tuple[socket.socket, socket.socket]:
    """Two ends of a TCP connection, non-blocking."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = socket.create_connection(server.getsockname())
        other, _ = server.accept()
    one.setblocking(False)
    other.setblocking(False)
    return one, other


class _Line:
    """A client, a splice in the middle, and somebody who takes what comes."""

    def __init__(self, length: int):
        self.length = length
        self.waits: list[bool] = []
        self.waiting = asyncio.Event()

    def _patience(self, waits: bool) -> None:
        self.waits.append(waits)
        self.waiting.set()

    async def __aenter__(self) -> _Line:
        self.client, self.source = await _pair()
        self.target, self.taker = await _pair()
        self.splice = splice.Splice(self.source, self.length)
        self.run = asyncio.create_task(self.splice.run(self.target, self._patience))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.run.cancel()
        for one in (self.client, self.source, self.target, self.taker):
            one.close()

    async def take(self, size: int) -> bytes:
        loop = asyncio.get_running_loop()
        taken = bytearray()
        while len(taken) < size:
            piece = await loop.sock_recv(self.taker, MIB)
            if not piece:
                break
            taken += piece
        return bytes(taken)


@pytest.mark.parametrize("seed", range(6))
async def test_all_bytes_come_in_order_and_no_others(seed: int) -> None:
    chance = random.Random(seed)
    length = chance.choice([1, splice.LOW_WATER, 3 * MIB + 1, 9 * MIB + 13])
    body = chance.randbytes(length)
    rest = b"the next request"
    loop = asyncio.get_running_loop()
    async with _Line(length) as line:

        async def send() -> None:
            at = 0
            while at < length:
                size = chance.choice([1, 700, 16384, 300_000])
                await loop.sock_sendall(line.client, body[at : at + size])
                at += size
            await loop.sock_sendall(line.client, rest)

        sending = asyncio.create_task(send())
        assert await line.take(length) == body
        await line.run
        await sending
        assert line.splice.left == 0
        # Also what is shorter than what it waited for.
        assert await asyncio.wait_for(loop.sock_recv(line.source, MIB), 5) == rest


async def test_a_client_that_ends_too_early_is_told_from_an_end() -> None:
    async with _Line(2 * MIB) as line:
        await asyncio.get_running_loop().sock_sendall(line.client, b"x" * 1000)
        line.client.close()
        with pytest.raises(splice.SourceClosed):
            await line.run
        assert line.splice.left == 2 * MIB - 1000


async def test_a_target_that_takes_nothing_is_waited_for_and_can_be_left() -> None:
    async with _Line(64 * MIB) as line:
        sending = asyncio.create_task(
            asyncio.get_running_loop().sock_sendall(line.client, b"x" * 64 * MIB)
        )
        await line.waiting.wait()
        assert line.waits == [True]
        line.splice.stop()
        with pytest.raises(splice.Stopped):
            await line.run
        assert line.waits == [True, False]
        sending.cancel()


async def test_a_target_that_breaks_is_an_error_of_its_own() -> None:
    async with _Line(64 * MIB) as line:
        sending = asyncio.create_task(
            asyncio.get_running_loop().sock_sendall(line.client, b"x" * 64 * MIB)
        )
        await line.take(1)
        line.taker.close()
        with pytest.raises(OSError):
            await line.run
        sending.cancel()


async def test_nothing_of_it_stays_open() -> None:
    before = set(os.listdir("/proc/self/fd"))
    async with _Line(MIB) as line:
        await asyncio.get_running_loop().sock_sendall(line.client, b"x" * MIB)
        await line.take(MIB)
        await line.run
    assert set(os.listdir("/proc/self/fd")) == before


@pytest.fixture
def spliced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much the kernel passed on, of each upload."""
    passed: list[int] = []
    run = splice.Splice.run

    async def noted(self: splice.Splice, *rest: Any) -> None:
        length = self.left
        try:
            await run(self, *rest)
        finally:
            passed.append(length - self.left)

    monkeypatch.setattr(splice.Splice, "run", noted)
    return passed


async def test_an_upstream_that_was_left_before_is_told_from_trouble_of_ours(
    fake: FakeUpstream,
) -> None:
    """As when it refuses while the first bytes of the body are still at hand."""
    upstream = Upstream("kubo", "Kubo's RPC API", fake.url)
    exchange = await upstream.open("POST", "/", [("Content-Length", str(MIB))])
    client, source = await _pair()
    try:
        exchange.abort()
        await asyncio.sleep(0)
        before = set(os.listdir("/proc/self/fd"))
        with pytest.raises(UpstreamError) as caught:
            await exchange.splice(splice.Splice(source, MIB))
        assert caught.value.code == "upstream-broken"
        assert set(os.listdir("/proc/self/fd")) == before
    finally:
        client.close()
        source.close()


async def test_a_large_upload_is_spliced(ask: Ask, fake: FakeUpstream, spliced: list[int]) -> None:
    body = os.urandom(LARGE)
    reply = await ask("POST", "ipfs/add?pin=false", MULTIPART, body)
    assert (reply.status, reply.body) == (200, b"{}")
    assert fake.asked[0].body == body
    assert len(spliced) == 1
    assert spliced[0] > LARGE / 2
    # The guards of all answers, and the end of the connection.
    assert reply.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["content-disposition"] == "attachment"
    assert reply.headers["connection"] == "close"


async def test_a_small_upload_keeps_its_connection(
    ask: Ask, fake: FakeUpstream, spliced: list[int]
) -> None:
    reply = await ask("POST", "ipfs/add", MULTIPART, b"x" * (uploads.LARGE - 1))
    assert reply.status == 200
    assert "connection" not in reply.headers
    assert spliced == []


@pytest.mark.parametrize("system", ["linux", "another"])
@pytest.mark.parametrize("chunked", [False, True])
async def test_the_same_arrives_without(
    ask: Ask, fake: FakeUpstream, monkeypatch: pytest.MonkeyPatch, system: str, chunked: bool
) -> None:
    if system == "another":
        monkeypatch.setattr(splice, "available", lambda: False)
    body = os.urandom(LARGE)
    pieces = (body[at : at + 100_000] for at in range(0, len(body), 100_000))
    reply = await ask("POST", "ipfs/add", MULTIPART, pieces if chunked else body)
    assert reply.status == 200
    assert fake.asked[0].body == body


async def test_an_upstream_that_goes_away_in_the_middle_is_told(
    ask: Ask, fake: FakeUpstream, spliced: list[int]
) -> None:
    leave_in_the_middle(fake)
    reply = await ask("POST", "ipfs/add", MULTIPART, b"x" * LARGE)
    assert reply.status == 502
    assert reply.json["code"] == "upstream-broken"
    assert reply.json["upstream"] == "kubo"
    assert spliced and spliced[0] < LARGE


async def test_a_refusal_at_the_end_is_told(
    ask: Ask, fake: FakeUpstream, spliced: list[int]
) -> None:
    refusal = b'{"Message":"no space left on device","Code":0,"Type":"error"}'
    fake.answer = ok("Content-Type: application/json", status="500 E", body=refusal)
    reply = await ask("POST", "ipfs/add", MULTIPART, b"x" * LARGE)
    assert reply.status == 502
    assert reply.json["Message"] == "no space left on device"
    assert spliced


class TestSilence:
    """An upstream that takes nothing any more."""

    @pytest.fixture
    def web3_settings(self) -> dict[str, Any]:
        return {"idle_timeout": 0.5}

    async def test_is_given_up(
        self,
        ask: Ask,
        fake: FakeUpstream,
        spliced: list[int],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        # Kubo may take its time; whoever may not is given up while it takes nothing, too.
        monkeypatch.setitem(VERBS, "add", replace(VERBS["add"], patient=False))
        fake.read_body = False
        done = asyncio.Event()

        async def stall(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            await done.wait()

        fake.answer = stall
        reply = await ask("POST", "ipfs/add", MULTIPART, b"x" * LARGE)
        done.set()
        assert reply.status == 504
        assert reply.json["code"] == "upstream-idle"


@pytest.mark.parametrize("orderly", [False, True])
async def test_a_client_that_goes_away_takes_its_upload_with_it(
    orderly: bool,
    fake: FakeUpstream,
    spliced: list[int],
    jp_http_port: int,
    jp_base_url: str,
    jp_auth_header: dict[str, str],
    http_server: Any,
) -> None:
    fake.read_body = False
    came = asyncio.Event()
    ended = asyncio.Event()
    got = 0

    async def count(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        nonlocal got
        try:
            while piece := await reader.read(65536):
                got += len(piece)
                if got >= 12 * MIB:
                    came.set()
        finally:
            ended.set()

    fake.answer = count
    _, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
    lines = [
        f"POST {jp_base_url}web3/ipfs/add HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{name}: {value}" for name, value in {**jp_auth_header, **MULTIPART}.items()),
        f"Content-Length: {LARGE}",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode() + b"x" * 16 * MIB)
    await asyncio.wait_for(came.wait(), 10)
    gc.disable()  # what nobody closes is no matter of luck
    try:
        if orderly:
            writer.close()
        else:
            writer.transport.abort()
        # Well before the node would give up by itself.
        await asyncio.wait_for(ended.wait(), 10)
        await asyncio.to_thread(_wait_until_closed, jp_http_port)
    finally:
        gc.enable()
    assert got < LARGE
    assert spliced and spliced[0] < LARGE


def _wait_until_closed(port: int) -> None:
    """Until the server has no end of its own open that the client has left."""
    deadline = time.monotonic() + 10
    while any(
        one.laddr.port == port and one.status == psutil.CONN_CLOSE_WAIT
        for one in psutil.Process().net_connections()
    ):
        assert time.monotonic() < deadline, "a connection stays half open"
        time.sleep(0.05)
