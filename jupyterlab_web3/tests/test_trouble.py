"""Upstreams that are not there or say nothing, and clients that go away."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from .conftest import Ask, FakeUpstream, free_port
from .test_relay import MULTIPART, RPC, UPLOAD


class TestUnreachable:
    """Nothing listens where the configuration points."""

    port = free_port()

    @pytest.fixture
    def web3_settings(self) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self.port}"
        return {"ipfs_api": url, "ipfs_gateway": url, "chain_rpc": url, "ocean_node": url}

    @pytest.mark.parametrize(
        ("method", "path", "body", "upstream"),
        [
            ("POST", "ipfs/version", None, "kubo"),
            ("POST", "ipfs/add", UPLOAD, "kubo"),
            ("POST", "ipfs/add", b"x" * (16 * 1024 * 1024), "kubo"),
            ("GET", "gateway/ipfs/bafy", None, "gateway"),
            ("POST", "chain", RPC, "chain"),
            ("GET", "ocean/api/services/nonce", None, "ocean"),
        ],
    )
    async def test_says_what_was_looked_for(
        self, ask: Ask, method: str, path: str, body: Any, upstream: str
    ) -> None:
        reply = await ask(method, path, MULTIPART if path == "ipfs/add" else {}, body)
        assert reply.status == 502
        assert reply.json["code"] == "upstream-unreachable"
        assert reply.json["upstream"] == upstream
        assert reply.json["address"] == f"127.0.0.1:{self.port}"
        assert f"127.0.0.1:{self.port}" in reply.json["message"]

    async def test_whoever_only_looks_gets_no_error(self, ask: Ask) -> None:
        quiet = {"X-Web3-Missing": "empty"}
        assert (await ask("POST", "ipfs/version", quiet)).status == 204
        assert (await ask("POST", "ipfs/repo/stat", quiet)).status == 502


class TestIdle:
    """An upstream that says nothing."""

    @pytest.fixture
    def web3_settings(self) -> dict[str, Any]:
        return {"idle_timeout": 0.3}

    async def test_is_given_up(self, ask: Ask, fake: FakeUpstream) -> None:
        async def sleep(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            await reader.read()

        fake.answer = sleep
        reply = await ask("POST", "ipfs/version")
        assert reply.status == 504
        assert reply.json["code"] == "upstream-idle"

    async def test_but_not_while_it_works(self, ask: Ask, fake: FakeUpstream) -> None:
        async def trickle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n")
            for _number in range(8):
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.1)

        fake.answer = trickle
        assert (await ask("POST", "ipfs/version")).body == b"x" * 8


class TestDisconnect:
    """A client that goes away takes its upstream request with it."""

    async def _leave(self, port: int, head: bytes, body: bytes = b"") -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head + body)
        await writer.drain()
        await asyncio.sleep(0.3)
        writer.transport.abort()

    def _head(self, method: str, path: str, auth: dict[str, str], *more: str) -> bytes:
        lines = [f"{method} /a%40b/web3/{path} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{k}: {v}" for k, v in auth.items()]
        return "\r\n".join([*lines, *more, "", ""]).encode()

    @pytest.mark.parametrize("talks", [True, False])
    async def test_in_a_download(
        self,
        fake: FakeUpstream,
        http_server: Any,
        jp_serverapp: Any,
        jp_http_port: int,
        jp_auth_header: dict[str, str],
        talks: bool,
    ) -> None:
        async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            if talks:
                while True:
                    writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                    await writer.drain()
            assert await reader.read() == b""
            fake.gone.set()

        fake.answer = endless
        head = self._head("POST", "ipfs/cat?arg=bafy", jp_auth_header, "Content-Length: 0")
        await self._leave(jp_http_port, head)
        await asyncio.wait_for(fake.gone.wait(), 5)

    async def test_in_an_upload(
        self,
        fake: FakeUpstream,
        http_server: Any,
        jp_serverapp: Any,
        jp_http_port: int,
        jp_auth_header: dict[str, str],
    ) -> None:
        fake.read_body = False
        got = 0

        async def listen(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            nonlocal got
            try:
                while chunk := await reader.read(65536):
                    got += len(chunk)
            except ConnectionError:
                pass  # how an abort looks from here
            fake.gone.set()

        fake.answer = listen
        head = self._head(
            "POST",
            "ipfs/add",
            jp_auth_header,
            "Content-Type: multipart/form-data; boundary=b",
            "Content-Length: 1000000000",
        )
        await self._leave(jp_http_port, head, b"x" * 1_000_000)
        await asyncio.wait_for(fake.gone.wait(), 5)
        assert 0 < got <= 1_000_000
