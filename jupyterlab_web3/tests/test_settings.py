"""Settings and the files that they name."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from traitlets import TraitError
from traitlets.config.loader import Config

from ..config import ConfigurationError, Web3, is_loopback
from .conftest import NETWORK, Ask, FakeUpstream, private

ACCOUNTS = [{"address": "0x" + "1" * 40, "privateKey": "0x" + "2" * 64}]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_secret_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    secret = tmp_path / "secret"
    secret.write_text("Bearer x\n")
    secret.chmod(mode)
    web3 = Web3(ipfs_secret_file=str(secret))
    with pytest.raises(ConfigurationError) as caught:
        web3.ipfs_authorization()
    assert caught.value.code == "secret-file-unsafe"
    secret.chmod(0o600)
    assert web3.ipfs_authorization() == "Bearer x"


@pytest.mark.parametrize("text", ["", "two\nlines", "smart\u2019"])
def test_a_secret_is_one_header_value(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError):
        Web3(ipfs_secret_file=private(tmp_path / "secret", text)).ipfs_authorization()


class TestUnsafeSecret:
    """A server that was started with a secret for everybody."""

    @pytest.fixture
    def web3_settings(self, tmp_path: Path) -> dict[str, Any]:
        secret = tmp_path / "open-secret"
        secret.write_text("Bearer x")
        secret.chmod(0o644)
        return {"ipfs_secret_file": str(secret)}

    @pytest.mark.parametrize("path", ["ipfs/version", "ipfs/add"])
    async def test_says_so_and_asks_nobody(self, ask: Ask, fake: FakeUpstream, path: str) -> None:
        reply = await ask("POST", path, {"Content-Type": "multipart/form-data; boundary=b"}, b"x")
        assert reply.status == 503
        assert reply.json["code"] == "secret-file-unsafe"
        assert "chmod 600" in reply.json["message"]
        assert not fake.asked


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a",
        "127.0.0.1:5001",
        "http://",
        "http://a:99999",
        "http://a/#x",
        "http://a b",
        "file:///x",
    ],
)
def test_an_upstream_is_an_http_url(url: str) -> None:
    with pytest.raises(TraitError) as caught:
        Web3(ipfs_api=url)
    assert "Web3.ipfs_api" in str(caught.value)


def test_an_error_in_a_url_tells_no_password() -> None:
    with pytest.raises(TraitError) as caught:
        Web3(ocean_node="ftp://user:hush@a/?key=hush")
    assert "hush" not in str(caught.value)


def test_flags_of_the_command_line() -> None:
    from jupyter_server.serverapp import ServerApp

    app = ServerApp()
    app.parse_command_line(["--Web3.ipfs_api=http://127.0.0.1:9/", "--Web3.ipfs_managed=True"])
    web3 = Web3(config=Config(app.config))
    assert (web3.ipfs_api, web3.ipfs_managed) == ("http://127.0.0.1:9", True)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:1", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:1", True),
        ("http://localhost:1", True),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://127.0.0.1@evil.example", False),
        ("http://10.0.0.1", False),
        ("https://rpc.example", False),
    ],
)
def test_what_is_this_machine(url: str, local: bool) -> None:
    assert is_loopback(url) is local


def wallet(
    tmp_path: Path, network: dict[str, Any] | None, accounts: Any = ACCOUNTS, **more: Any
) -> Web3:
    """Settings with an accounts file and perhaps a network."""
    if network is not None:
        path = tmp_path / "network.json"
        path.write_text(json.dumps({**NETWORK, **network}))
        more["network_file"] = str(path)
    file = private(tmp_path / "accounts", json.dumps(accounts))
    return Web3(development_accounts_file=file, **more)


@pytest.mark.parametrize(
    "accounts", [ACCOUNTS, {"accounts": ACCOUNTS}, {"chainId": 8996, "accounts": ACCOUNTS}]
)
def test_development_accounts_of_a_local_chain(tmp_path: Path, accounts: Any) -> None:
    assert wallet(tmp_path, {}, accounts).development_accounts() == {
        "chainId": 8996,
        "accounts": ACCOUNTS,
    }


@pytest.mark.parametrize(
    ("network", "more"),
    [
        (None, {}),
        (None, {"chain_rpc": "http://127.0.0.1:8545"}),
        ({"local": False}, {}),
        ({"local": "yes"}, {}),
        ({"local": None}, {}),
        ({"rpc": "https://rpc.example"}, {}),
        ({"rpc": "http://127.0.0.1.evil.example"}, {}),
        ({}, {"chain_rpc": "https://rpc.example"}),
        ({"rpc": "https://rpc.example"}, {"chain_rpc": "http://127.0.0.1:8545"}),
    ],
)
def test_no_development_accounts_for_any_other_chain(
    tmp_path: Path, network: dict[str, Any] | None, more: dict[str, Any]
) -> None:
    assert wallet(tmp_path, network, **more).development_accounts() is None


@pytest.mark.parametrize(
    "accounts", [{"chainId": 1, "accounts": ACCOUNTS}, [{"address": "0x"}], 5, "x", {}]
)
def test_what_is_no_accounts_file(tmp_path: Path, accounts: Any) -> None:
    with pytest.raises(ConfigurationError):
        wallet(tmp_path, {}, accounts).development_accounts()


async def test_no_development_wallet_unless_configured(ask: Ask) -> None:
    assert (await ask("GET", "development-wallet")).status == 404


class TestDevelopmentWallet:
    """As npm start configures it."""

    @pytest.fixture
    def web3_settings(self, tmp_path: Path) -> dict[str, Any]:
        file = private(tmp_path / "accounts", json.dumps(ACCOUNTS))
        return {"development_accounts_file": file}

    async def test_has_its_accounts(self, ask: Ask) -> None:
        reply = await ask("GET", "development-wallet")
        assert reply.json == {"chainId": 8996, "accounts": ACCOUNTS}
        assert reply.headers["cache-control"] == "no-store"
        assert (await ask("GET", "config")).json["developmentWallet"] is True


class TestRemoteChain(TestDevelopmentWallet):
    """The same accounts file beside a chain elsewhere."""

    @pytest.fixture
    def network_settings(self) -> dict[str, Any]:
        return {"rpc": "https://rpc.example"}

    async def test_has_its_accounts(self, ask: Ask) -> None:
        assert (await ask("GET", "development-wallet")).status == 404
        assert (await ask("GET", "config")).json["developmentWallet"] is False


class TestBrokenNetwork:
    """A network file that is none."""

    @pytest.fixture
    def network_settings(self) -> dict[str, Any]:
        return {"chainId": "8996"}

    async def test_is_named(self, ask: Ask) -> None:
        reply = await ask("GET", "config")
        assert reply.status == 503
        assert reply.json["code"] == "network-file"
