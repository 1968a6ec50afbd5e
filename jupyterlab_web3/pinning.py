"""Pinning services that a person registered, and their keys, which never leave the server.

A key is written to one private file and read for one purpose: the Authorization header of a
request to the very address that the person gave together with it.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jupyter_core.paths import jupyter_data_dir

from .config import ConfigurationError, check_upstream_url, is_loopback, read_private

#: In URLs as it is, and in the id of a provider (`service:<name>`).
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
#: Parts of the routes.
RESERVED = {"services"}
AUTH = ("bearer", "basic")
MAX_KEY = 4096
MAX_SERVICES = 50


class ServiceError(Exception):
    """A service that is not accepted, or is not there; ``code`` is stable."""

    def __init__(self, code: str, message: str, status: int = 400):
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass(frozen=True)
class Service:
    """One registered service."""

    name: str
    #: Of the IPFS Pinning Service API: ``/pins`` follows.
    endpoint: str
    #: Where ``/add?format=car`` (ipfs-cluster) takes archives; empty for nowhere.
    upload: str
    #: How the key is shown to the service: ``bearer``, or ``basic`` (``user:password``).
    auth: str
    key: str = field(repr=False)

    def public(self) -> dict[str, str]:
        """What a page may know."""
        return {
            "name": self.name,
            "endpoint": self.endpoint,
            "upload": self.upload,
            "auth": self.auth,
        }

    def authorization(self) -> str:
        """Value of the Authorization header."""
        if self.auth == "basic":
            return "Basic " + base64.b64encode(self.key.encode()).decode()
        return f"Bearer {self.key}"

    def secrets(self) -> list[bytes]:
        """What must be in no answer: the key as it was given and as it is sent."""
        return [self.key.encode(), self.authorization().partition(" ")[2].encode()]


def checked_endpoint(url: object) -> str:
    """``url`` without trailing slash. Raises ``ServiceError`` ``bad-endpoint``.

    The address comes from a person who is logged in and could run any program on this
    server, so it may be of any network that they can reach. Yet a page of theirs could be
    made to send it: nothing is accepted that answers without proving its name. That is
    https (a name that is pointed inside by its DNS has no certificate there), or plain http
    to this very machine. Addresses that only ever belong to the machine's own surroundings
    (link-local, where clouds hand out credentials) are refused under any scheme.
    """
    if not isinstance(url, str) or len(url) > 2048:
        raise ServiceError("bad-endpoint", "The address is not a URL")
    try:
        check_upstream_url(url)
    except ValueError as error:
        raise ServiceError("bad-endpoint", f"The address is {error}") from None
    parts = urlsplit(url)
    if parts.username is not None or "@" in parts.netloc or parts.query or "?" in url:
        raise ServiceError("bad-endpoint", "An address with a password or query in it")
    if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*/?", parts.path) or "/.." in parts.path:
        raise ServiceError("bad-endpoint", "The path of the address is not a plain one")
    if parts.scheme != "https" and not is_loopback(url):
        raise ServiceError(
            "insecure-endpoint", "Only https is accepted: by http anyone on the way reads the key"
        )
    try:
        address = ip_address(parts.hostname or "")
    except ValueError:
        return url.rstrip("/")
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        raise ServiceError("bad-endpoint", f"{parts.hostname} is no address of a service")
    return url.rstrip("/")


def checked_service(data: Any) -> Service:
    """A service as a page or the file gives it. Raises ``ServiceError``."""
    if not isinstance(data, dict):
        raise ServiceError("bad-service", "A service is an object")
    name, key = data.get("name"), data.get("key")
    if not isinstance(name, str) or not NAME.fullmatch(name) or name.lower() in RESERVED:
        raise ServiceError(
            "bad-name", "A name has up to 40 letters, digits, dots, hyphens and underscores"
        )
    auth = data.get("auth", "bearer")
    if auth not in AUTH:
        raise ServiceError("bad-service", f"auth is one of {', '.join(AUTH)}")
    # Never with the key in the message.
    if not isinstance(key, str) or not 0 < len(key) <= MAX_KEY:
        raise ServiceError("bad-key", "A key is needed")
    if not key.isascii() or not key.isprintable() or (auth == "bearer" and " " in key):
        raise ServiceError("bad-key", "The key has characters that no key has")
    if auth == "basic" and ":" not in key:
        raise ServiceError("bad-key", "User and password are separated by a colon")
    return Service(
        name=name,
        endpoint=checked_endpoint(data.get("endpoint")),
        upload=checked_endpoint(data["upload"]) if data.get("upload") else "",
        auth=auth,
        key=key,
    )


class PinningServices:
    """The services of a person, kept in a file that only they may read."""

    def __init__(self, path: str = ""):
        self._path = path

    @property
    def path(self) -> Path:
        """Where they are kept."""
        return Path(self._path or Path(jupyter_data_dir()) / "jupyterlab-web3" / "pinning.json")

    def all(self) -> list[Service]:
        """All of them; read anew, since another server of the person may have changed them.

        Raises ``ConfigurationError`` when others may read the file, or it is broken.
        """
        if not self.path.exists():
            return []
        text = read_private(str(self.path))
        try:
            return [checked_service(entry) for entry in json.loads(text)["services"]]
        except (ValueError, TypeError, KeyError, ServiceError):
            # The error's own words could quote the file.
            raise ConfigurationError(
                "pinning-file", f"{self.path} does not hold pinning services"
            ) from None

    def get(self, name: str) -> Service:
        """One by its name. Raises ``ServiceError`` ``no-service``."""
        for service in self.all():
            if service.name == name:
                return service
        raise ServiceError("no-service", "No such pinning service is registered", 404)

    def put(self, data: dict[str, Any]) -> Service:
        """Add one, or replace the one of that name. Raises ``ServiceError``.

        Without a key the old one stays, but only for the addresses it was given for: whoever
        could change these alone could have the key sent to themselves.
        """
        services = self.all()
        old = next((s for s in services if s.name == data.get("name")), None)
        if old and not data.get("key"):
            service = checked_service({**data, "key": old.key, "auth": old.auth})
            if (service.endpoint, service.upload) != (old.endpoint, old.upload):
                raise ServiceError("bad-key", "Another address needs its key again")
        else:
            service = checked_service(data)
        rest = [s for s in services if s.name != service.name]
        if len(rest) >= MAX_SERVICES:
            raise ServiceError("too-many", f"There are {MAX_SERVICES} services already")
        self._write([*rest, service])
        return service

    def remove(self, name: str) -> None:
        """Forget one and its key; it is no error when there is none."""
        services = self.all()
        rest = [s for s in services if s.name != name]
        if len(rest) < len(services):
            self._write(rest)

    def _write(self, services: list[Service]) -> None:
        entries = [{**s.public(), "key": s.key} for s in sorted(services, key=lambda s: s.name)]
        path = self.path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        try:
            # Private from the first byte on, and whole or not at all.
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump({"version": 1, "services": entries}, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
