"""The routes before a real Kubo, in a server process of its own."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest

from .conftest import Kubo, Reply, free_port, request

MIB = 1024 * 1024
#: 2 GiB takes half a minute; the server would already show in 256 MiB if it kept anything.
BIG = 2048 * MIB if os.environ.get("WEB3_LONG") else 256 * MIB
BOUNDARY = "web3"


@dataclass
class Server:
    """A Jupyter server that was started with nothing but flags."""

    port: int
    process: psutil.Process

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        """POST to a route."""
        return request(
            self.port, "POST", f"/web3/{path}", {"Authorization": "token t", **headers}, body
        )

    def get(self, path: str, **headers: str) -> Reply:
        """GET a route."""
        return request(self.port, "GET", f"/web3/{path}", {"Authorization": "token t", **headers})

    def add(self, data: bytes, name: str = "f", query: str = "pin=false") -> dict[str, Any]:
        """Upload bytes; the last line of the answer."""
        reply = self.upload([data], len(data), name, query)
        assert reply.status == 200, reply.body
        return json.loads(reply.body.splitlines()[-1])

    def upload(self, pieces: Any, size: int, name: str = "f", query: str = "pin=false") -> Reply:
        """Upload pieces as the browser does, with a length."""
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; '
            f'filename="{quote(name, safe="")}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        tail = f"\r\n--{BOUNDARY}--\r\n".encode()

        def body() -> Iterator[bytes]:
            yield head
            yield from pieces
            yield tail

        return self.post(
            f"ipfs/add?{query}",
            body(),
            **{
                "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
                "Content-Length": str(len(head) + size + len(tail)),
            },
        )


@pytest.fixture(scope="module")
def server(kubo: Kubo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("server")
    port = free_port()
    clean = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTER_")}
    with open(home / "log", "wb") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyter_server",
                "--allow-root",
                "--no-browser",
                f"--ServerApp.port={port}",
                "--ServerApp.port_retries=0",
                f"--ServerApp.root_dir={home}",
                "--ServerApp.jpserver_extensions={'jupyterlab_web3': True}",
                "--IdentityProvider.token=t",
                f"--Web3.ipfs_api={kubo.api}",
                f"--Web3.ipfs_socket={kubo.socket}",
                f"--Web3.ipfs_gateway={kubo.gateway}",
                f"--Web3.ipfs_secret_file={kubo.secret_file}",
                "--Web3.ipfs_managed=True",
            ],
            env={
                **clean,
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "JUPYTER_CONFIG_DIR": str(home / "config"),
                "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
                "JUPYTER_DATA_DIR": str(home / "data"),
            },
            stdout=log,
            stderr=log,
        )
    running = Server(port, psutil.Process(process.pid))
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                assert running.get("config").json["ipfs"]["managed"] is True
                break
            except ConnectionError:
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"Jupyter does not start: {(home / 'log').read_text()}")
                time.sleep(0.1)
        yield running
    finally:
        process.terminate()
        process.wait(30)


def test_other_users_of_the_machine_have_no_way_in(kubo: Kubo, server: Server) -> None:
    port = int(kubo.api.rpartition(":")[2])
    assert request(port, "POST", "/api/v0/version", {}).status == 403
    assert server.post("ipfs/version").json["Version"]


@pytest.mark.parametrize("size", [0, 1, MIB - 1, MIB, MIB + 1, 5 * MIB])
def test_an_upload_has_the_cid_of_the_cli(
    kubo: Kubo, server: Server, tmp_path: Path, size: int
) -> None:
    data = os.urandom(size)
    file = tmp_path / "f"
    file.write_bytes(data)
    cid = server.add(data)["Hash"]
    assert cid == kubo.run("add", "-Q", "--only-hash", str(file))
    assert server.post(f"ipfs/cat?arg={cid}").body == data
    assert server.get(f"gateway/ipfs/{cid}").body == data
    part = server.get(f"gateway/ipfs/{cid}", Range="bytes=0-0")
    assert (part.status, part.body) == ((206, data[:1]) if size else (part.status, b""))


@pytest.mark.parametrize("name", ["a b", "100%", "a#b", "a:b", "a?b&c=d+e", "ünï 🦊", "a@b", '"q"'])
def test_names_pass_unharmed(server: Server, name: str) -> None:
    cid = server.add(b"x", name)["Hash"]
    path = quote(f"/{name}", safe="")
    assert server.post(f"ipfs/files/cp?arg=/ipfs/{cid}&arg={path}&force=true").status == 200
    listing = server.post("ipfs/files/ls?arg=/&long=true").json
    assert name in [entry["Name"] for entry in listing["Entries"]]
    assert server.post(f"ipfs/files/read?arg={path}").body == b"x"
    folder = server.post("ipfs/files/stat?arg=/").json["Hash"]
    assert server.get(f"gateway/ipfs/{folder}/{quote(name, safe='')}").body == b"x"
    assert server.post(f"ipfs/files/rm?arg={path}").status == 200


def test_files_and_pins(server: Server) -> None:
    cid = server.add(b"pinned")["Hash"]
    assert server.post("ipfs/files/mkdir?arg=/d/e&parents=true").status == 200
    assert server.post(f"ipfs/files/cp?arg=/ipfs/{cid}&arg=/d/e/f").status == 200
    assert server.post("ipfs/files/mv?arg=/d/e/f&arg=/d/g").status == 200
    assert server.post("ipfs/files/stat?arg=/d/g").json["Hash"] == cid
    missing = server.post("ipfs/files/stat?arg=/d/e/f")
    assert missing.status == 404
    assert (missing.json["Message"], missing.json["code"]) == ("file does not exist", "not-found")
    assert server.post(f"ipfs/pin/ls?arg={cid}&type=recursive").json["code"] == "not-pinned"
    # A page that only looks gets no error, which browsers would log.
    for quiet in ("files/stat?arg=/d/e/f", f"pin/ls?arg={cid}", "files/ls?arg=/nowhere"):
        reply = server.post(f"ipfs/{quiet}", **{"X-Web3-Missing": "empty"})
        assert (reply.status, reply.body) == (204, b"")
    refused = server.post("ipfs/files/mkdir?arg=/d/e")
    assert (refused.status, refused.json["code"]) == (502, "upstream-error")
    assert server.post(f"ipfs/pin/add?arg={cid}").json["Pins"] == [cid]
    assert cid in server.post("ipfs/pin/ls?type=recursive").json["Keys"]
    assert server.post(f"ipfs/pin/rm?arg={cid}").status == 200
    assert server.post("ipfs/repo/stat?size-only=true").json["RepoSize"] > 0


def test_the_pinning_services_of_the_node_come_without_their_keys(
    kubo: Kubo, server: Server
) -> None:
    kubo.run("pin", "remote", "service", "add", "elsewhere", "http://127.0.0.1:9/psa", "its-key")
    listed = server.post("ipfs/pin/remote/service/ls")
    assert listed.json["RemoteServices"] == [
        {"Service": "elsewhere", "ApiEndpoint": "http://127.0.0.1:9/psa"}
    ]
    assert b"its-key" not in listed.body
    assert server.post("ipfs/pin/remote/service/ls?stat=true").status == 403
    refused = server.post("ipfs/pin/remote/ls?service=elsewhere")
    assert b"connection refused" in refused.body
    assert b"its-key" not in refused.body


def test_a_folder_of_many_files_in_one_upload(server: Server) -> None:
    """More names than socket buffers hold, while the upload still goes on."""
    count = 3000
    parts = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="d%2F{n}"\r\n\r\n'
        f"{n}\r\n".encode()
        for n in range(count)
    )
    reply = server.post(
        "ipfs/add?pin=false&wrap-with-directory=true",
        parts + f"--{BOUNDARY}--\r\n".encode(),
        **{"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
    )
    lines = [json.loads(line) for line in reply.body.splitlines()]
    assert len(lines) == count + 2
    assert lines[-1]["Name"] == ""
    one = server.post(f"ipfs/cat?arg=/ipfs/{lines[-1]['Hash']}/d/17")
    assert one.body == b"17"


def test_an_upload_that_kubo_refuses_says_why(server: Server) -> None:
    reply = server.upload([b"x" * MIB] * 64, 64 * MIB, query="pin=false&chunker=nonsense")
    assert reply.status >= 400
    assert "nonsense" in reply.body.decode() or "chunker" in reply.body.decode()


def adds_under_way(kubo: Kubo) -> int:
    """How many uploads the node itself says it is at."""
    commands = json.loads(kubo.run("diag", "cmds", "--enc=json"))
    return len([c for c in commands if c["Active"] and c["Command"] == "add"])


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Until it holds; fails when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_upload_that_is_cut_off_leaves_nothing_behind(kubo: Kubo, server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.putrequest("POST", "/web3/ipfs/add?pin=true")
    connection.putheader("Authorization", "token t")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    connection.putheader("Content-Length", "1000000000")
    part = 'Content-Disposition: form-data; name="file"; filename="f"'
    connection.endheaders(f"--{BOUNDARY}\r\n{part}\r\n\r\n".encode())
    before = set(kubo.run("pin", "ls", "--type=recursive", "-q").split())
    connection.send(os.urandom(4 * MIB))
    wait_for(lambda: adds_under_way(kubo) == 1)
    connection.close()
    wait_for(lambda: adds_under_way(kubo) == 0)
    assert set(kubo.run("pin", "ls", "--type=recursive", "-q").split()) == before
    # The node hears of it before the server has closed its own end.
    wait_for(lambda: "CLOSE_WAIT" not in {c.status for c in server.process.net_connections()}, 15)


def test_memory_stays_flat_both_ways(server: Server) -> None:
    def noise() -> Iterator[bytes]:
        state = os.urandom(65536)
        for number in range(BIG // len(state)):
            # Different blocks without the cost of random bytes.
            yield number.to_bytes(8, "big") + state[8:]

    server.add(b"warm")
    before = server.process.memory_info().rss
    digest = hashlib.sha256()

    def counted() -> Iterator[bytes]:
        for piece in noise():
            digest.update(piece)
            yield piece

    reply = server.upload(counted(), BIG)
    assert reply.status == 200
    cid = json.loads(reply.body)["Hash"]
    uploaded = _peak(server)
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("POST", f"/web3/ipfs/cat?arg={cid}", headers={"Authorization": "token t"})
    answer = connection.getresponse()
    back = hashlib.sha256()
    while chunk := answer.read(MIB):
        back.update(chunk)
    connection.close()
    assert back.digest() == digest.digest()
    grown = max(uploaded, _peak(server)) - before
    print(f"{BIG // MIB} MiB each way: server grew by {grown / MIB:.1f} MiB")
    assert grown <= 64 * MIB


def _peak(server: Server) -> int:
    """The highest resident size so far, where the system tells it."""
    status = Path(f"/proc/{server.process.pid}/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return int(server.process.memory_info().rss)
