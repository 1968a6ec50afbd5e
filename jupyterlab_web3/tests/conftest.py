"""Fixtures: a Jupyter server with the routes, an upstream that says what a test wants, Kubo."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

SECRET = "Bearer kubo-secret"


@dataclass
class Asked:
    """A request as an upstream got it."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """A field, whatever its case."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)


Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class FakeUpstream:
    """Answers every request with the same bytes, or as a function likes it."""

    answer: bytes | Answer = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )
    asked: list[Asked] = field(default_factory=list)
    #: Set once a client went away in the middle of an answer.
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0
    #: False for answers that take care of the request body themselves.
    read_body: bool = True

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.IncompleteReadError:
            writer.close()
            return
        first, *lines = head.strip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = [(k, v.strip()) for k, _, v in (line.partition(":") for line in lines)]
        asked = Asked(method, target, headers, b"")
        self.asked.append(asked)
        if self.read_body:
            if asked.header("Transfer-Encoding"):
                while size := int(await reader.readline(), 16):
                    asked.body += await reader.readexactly(size)
                    await reader.readexactly(2)
            else:
                asked.body = await reader.readexactly(int(asked.header("Content-Length") or 0))
        try:
            if isinstance(self.answer, bytes):
                writer.write(self.answer)
                await writer.drain()
            else:
                await self.answer(reader, writer)
        except ConnectionError:
            self.gone.set()
        writer.close()


def ok(*lines: str, body: str | bytes = "", status: str = "200 OK") -> bytes:
    """The bytes of an answer with Content-Length."""
    payload = body.encode() if isinstance(body, str) else body
    head = [f"HTTP/1.1 {status}", *lines, f"Content-Length: {len(payload)}", "", ""]
    return "\r\n".join(head).encode() + payload


@pytest.fixture
def fake(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[FakeUpstream]:
    """All upstreams in one."""
    upstream = FakeUpstream()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(upstream.serve, "127.0.0.1", 0)

    server = jp_asyncio_loop.run_until_complete(start())
    upstream.port = server.sockets[0].getsockname()[1]
    yield upstream
    server.close()


def private(path: Path, text: str) -> str:
    """Write a file that only its owner may read; returns its path."""
    path.write_text(text)
    path.chmod(0o600)
    return str(path)


NETWORK: dict[str, Any] = {
    "chainId": 8996,
    "name": "Local chain",
    "testnet": True,
    "local": True,
    "rpc": "http://127.0.0.1:8545",
    "explorer": None,
    "currency": {"name": "Ether", "symbol": "ETH", "decimals": 18},
    "oceanNode": None,
    "paymentTokens": [],
    "contracts": {"ERC721Factory": "0x0000000000000000000000000000000000000001"},
    "deployerKey": "0xdead",
}


@pytest.fixture
def web3_settings() -> dict[str, Any]:
    """For tests to override: traits of Web3."""
    return {}


@pytest.fixture
def network_settings() -> dict[str, Any]:
    """For tests to override: fields of the network file."""
    return {}


@pytest.fixture
def jp_server_config(
    fake: FakeUpstream,
    tmp_path: Path,
    web3_settings: dict[str, Any],
    network_settings: dict[str, Any],
) -> dict[str, Any]:
    network = tmp_path / "network.json"
    network.write_text(json.dumps({**NETWORK, "rpc": f"{fake.url}/rpc", **network_settings}))
    settings = {
        "ipfs_api": fake.url,
        "ipfs_gateway": fake.url,
        "ipfs_secret_file": private(tmp_path / "secret", SECRET),
        "network_file": str(network),
        "ocean_node": f"{fake.url}/node",
        **web3_settings,
    }
    return {
        "ServerApp": {"jpserver_extensions": {"jupyterlab_web3": True}},
        "Web3": settings,
    }


@dataclass
class Reply:
    """An answer of the Jupyter server."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def cookies(reply: Reply) -> dict[str, str]:
    """The Cookie header that a page sends next."""
    pairs = re.findall(r"(?:^|, )([^=;, ]+=(?:\"[^\"]*\"|[^;,]*))", reply.headers["set-cookie"])
    return {"Cookie": "; ".join(pair for pair in pairs if not pair.startswith("expires"))}


Ask = Callable[..., Awaitable[Reply]]


def request(
    port: int,
    method: str,
    path: str,
    headers: dict[str, str],
    body: Any = None,
    timeout: float = 60,
) -> Reply:
    """One request with the path as it is (no client-side normalisation)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


@pytest.fixture
def ask(
    jp_serverapp: Any,
    jp_base_url: str,
    jp_auth_header: dict[str, str],
    jp_http_port: int,
    http_server: Any,
) -> Ask:
    """Ask a route, with the token unless ``token=False``."""

    async def ask_(
        method: str,
        path: str,
        headers: dict[str, str] | None = None,
        body: Any = None,
        *,
        token: bool = True,
        absolute: bool = False,
    ) -> Reply:
        sent = {**(jp_auth_header if token else {}), **(headers or {})}
        target = path if absolute else f"{jp_base_url}web3/{path}"
        if isinstance(body, dict | list):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        return await asyncio.to_thread(request, jp_http_port, method, target, sent, body)

    return ask_


# ------------------------------------------------------------------ a real Kubo


def find_kubo() -> str | None:
    """KUBO_PATH, PATH, then what the local stack built."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jupyterlab-web3"
    built = sorted(cache.glob("kubo-*/ipfs"))
    return (
        os.environ.get("KUBO_PATH") or shutil.which("ipfs") or (str(built[-1]) if built else None)
    )


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@dataclass
class Kubo:
    """A running node with a secret."""

    binary: str
    repo: Path
    api: str
    socket: Path
    gateway: str
    secret_file: str

    def run(self, *args: str) -> str:
        """The CLI on this node."""
        return subprocess.run(
            [self.binary, *args, "--api-auth", "bearer:kubo-secret"],
            env={**os.environ, "IPFS_PATH": str(self.repo)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()


@pytest.fixture(scope="session")
def kubo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubo]:
    """Kubo as the local stack configures it, offline; skipped where there is none."""
    binary = find_kubo()
    if not binary:
        pytest.skip("no Kubo: set KUBO_PATH or run npm start once, which builds it")
    home = tmp_path_factory.mktemp("kubo")
    repo = home / "repo"
    env = {**os.environ, "IPFS_PATH": str(repo)}
    api, gateway = free_port(), free_port()

    def run(*args: str) -> None:
        subprocess.run([binary, *args], env=env, check=True, capture_output=True)

    run("init", "--profile=unixfs-v1-2025,test")
    # The path of a socket has to be short.
    near = Path(tempfile.mkdtemp()) / "api.sock"
    apis = [f"/ip4/127.0.0.1/tcp/{api}", f"/unix{near}"]
    run("config", "--json", "Addresses.API", json.dumps(apis))
    run("config", "Addresses.Gateway", f"/ip4/127.0.0.1/tcp/{gateway}")
    auth = {"lab": {"AuthSecret": "bearer:kubo-secret", "AllowedPaths": ["/api/v0"]}}
    run("config", "--json", "API.Authorizations", json.dumps(auth))
    with open(home / "log", "wb") as log:
        daemon = subprocess.Popen([binary, "daemon", "--offline"], env=env, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                asked = urllib.request.Request(
                    f"http://127.0.0.1:{api}/api/v0/version",
                    method="POST",
                    headers={"Authorization": SECRET},
                )
                urllib.request.urlopen(asked, timeout=5).close()
                break
            except OSError:
                if daemon.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"Kubo does not start: {(home / 'log').read_text()}")
                time.sleep(0.1)
        yield Kubo(
            binary,
            repo,
            f"http://127.0.0.1:{api}",
            near,
            f"http://127.0.0.1:{gateway}",
            private(home / "secret", SECRET),
        )
    finally:
        daemon.terminate()
        daemon.wait(30)
        # pytest keeps its folders for a while, and this one may hold gigabytes.
        shutil.rmtree(repo, ignore_errors=True)
        shutil.rmtree(near.parent, ignore_errors=True)
