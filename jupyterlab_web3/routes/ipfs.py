"""``POST web3/ipfs/<verb>``: the RPC verbs of Kubo that the suite uses."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

import h11
from tornado import web

from ..kubo import COMMON, VERBS, Verb
from ..upstream import Exchange, Headers, Upstream, UpstreamError
from .base import RouteError
from .uploads import UploadHandler

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


class IpfsHandler(UploadHandler):
    """Relays an allowlisted verb to Kubo with the server's credentials, not the client's."""

    kubo: Upstream
    verb: Verb

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
        kubo = self.upstream(
            "kubo", "Kubo's RPC API", self.web3.ipfs_api, patient=self.verb.patient
        )
        self.kubo = replace(kubo, socket=self.web3.ipfs_socket)
        if self.verb.upload:
            await self.begin_upload(self.kubo, self.target, self._head())

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
        self.refuse(body)

    def finish_upload(self, response: h11.Response, body: bytes) -> None:
        """Finish with Kubo's answer; a refusal gets the status that it means."""
        if response.status_code == 500:
            self.refuse(body)
        else:
            super().finish_upload(response, body)

    def refuse(self, body: bytes) -> None:
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

    def broken(self, upstream: Upstream, error: UpstreamError) -> None:
        """Whoever only looks whether a node runs is told so without an error."""
        looks = self.path_args[0] == "version" and self.request.headers.get(MISSING) == "empty"
        if looks and error.code == "upstream-unreachable" and not (self.gone or self.answered):
            self.finish_empty()
            return
        super().broken(upstream, error)

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
        if self.uploading:
            await self.end_upload()
            return
        await self.relay(self.kubo, "POST", self.target, self._head())
