"""The wheel: what is in it, what must not be, and that it works where nothing else is."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = "share/jupyter/labextensions/jupyterlab-web3/static/"

pytestmark = pytest.mark.skipif(
    not (ROOT / "jupyterlab_web3/labextension/package.json").exists(),
    reason="the labextension is not built",
)

#: Plugin ids of what is built from here but never shipped with the suite.
SEPARATE = {
    "development-wallet": "@jupyterlab-web3/development-wallet:plugin",
    "metamask-sdk": "@jupyterlab-web3/metamask-sdk:plugin",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as ``pip wheel .`` makes it, of the labextension that is there."""
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(out.glob("jupyterlab_web3-*.whl"))


@pytest.fixture(scope="module")
def files(wheel: Path) -> dict[str, bytes]:
    """Path in the wheel (data files as installed) to bytes."""
    with zipfile.ZipFile(wheel) as archive:
        return {
            re.sub(r"^[^/]+\.data/data/", "", name): archive.read(name)
            for name in archive.namelist()
        }


def test_labextension_server_part_and_configuration_are_in_it(files: dict[str, bytes]) -> None:
    labextension = STATIC.removesuffix("static/")
    package = json.loads(files[labextension + "package.json"])
    assert labextension + package["jupyterlab"]["_build"]["load"] in files
    assert labextension + "install.json" in files
    assert "jupyterlab_web3/routes/ipfs.py" in files
    config = json.loads(files["etc/jupyter/jupyter_server_config.d/jupyterlab_web3.json"])
    assert config["ServerApp"]["jpserver_extensions"] == {"jupyterlab_web3": True}
    # Every schema of a plugin goes with it.
    for schema in (ROOT / "schema").glob("*.json"):
        assert f"{labextension}schemas/jupyterlab-web3/{schema.name}" in files


def test_neither_tests_nor_the_local_stack_are_in_it(files: dict[str, bytes]) -> None:
    foreign = re.compile(r"(^|/)(tests|__tests__|devnet|ui-tests|bench|binder|node_modules)/")
    assert [name for name in files if foreign.search(name)] == []


@pytest.mark.parametrize("name", SEPARATE)
def test_what_is_built_apart_is_not_in_it(files: dict[str, bytes], name: str) -> None:
    """Neither the wallet for tests, which signs without a wallet, nor MetaMask's SDK."""
    mark = SEPARATE[name].encode()
    source = ROOT / "extensions" / name / "src"
    assert any(mark in path.read_bytes() for path in source.rglob("*.ts")), "the mark is stale"
    assert [path for path, data in files.items() if mark in data] == []
    assert not any(f"extensions/{name}" in path for path in files)


def test_no_code_of_them_is_in_it_under_another_name(files: dict[str, bytes]) -> None:
    scripts = {path: data for path, data in files.items() if path.startswith(STATIC)}
    assert scripts
    # A wallet announces itself; the suite only listens.
    announces = re.compile(rb"CustomEvent\(\s*[\"']eip6963:announceProvider")
    assert [path for path, data in scripts.items() if announces.search(data)] == []
    for mark in (b"MetaMaskSDK", b"metamask-sdk.api.cx.metamask.io"):
        assert [path for path, data in scripts.items() if mark in data] == []


@pytest.mark.skipif(not os.environ.get("WEB3_LONG"), reason="WEB3_LONG=1: installs JupyterLab")
@pytest.mark.parametrize("series", ["4.5", "4.6"])
def test_it_works_in_an_empty_environment(wheel: Path, tmp_path: Path, series: str) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    run = tmp_path / "venv" / "bin"
    subprocess.run(
        [run / "pip", "install", "-q", str(wheel), f"jupyterlab=={series}.*"],
        check=True,
        capture_output=True,
    )
    clean = {"PATH": f"{run}:/usr/bin:/bin", "HOME": str(tmp_path)}
    listed = subprocess.run(
        [run / "jupyter", "labextension", "list"], capture_output=True, text=True, env=clean
    )
    assert re.search(r"jupyterlab-web3 v\S+ .*enabled.*OK", listed.stdout + listed.stderr)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [
                run / "jupyter-lab",
                "--no-browser",
                "--allow-root",
                "--ip=127.0.0.1",
                f"--port={port}",
                f"--IdentityProvider.token={token}",
            ],
            stdout=log,
            stderr=log,
            cwd=tmp_path,
            env=clean,
        )
        try:
            config = _wait_for(f"http://127.0.0.1:{port}/web3/config", token, server)
        finally:
            server.terminate()
            server.wait(30)
    assert {"ipfs", "version"} <= config.keys()


def _wait_for(url: str, token: str, server: subprocess.Popen[bytes]) -> dict[str, object]:
    request = urllib.request.Request(url, headers={"Authorization": f"token {token}"})
    for _ in range(120):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(request, timeout=5) as reply:
                return json.load(reply)
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the server does not answer")
