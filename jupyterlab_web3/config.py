"""Settings of the server part: everything an upstream address may come from."""

from __future__ import annotations

import json
import os
import stat
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from traitlets import Bool, Float, Int, TraitError, Unicode, validate
from traitlets.config import LoggingConfigurable

#: Fields of ``INetwork`` (src/tokens.ts); nothing else of the file leaves the server.
NETWORK_FIELDS = (
    "chainId",
    "name",
    "testnet",
    "local",
    "rpc",
    "explorer",
    "currency",
    "oceanNode",
    "paymentTokens",
    "contracts",
)


class ConfigurationError(Exception):
    """A setting or a file that a setting names cannot be used; ``code`` is stable."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this machine, judged by its name alone (no lookup)."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def public_url(url: str) -> str:
    """The URL without user info, query and fragment: where people keep keys."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def read_private(path: str) -> str:
    """Read a file that only its owner may read.

    Raises ``ConfigurationError`` ``secret-file-missing`` or ``secret-file-unsafe`` (its
    group or others may read it, or it belongs to another user).
    """
    try:
        with open(path, encoding="utf-8") as file:
            # fstat of what was opened: a swap between check and read changes nothing.
            info = os.fstat(file.fileno())
            if os.name == "posix":
                if stat.S_IMODE(info.st_mode) & 0o077:
                    raise ConfigurationError(
                        "secret-file-unsafe",
                        f"{path} can be read by others (mode "
                        f"{stat.S_IMODE(info.st_mode):o}): chmod 600 {path}",
                    )
                if info.st_uid not in (os.getuid(), 0):
                    raise ConfigurationError(
                        "secret-file-unsafe", f"{path} belongs to another user"
                    )
            return file.read().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError("secret-file-missing", f"{path} cannot be read: {error}") from None


class Web3(LoggingConfigurable):
    """Upstreams of jupyterlab-web3. No request can choose another one."""

    ipfs_api = Unicode("http://127.0.0.1:5001", help="URL of Kubo's RPC API, without /api/v0.").tag(
        config=True
    )
    ipfs_socket = Unicode(
        "",
        help="Path of a Unix socket at which the same Kubo answers (its Addresses.API may list "
        "several); faster for large files. Used when it is there and belongs to the user or to "
        "root, else ipfs_api is.",
    ).tag(config=True)
    ipfs_gateway = Unicode(
        "http://127.0.0.1:8080", help="URL of the IPFS gateway behind web3/gateway; empty for none."
    ).tag(config=True)
    ipfs_secret_file = Unicode(
        "",
        help="File (mode 600) with the value of the Authorization header for Kubo's RPC API, "
        "for example 'Bearer …' or 'Basic …'; see API.Authorizations in Kubo's configuration.",
    ).tag(config=True)
    ipfs_managed = Bool(False, help="Whether the local stack started this Kubo.").tag(config=True)
    network_file = Unicode(
        "", help="JSON file that describes the chain behind web3/chain (INetwork)."
    ).tag(config=True)
    chain_rpc = Unicode(
        "", help="JSON-RPC URL behind web3/chain; the network file's rpc by default."
    ).tag(config=True)
    ocean_node = Unicode(
        "", help="URL of the Ocean Node behind web3/ocean; the network file's by default."
    ).tag(config=True)
    development_accounts_file = Unicode(
        "",
        help="JSON file with accounts and private keys of a local test chain. Only read when "
        "the network file says local and its RPC is on this machine.",
    ).tag(config=True)
    pinning = Bool(
        True,
        help="Whether people may register pinning services behind web3/pinning and let this "
        "server keep the keys.",
    ).tag(config=True)
    pinning_file = Unicode(
        "",
        help="File (mode 600) with pinning services and their keys; by default in Jupyter's "
        "data folder.",
    ).tag(config=True)
    siwe = Bool(True, help="Whether web3/siwe verifies sign-ins (EIP-4361).").tag(config=True)
    siwe_statement = Unicode(
        "Sign in to JupyterLab. This costs nothing and sends no transaction.",
        help="The statement of the sign-in message, one line.",
    ).tag(config=True)
    siwe_session_hours = Float(
        24.0, min=0.01, max=24.0, help="How long a sign-in lasts, at most 24 hours."
    ).tag(config=True)
    siwe_nonce_minutes = Float(
        10.0, min=0.1, max=60.0, help="How long a sign-in message may wait for its signature."
    ).tag(config=True)
    connect_timeout = Float(10.0, help="Seconds to wait for a connection to an upstream.").tag(
        config=True
    )
    idle_timeout = Float(
        120.0, help="Seconds without a byte from an upstream before it is given up."
    ).tag(config=True)
    max_rpc_body = Int(
        1024 * 1024, help="Bytes of a JSON-RPC request (a deployment fits easily)."
    ).tag(config=True)

    @validate("ipfs_api", "ipfs_gateway", "chain_rpc", "ocean_node")
    def _url(self, proposal: dict[str, Any]) -> str:
        value = proposal["value"].rstrip("/")
        if not value:
            return value
        name = proposal["trait"].name
        try:
            check_upstream_url(value)
        except ValueError as error:
            raise TraitError(f"Web3.{name}: {error}") from None
        return value

    @validate("siwe_statement")
    def _statement(self, proposal: dict[str, Any]) -> str:
        if not proposal["value"].isprintable():
            raise TraitError("Web3.siwe_statement must be one line of printable characters")
        return proposal["value"]

    def ipfs_authorization(self) -> str | None:
        """Value of the Authorization header for Kubo; read anew, as Kubo may restart."""
        if not self.ipfs_secret_file:
            return None
        value = read_private(self.ipfs_secret_file)
        if not value.isascii() or not value.isprintable() or not value:
            raise ConfigurationError(
                "secret-file-unsafe", f"{self.ipfs_secret_file} must hold one line of ASCII"
            )
        return value

    def network(self) -> dict[str, Any] | None:
        """The network file's ``INetwork``, or None when none is configured."""
        if not self.network_file:
            return None
        try:
            data = json.loads(Path(self.network_file).read_text("utf-8"))
            network = {key: data[key] for key in NETWORK_FIELDS if key in data}
            if not isinstance(network["chainId"], int) or network["chainId"] < 1:
                raise ValueError("chainId must be a positive integer")
            check_upstream_url(network["rpc"])
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ConfigurationError(
                "network-file", f"{self.network_file} is not a network: {error!r}"
            ) from None
        return network

    def chain_url(self) -> str:
        """Where web3/chain goes; empty when nowhere."""
        if self.chain_rpc:
            return self.chain_rpc
        network = self.network()
        return str(network["rpc"]) if network else ""

    def ocean_url(self) -> str:
        """Where web3/ocean goes; empty when nowhere."""
        if self.ocean_node:
            return self.ocean_node
        node = (self.network() or {}).get("oceanNode") or ""
        if node:
            check_upstream_url(node)
        return str(node).rstrip("/")

    def development_accounts(self) -> dict[str, Any] | None:
        """Accounts for the development wallet: ``{chainId, accounts}``.

        None unless a file is configured *and* the network is local *and* both the RPC that
        the network names and the one that is used are on this machine.
        """
        if not self.development_accounts_file:
            return None
        network = self.network()
        if not network or network.get("local") is not True:
            return None
        if not is_loopback(network["rpc"]) or not is_loopback(self.chain_url()):
            return None
        try:
            data = json.loads(read_private(self.development_accounts_file))
            accounts = data["accounts"] if isinstance(data, dict) else data
            accounts = [
                {
                    key: str(account[key])
                    for key in ("name", "address", "privateKey")
                    if key in account
                }
                for account in accounts
            ]
            if (
                isinstance(data, dict)
                and data.get("chainId", network["chainId"]) != network["chainId"]
            ):
                raise ValueError("chainId differs from the network file's")
            if not all("address" in a and "privateKey" in a for a in accounts):
                raise ValueError("every account needs address and privateKey")
        except (ValueError, TypeError, KeyError) as error:
            raise ConfigurationError(
                "development-accounts-file",
                f"{self.development_accounts_file} is not a list of accounts: {error!r}",
            ) from None
        return {"chainId": network["chainId"], "accounts": accounts}

    def summary(self) -> str:
        """One line for the log; no secret is in it."""
        return ", ".join(
            f"{name} {public_url(url)}"
            for name, url in (
                ("IPFS", self.ipfs_api),
                ("gateway", self.ipfs_gateway),
                ("chain", self.chain_rpc or self.network_file),
                ("Ocean Node", self.ocean_node),
            )
            if url
        )


def check_upstream_url(url: str) -> None:
    """Raise ``ValueError`` unless ``url`` is http(s) with a host and no fragment."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not an http(s) URL: {public_url(url)}")
    if parts.fragment or any(c.isspace() or not c.isprintable() for c in url):
        raise ValueError(f"not a plain URL: {public_url(url)}")
    _ = parts.port  # raises ValueError out of range
