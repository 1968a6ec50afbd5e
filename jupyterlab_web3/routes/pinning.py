"""``web3/pinning/…``: pinning services whose keys only the server knows.

``services`` registers them; ``<name>/pins…`` relays the IPFS Pinning Service API 1.0.0
(https://ipfs.github.io/pinning-services-api-spec/), ``<name>/add`` an archive to a service
that takes uploads (ipfs-cluster's ``/add?format=car``).
"""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode

import h11
from tornado import web

from ..config import Web3
from ..pinning import PinningServices, Service, ServiceError
from ..upstream import Exchange, Upstream
from .base import RouteError
from .ipfs import JUPYTER_ARGUMENTS, MISSING
from .relay import RelayHandler
from .uploads import UploadHandler

#: Of ``GET /pins``.
_LISTING = {"cid", "name", "match", "status", "before", "after", "limit", "meta"}
#: Of a pin; `cid` is the only one that must be there.
_PIN = {"cid": str, "name": str, "origins": list, "meta": dict}
#: Bytes of an answer: a listing is of at most 1,000 pins.
MAX_ANSWER = 4 * 1024 * 1024
_REQUEST_ID = re.compile(r"[A-Za-z0-9._~:=+-]{1,512}")


class WithServices(RelayHandler):
    """What the routes share."""

    def initialize(self, web3: Web3, services: PinningServices) -> None:
        """Take the store that all of them use."""
        super().initialize(web3)
        self.services = services

    async def prepare(self) -> None:
        """Refuse where services are turned off."""
        await super().prepare()
        if not self.answered and not self.web3.pinning:
            raise RouteError(404, "not-configured", "This server keeps no pinning services")

    def service(self, name: str) -> Service:
        """The service of a path."""
        try:
            return self.services.get(unquote(name))
        except ServiceError as error:
            raise RouteError(error.status, error.code, str(error)) from None

    def service_upstream(self, service: Service, url: str, *, patient: bool = False) -> Upstream:
        """Where a service is, as an upstream."""
        label = f"Pinning service {service.name}"
        return self.upstream("pinning", label, url, patient=patient)

    def checked(
        self, upstream: Upstream, service: Service, response: h11.Response, body: bytes
    ) -> bytes:
        """An answer that may pass: JSON, and nothing of the key in it."""
        if any(secret in body for secret in service.secrets()):
            raise upstream.failure("key-echoed", "repeats its key, so its answer was dropped")
        status = response.status_code
        if status in (401, 403):
            raise upstream.failure("key-refused", f"refuses the key: {_reason(body)}")
        if status >= 500:
            raise upstream.failure("service-failed", f"failed ({status}): {_reason(body)}")
        if body and status < 300:
            try:
                json.loads(body)
            except (ValueError, RecursionError):
                raise upstream.failure(
                    "not-a-service", "does not answer as a pinning service does"
                ) from None
        return body

    def write_checked(self, response: h11.Response, body: bytes) -> None:
        """Finish with a checked answer."""
        self.set_status(response.status_code)
        for raw, value in response.headers:
            if raw == b"retry-after":
                self.set_header("Retry-After", value.decode("latin-1"))
        self.set_header("Content-Type", "application/json")
        self.set_header("Content-Disposition", "attachment")
        self.set_header("Cache-Control", "no-store")
        self.finish_early(body)


class PinningServicesHandler(WithServices):
    """``GET`` the services; ``PUT`` one: ``{name, endpoint, upload?, auth?, key}``."""

    @web.authenticated
    async def get(self) -> None:
        """List them, without keys."""
        self.write_json({"services": [service.public() for service in self.services.all()]})

    @web.authenticated
    async def put(self) -> None:
        """Add or replace one."""
        if self.answered:
            return
        try:
            service = self.services.put(self.json_body())
        except ServiceError as error:
            raise RouteError(error.status, error.code, str(error)) from None
        self.write_json(service.public())


class PinningServiceHandler(WithServices):
    """``DELETE`` one service and its key."""

    @web.authenticated
    async def delete(self, name: str) -> None:
        """Forget it; its pins stay where they are."""
        self.services.remove(unquote(name))
        self.finish_empty()


class PinsHandler(WithServices):
    """The verbs of the IPFS Pinning Service API, with the key added here."""

    _service: Service

    @web.authenticated
    async def get(self, name: str, request_id: str | None = None) -> None:
        """List pins, or ask for one."""
        query = [
            (key, value)
            for key, value in parse_qsl(self.request.query, keep_blank_values=True)
            if key not in JUPYTER_ARGUMENTS
        ]
        for key, _ in query:
            if request_id or key not in _LISTING:
                raise RouteError(403, "argument-refused", f"Not served with {key[:80]}")
        await self._pass("GET", name, request_id, query=urlencode(query))

    @web.authenticated
    async def post(self, name: str, request_id: str | None = None) -> None:
        """Pin, or replace a pin by another."""
        if self.answered:
            return
        pin = self.json_body()
        for key, value in pin.items():
            if key not in _PIN or not isinstance(value, _PIN[key]):
                raise RouteError(400, "bad-request", f"Not a pin: {key[:80]}")
        if not pin.get("cid"):
            raise RouteError(400, "bad-request", "A pin needs a CID")
        # Written anew: what was checked is what is sent.
        await self._pass("POST", name, request_id, body=json.dumps(pin).encode())

    @web.authenticated
    async def delete(self, name: str, request_id: str | None = None) -> None:
        """Unpin."""
        if not request_id:
            raise RouteError(405, "method-refused", "Which pin to take back?")
        await self._pass("DELETE", name, request_id)

    async def _pass(
        self, method: str, name: str, request_id: str | None, *, query: str = "", body: bytes = b""
    ) -> None:
        service = self._service = self.service(name)
        upstream = self.service_upstream(service, service.endpoint)
        target = f"{upstream.prefix}/pins"
        if request_id:
            plain = unquote(request_id)
            if not _REQUEST_ID.fullmatch(plain) or plain in (".", ".."):
                raise RouteError(400, "path-refused", "This is no id of a pin")
            target += "/" + quote(plain, safe="")
        if query:
            target += "?" + query
        headers = [("Accept", "application/json"), ("Authorization", service.authorization())]
        if body:
            headers.append(("Content-Type", "application/json"))
        await self.relay(upstream, method, target, headers, body)

    async def answer(self, upstream: Upstream, exchange: Exchange, response: h11.Response) -> None:
        """Pass a small, checked answer on."""
        self.check_answer(upstream, response)
        body = b""
        async for chunk in exchange.body():
            body += chunk
            if len(body) > MAX_ANSWER:
                raise upstream.failure("upstream-answer", "answers with more than fits")
        body = self.checked(upstream, self._service, response, body)
        if response.status_code == 404 and self.request.headers.get(MISSING) == "empty":
            self.finish_empty()
            return
        self.write_checked(response, body)


class PinUploadHandler(WithServices, UploadHandler):
    """``POST``: an archive (CAR, in multipart/form-data) that the service pins by its root."""

    _service: Service

    async def prepare(self) -> None:
        """Connect before the body comes."""
        await super().prepare()
        if self.answered or self.request.method != "POST":
            return
        self._service = service = self.service(self.path_args[0])
        if not service.upload:
            raise RouteError(403, "verb-refused", f"{service.name} takes no uploads")
        upstream = self.service_upstream(service, service.upload, patient=True)
        # One answer at the end, not 200 before it is known whether it goes well.
        query = {"format": "car", "stream-channels": "false"}
        if name := self.get_query_argument("name", ""):
            query["name"] = name[:255]
        target = f"{upstream.prefix}/add?{urlencode(query)}"
        await self.begin_upload(upstream, target, [("Authorization", service.authorization())])

    @web.authenticated
    async def post(self, _name: str) -> None:
        """Finish an upload."""
        if not self.answered:
            await self.end_upload()

    def finish_upload(self, response: h11.Response, body: bytes) -> None:
        """Finish with a checked answer."""
        self.write_checked(response, self.checked(self.taker, self._service, response, body))


def _reason(body: bytes) -> str:
    """Why, in the service's words: ``{error: {reason, details?}}`` of the specification."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return "no reason given"
    error = data.get("error", data) if isinstance(data, dict) else None
    if isinstance(error, str):
        return error[:300]
    if not isinstance(error, dict):
        return "no reason given"
    words = [error.get(name) for name in ("reason", "details", "message")]
    return ": ".join(word for word in words if isinstance(word, str))[:300] or "no reason given"
