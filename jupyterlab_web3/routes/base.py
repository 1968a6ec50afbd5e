"""What all routes share: who may ask, from where, and how refusals look."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async
from tornado import web
from tornado.httputil import responses

from ..config import ConfigurationError, Web3
from ..upstream import Upstream, UpstreamError

#: Seconds in which a body is still taken, and dropped, after its refusal was sent.
LINGER = 5.0
#: Foreign bytes never run on Jupyter's origin, whatever they say they are.
SANDBOX = "sandbox; default-src 'none'"


class RouteError(web.HTTPError):
    """A refusal with a stable ``code`` and plain words for a person."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(status, message.replace("%", "%%"))
        self.code = code
        self.message = message


@web.stream_request_body
class Web3Handler(APIHandler):
    """Authenticated, authorised, and only for pages of this server.

    Bodies are streamed so that a refusal comes before them and a limit is kept: Jupyter
    would read 512 MiB into memory first.
    """

    auth_resource = "web3"
    #: Bytes of a request body.
    body_limit = 64 * 1024

    def initialize(self, web3: Web3) -> None:
        """Take the configuration that the route was made with."""
        self.web3 = web3
        self._received = bytearray()
        self._lingering: asyncio.TimerHandle | None = None
        #: The client closed the connection.
        self.gone = False

    async def prepare(self) -> None:
        """Refuse before a byte of the body is read."""
        # Jupyter's prepare checks XSRF for everything but GET, HEAD and OPTIONS.
        await super().prepare()
        if self.answered or self.request.method == "OPTIONS":
            return
        if self.current_user is None:
            raise RouteError(403, "not-authenticated", "Not logged in to this Jupyter server")
        self._check_site()
        action = "read" if self.request.method in ("GET", "HEAD") else "write"
        allowed = await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, action, self.auth_resource)
        )
        if not allowed:
            raise RouteError(403, "not-authorized", f"Not allowed to {action} here")
        length = self.request.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()):
            raise RouteError(400, "bad-request", "Content-Length is not a number")
        if int(length) > self.body_limit:
            raise self._too_large()

    async def data_received(self, chunk: bytes) -> None:
        """Keep a body up to its limit."""
        if self.answered:
            return
        if len(self._received) + len(chunk) > self.body_limit:
            self.set_status(413)
            error = self._too_large()
            self.fail({"message": error.message, "code": error.code})
            return
        self._received += chunk

    @property
    def answered(self) -> bool:
        """Whether the answer is complete, though the request may not be."""
        return self._finished or self._lingering is not None

    def on_connection_close(self) -> None:
        """The client went away."""
        super().on_connection_close()
        self.gone = True
        if self._lingering:
            self._lingering.cancel()

    @property
    def body(self) -> bytes:
        """The request body, complete when a method runs."""
        return bytes(self._received)

    def _too_large(self) -> RouteError:
        return RouteError(413, "body-too-large", f"More than {self.body_limit} bytes")

    def _check_site(self) -> None:
        """Refuse other sites, also with a token (where Jupyter looks no further)."""
        origin = self.request.headers.get("Origin")
        if origin is not None and not self._known_origin(origin.lower()):
            raise RouteError(403, "foreign-origin", f"Not for pages of {origin[:200]}")
        if (
            self.request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
            # A link that somebody was sent may be opened; its answer is an attachment.
            and self.request.headers.get("Sec-Fetch-Mode") != "navigate"
            and origin is None
        ):
            raise RouteError(403, "foreign-origin", "Not for pages of another site")

    def _known_origin(self, origin: str) -> bool:
        if urlsplit(origin).netloc == self.request.headers.get("Host", "").lower():
            return True
        if self.allow_origin:  # set by whoever runs the server
            return self.allow_origin in ("*", origin)
        return bool(self.allow_origin_pat and re.match(self.allow_origin_pat, origin))

    def upstream(self, name: str, label: str, url: str, *, patient: bool = False) -> Upstream:
        """An upstream from configuration, with the configured timeouts."""
        if not url:
            raise RouteError(404, "not-configured", f"No {label} is configured on this server")
        return Upstream(
            name=name,
            label=label,
            url=url,
            connect_timeout=self.web3.connect_timeout,
            idle_timeout=None if patient else self.web3.idle_timeout,
        )

    def json_body(self) -> dict[str, Any]:
        """The body as a JSON object; 400 otherwise."""
        try:
            body = json.loads(self.body)
        except (ValueError, RecursionError):
            raise RouteError(400, "bad-request", "The body is not JSON") from None
        if not isinstance(body, dict):
            raise RouteError(400, "bad-request", "The body is not a JSON object")
        return body

    def write_json(self, value: object) -> None:
        """Finish with a JSON value that no cache keeps."""
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(value))

    def finish_empty(self) -> None:
        """Finish with 204."""
        self.set_status(204)
        self.set_header("Cache-Control", "no-store")
        self.finish()

    def compute_etag(self) -> None:
        """None of ours: upstream's is passed on."""

    def set_cors_headers(self) -> None:
        """Only what whoever runs the server allowed; Jupyter would echo Origin to tokens."""
        if self.allow_origin or self.allow_origin_pat:
            super().set_cors_headers()

    def set_default_headers(self) -> None:
        """Also for refusals: nothing that these routes say is a document."""
        super().set_default_headers()
        self.set_header("Content-Security-Policy", SANDBOX)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Referrer-Policy", "no-referrer")

    def finish(self, *args: Any, **kwargs: Any) -> Any:
        """Finish, keeping the content type: ``APIHandler`` would say JSON of any body."""
        if self._lingering:  # Tornado finishes what failed, a little too early
            return asyncio.get_running_loop().create_future()
        kind = self._headers.get("Content-Type", "application/json")
        kwargs.setdefault("set_content_type", kind)
        return super().finish(*args, **kwargs)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """``{message, code}``, and for upstream trouble who was looked for and where."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        reply: dict[str, Any] = {"message": responses.get(status_code, "Error"), "code": "error"}
        if isinstance(error, RouteError):
            reply = {"message": error.message, "code": error.code}
        elif isinstance(error, ConfigurationError):
            self.set_status(503)
            reply = {"message": str(error), "code": error.code}
        elif isinstance(error, web.HTTPError) and error.log_message:
            reply["message"] = error.log_message
        self.fail(reply)

    def fail(self, reply: dict[str, Any]) -> None:
        """Finish with a refusal."""
        self.log.warning("web3: %s %s: %s", self.request.method, self.request.path, reply)
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        self.finish_early(json.dumps(reply).encode())

    def finish_early(self, answer: bytes) -> None:
        """Finish in a way that the answer is read, also in the middle of a request.

        Tornado closes the connection when a request is answered before it is complete, and
        a client in the middle of an upload would see a broken connection and no reason. So
        the answer is sent at once and the connection kept for a while.
        """
        # The only place where Tornado says that a streamed body is complete.
        body = self.request._body_future
        if body.done() or self.gone:
            self.finish(answer)
            return
        self.set_header("Content-Length", str(len(answer)))
        self.write(answer)
        self.flush()
        self._lingering = asyncio.get_running_loop().call_later(LINGER, self._close)
        body.add_done_callback(lambda _: self._close())

    def _close(self) -> None:
        if self._lingering:
            self._lingering.cancel()
            self._lingering = None
            if not self._finished and not self.gone:
                self.finish()

    def fail_upstream(self, upstream: Upstream, error: UpstreamError) -> None:
        """Finish with what is wrong upstream."""
        self.set_status(error.status)
        self.fail(
            {
                "message": str(error),
                "code": error.code,
                "upstream": upstream.name,
                "address": upstream.address,
            }
        )
