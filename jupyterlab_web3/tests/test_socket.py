"""Kubo over a Unix socket beside its address: who is told the secret, and that uploads arrive."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .. import upstream
from .conftest import SECRET, Ask, FakeUpstream, free_port, private
from .large import LARGE, leave_in_the_middle
from .test_relay import MULTIPART

pytestmark = pytest.mark.skipif(
    not hasattr(asyncio, "open_unix_connection"), reason="no Unix sockets on Windows"
)


@pytest.fixture
def path() -> Iterator[Path]:
    """Where the socket is looked for: short, as the path of a socket has to be."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "api.sock"


@pytest.fixture
def near(path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[FakeUpstream]:
    """Who answers at the socket; ``fake`` answers at the address."""
    near = FakeUpstream()

    async def start() -> asyncio.Server:
        return await asyncio.start_unix_server(near.serve, path)

    server = jp_asyncio_loop.run_until_complete(start())
    yield near
    server.close()


@pytest.fixture
def web3_settings(path: Path, tmp_path: Path) -> dict[str, Any]:
    return {
        "ipfs_socket": str(path),
        "ipfs_secret_file": private(tmp_path / "secret", SECRET),
        "idle_timeout": 5,
    }


async def test_kubo_is_asked_there_as_at_its_address(
    ask: Ask, fake: FakeUpstream, near: FakeUpstream
) -> None:
    assert (await ask("POST", "ipfs/id")).status == 200
    assert fake.asked == []
    (asked,) = near.asked
    assert asked.target == "/api/v0/id"
    assert asked.header("Authorization") == SECRET
    assert asked.header("Host") == f"127.0.0.1:{fake.port}"


async def test_nobody_else_is(ask: Ask, fake: FakeUpstream, near: FakeUpstream) -> None:
    cid = "bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4"
    assert (await ask("GET", f"gateway/ipfs/{cid}")).status == 200
    assert near.asked == []
    assert len(fake.asked) == 1


@pytest.fixture(params=["nothing", "a dead socket", "a file", "a link"])
def unusable(
    request: pytest.FixtureRequest, path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> Iterator[FakeUpstream | None]:
    """What may be where a socket should be; who answers behind it, if anybody would."""
    behind = None
    server = None
    if request.param == "a dead socket":
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(path))
    elif request.param == "a file":
        path.write_text("")
    elif request.param == "a link":
        behind = FakeUpstream()
        real = path.with_name("real.sock")
        server = jp_asyncio_loop.run_until_complete(asyncio.start_unix_server(behind.serve, real))
        path.symlink_to(real)
    yield behind
    if server:
        server.close()


async def test_its_address_is_asked_otherwise(
    ask: Ask, fake: FakeUpstream, unusable: FakeUpstream | None
) -> None:
    assert (await ask("POST", "ipfs/id")).status == 200
    assert len(fake.asked) == 1
    if unusable:
        # It would have answered: that it was a link is why it was not asked.
        assert unusable.asked == []


async def test_the_socket_of_another_user_is_told_nothing(
    ask: Ask, fake: FakeUpstream, near: FakeUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.lstat

    def strangers(path: Any) -> os.stat_result:
        fields = list(real(path))
        fields[4] = os.getuid() + 1  # st_uid
        return os.stat_result(fields)

    monkeypatch.setattr(upstream.os, "lstat", strangers)
    assert (await ask("POST", "ipfs/id")).status == 200
    assert near.asked == []
    assert len(fake.asked) == 1


class TestNowhere:
    """Neither of the two is there."""

    @pytest.fixture
    def web3_settings(self, path: Path) -> dict[str, Any]:
        return {"ipfs_socket": str(path), "ipfs_api": f"http://127.0.0.1:{free_port()}"}

    async def test_the_address_is_named(self, ask: Ask, web3_settings: dict[str, Any]) -> None:
        reply = await ask("POST", "ipfs/id")
        assert reply.json["code"] == "upstream-unreachable"
        assert web3_settings["ipfs_api"].removeprefix("http://") in reply.json["message"]


async def test_a_large_upload_arrives(ask: Ask, near: FakeUpstream) -> None:
    body = os.urandom(LARGE)
    reply = await ask("POST", "ipfs/add", MULTIPART, body)
    assert (reply.status, reply.body) == (200, b"{}")
    assert near.asked[0].body == body


async def test_a_node_that_leaves_in_the_middle_is_told(ask: Ask, near: FakeUpstream) -> None:
    leave_in_the_middle(near)
    reply = await ask("POST", "ipfs/add", MULTIPART, b"x" * LARGE)
    assert (reply.status, reply.json["code"]) == (502, "upstream-broken")
