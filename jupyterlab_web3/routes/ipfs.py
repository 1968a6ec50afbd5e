"""``POST web3/ipfs/<verb>``: the RPC verbs of Kubo that the suite uses."""

from __future__ import annotations

import asyncio
import json
import re
from urllib.parse import parse_qsl, urlencode

import h11
from tornado import web

from ..kubo import COMMON, VERBS, Verb
from ..upstream import Exchange, Headers, Upstream, UpstreamError
from .base import RouteError
from .relay import RelayHandler

#: An upload may be of any size: nothing of it is kept here.
UNLIMITED = 1 << 62
#: Bytes of an answer to an upload that are kept until it is known to be good
#: (about 100 a file).
MAX_ADD_ANSWER = 16 * 1024 * 1024
#: Bytes of a refusal by Kubo that are read.
MAX_REFUSAL = 64 * 1024
#: With this request field, `empty`, a page asks for 204 instead of 404: browsers log each 4xx,
#: and looking whether something is there is no failure.
MISSING = "X-Web3-Missing"
#: Kubo answers 500 for everything that fails, so its words are all there is.
_NOT_PINNED = re.compile(r"\bnot pinned\b")
_NOT_FOUND = re.compile(r"\bdoes not exist\b|\bno link named\b|\bno such file or directory\b")
#: Query arguments that are Jupyter's own.
JUPYTER_ARGUMENTS = {"token", "_xsrf", "no_track_activity"}


class IpfsHandler(RelayHandler):
    """Relays an allowlisted verb to Kubo with the server's credentials, not the client's."""

    #: Of a body: an upload's goes straight through, the other verbs have none.
    body_limit = UNLIMITED
    kubo: Upstream
    verb: Verb
    answering: asyncio.Task[tuple[h11.Response, list[bytes]]] | None = None

    async def prepare(self) -> None:
        """Check all there is to check, and for an upload connect before its body comes."""
        await super().prepare()
        if self.answered or self.request.method != "POST":
            return
        name = self.path_args[0]
        if name not in VERBS:
            raise RouteError(403, "verb-refused", f"{name[:80]} is not among the verbs served")
        self.verb = VERBS[name]
        target = f"/api/v0/{name}"
        query = self._query(name)
        self.target = f"{target}?{urlencode(query)}" if query else target
        self.kubo = self.upstream(
            "kubo", "Kubo's RPC API", self.web3.ipfs_api, patient=self.verb.patient
        )
        if self.verb.upload:
            await self._begin_upload()

    def _query(self, name: str) -> list[tuple[str, str]]:
        """The query, refused when it has an argument that is not in the table."""
        query = [
            (key, value)
            for key, value in parse_qsl(self.request.query, keep_blank_values=True)
            if key not in JUPYTER_ARGUMENTS
        ]
        for key, _ in query:
            if key not in self.verb.arguments and key not in COMMON:
                raise RouteError(403, "argument-refused", f"{name} is not served with {key[:80]}")
        return query

    def _head(self) -> Headers:
        # Nothing of the client's request head is passed on but what frames the body: Kubo
        # checks Origin and Referer, and cookies and tokens are none of its business.
        secret = self.web3.ipfs_authorization()
        return [("Authorization", secret)] if secret else []

    async def _begin_upload(self) -> None:
        sent = self.request.headers
        kind = sent.get("Content-Type", "")
        if not kind.lower().startswith("multipart/form-data"):
            raise RouteError(415, "bad-request", "An upload is sent as multipart/form-data")
        self.request.connection.set_max_body_size(UNLIMITED)
        length = sent.get("Content-Length")
        framing = ("Content-Length", length) if length else ("Transfer-Encoding", "chunked")
        headers = [*self._head(), ("Content-Type", kind), framing]
        try:
            self.exchange = await self.kubo.open("POST", self.target, headers)
        except UpstreamError as error:
            self.fail_upstream(self.kubo, error)
            return
        if self.gone:
            self.exchange.abort()
        self.answering = asyncio.create_task(self._answer_upload(self.exchange))

    async def _answer_upload(self, exchange: Exchange) -> tuple[h11.Response, list[bytes]]:
        """Read the answer while the upload goes on, and keep it until it is complete.

        Kubo begins to answer with the first file; browsers read nothing before they have
        sent all. And only the trailer at the very end tells whether it all went well.
        """
        try:
            response = await exchange.response()
            self.check_answer(self.kubo, response)
            kept: list[bytes] = []
            size = 0
            async for chunk in exchange.body():
                size += len(chunk)
                if size > MAX_ADD_ANSWER:
                    raise self.kubo.failure("upstream-answer", "names more files than fit", 413)
                kept.append(chunk)
            self.check_trailers(self.kubo, exchange)
            return response, kept
        finally:
            # Wakes an upload that nobody reads any more.
            exchange.abort()

    async def data_received(self, chunk: bytes) -> None:
        """Pass a piece of the upload on; the next one is read when this one is taken."""
        if not self.answering or not self.exchange or self.answered:
            return  # no verb but an upload has a body: it is dropped, not kept
        if self.answering.done():  # refused early: the rest need not come
            await self._finish_upload()
            return
        try:
            await self.exchange.write(chunk)
        except UpstreamError as error:
            await self._finish_upload(error)

    async def _finish_upload(self, cause: UpstreamError | None = None) -> None:
        if not self.answering or self.answered:
            return
        try:
            response, kept = await self.answering
        except UpstreamError as error:
            # Kubo's own answer says more than "stopped taking the request".
            self.broken(self.kubo, cause if cause and error.code == "upstream-broken" else error)
            return
        if cause and response.status_code < 400:
            self.broken(self.kubo, cause)
            return
        if response.status_code == 500:
            self._refuse(b"".join(kept))
            return
        self.copy_head(response)
        self.finish_early(b"".join(kept))

    async def answer(self, upstream: Upstream, exchange: Exchange, response: h11.Response) -> None:
        """Stream an answer; a refusal by Kubo gets the status that it means."""
        if response.status_code != 500:
            await super().answer(upstream, exchange, response)
            return
        body = b""
        async for chunk in exchange.body():
            body += chunk
            if len(body) > MAX_REFUSAL:
                raise upstream.failure("upstream-answer", "refuses with more words than fit")
        self._refuse(body)

    def _refuse(self, body: bytes) -> None:
        """Kubo's own ``{Message, Code, Type}`` with a stable ``code``: 404, or 502 for the rest.

        Never 500: that would be trouble of this server, logged with the request's headers.
        """
        try:
            refusal = json.loads(body)
        except (ValueError, RecursionError):
            refusal = None
        if not isinstance(refusal, dict):
            refusal = {"Message": body.decode("utf-8", "replace").strip()}
        message = str(refusal.get("Message", ""))
        code = "upstream-error"
        if _NOT_PINNED.search(message):
            code = "not-pinned"
        elif _NOT_FOUND.search(message):
            code = "not-found"
        if code != "upstream-error" and self.request.headers.get(MISSING) == "empty":
            self.finish_empty()
            return
        self.clear()
        self.set_status(502 if code == "upstream-error" else 404)
        self.set_header("Content-Type", "application/json")
        self.set_header("Content-Disposition", "attachment")
        self.set_header("Cache-Control", "no-store")
        self.finish_early(json.dumps({**refusal, "code": code}).encode())

    def check_answer(self, upstream: Upstream, response: h11.Response) -> None:
        """Kubo's refusal of *our* credentials is not the person's fault."""
        super().check_answer(upstream, response)
        if response.status_code in (401, 403):
            raise upstream.failure(
                "upstream-forbidden",
                "refuses this server (check Web3.ipfs_secret_file and API.Authorizations)",
            )

    @web.authenticated
    async def post(self, _name: str) -> None:
        """Finish an upload, or do everything else."""
        if self.answered:
            return
        if self.answering and self.exchange:
            cause = None
            try:
                if not self.answering.done():
                    await self.exchange.end()
            except UpstreamError as error:
                cause = error
            await self._finish_upload(cause)
            return
        await self.relay(self.kubo, "POST", self.target, self._head())

    def on_finish(self) -> None:
        """Nothing is left running for a client that is gone."""
        self._stop()
        super().on_finish()

    def on_connection_close(self) -> None:
        """The client went away in the middle: Kubo drops what it has."""
        super().on_connection_close()
        self._stop()

    def _stop(self) -> None:
        if self.answering and not self.answering.done():
            self.answering.cancel()
