"""``web3/siwe/…``: sign in with an Ethereum account (EIP-4361)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tornado import web

from ..config import Web3
from ..contract_account import signed_by_contract
from ..siwe import Challenge, Session, SignIns, SiweError, iso
from ..upstream import UpstreamError
from .base import RouteError, Web3Handler


class SignInHandler(Web3Handler):
    """What the three routes share."""

    def initialize(self, web3: Web3, sign_ins: SignIns) -> None:
        """Take the store that all of them use."""
        super().initialize(web3)
        self.sign_ins = sign_ins

    async def prepare(self) -> None:
        """Refuse where signing in is turned off."""
        await super().prepare()
        if not self.answered and not self.web3.siwe:
            raise RouteError(404, "not-configured", "Sign-ins are not verified by this server")

    @property
    def user(self) -> str:
        """The Jupyter user, to whom challenges and sessions are bound."""
        return str(self.current_user.username)

    @property
    def cookie(self) -> str:
        """Name of the session's cookie: cookies are shared by all ports of a host."""
        return "web3-session-" + re.sub(r"[^A-Za-z0-9]", "-", self.request.host.lower())

    def refuse(self, error: SiweError) -> None:
        """Finish with why a sign-in is not accepted."""
        self.set_status(error.status)
        self.fail({"message": str(error), "code": error.code})

    def write_session(self, session: Session) -> None:
        """Finish with what the page may know of a session; its id stays in the cookie."""
        self.write_json(
            {
                "address": session.address,
                "chainId": session.chain_id,
                "expires": iso(session.expires),
            }
        )


class SignInMessageHandler(SignInHandler):
    """``POST siwe/message``: ``{address, chainId}`` → ``{message, nonce, expires}``."""

    @web.authenticated
    async def post(self) -> None:
        """Make a message for this page, this account and this chain."""
        body = self.json_body()
        # Origin was compared with Host; behind a proxy that ends TLS it alone knows https.
        scheme = urlsplit(self.request.headers.get("Origin", "")).scheme or self.request.protocol
        host = self.request.headers.get("Host", "")
        try:
            challenge = self.sign_ins.challenge(
                self.user,
                address=body.get("address"),
                chain_id=body.get("chainId"),
                domain=host,
                uri=f"{scheme}://{host}{self.base_url}",
            )
        except SiweError as error:
            self.refuse(error)
            return
        self.write_json(
            {
                "message": challenge.message,
                "nonce": challenge.nonce,
                "expires": iso(challenge.until),
            }
        )


class SignInVerifyHandler(SignInHandler):
    """``POST siwe/verify``: ``{nonce, message?, signature}`` → ``{address, chainId, expires}``."""

    @web.authenticated
    async def post(self) -> None:
        """Check a signature and begin a session."""
        body = self.json_body()
        try:
            session = await self.sign_ins.verify(
                self.user,
                nonce=body.get("nonce"),
                message=body.get("message"),
                signature=body.get("signature"),
                by_contract=self._by_contract,
            )
        except SiweError as error:
            self.refuse(error)
            return
        self.set_cookie(
            self.cookie,
            session.id,
            expires=session.expires,
            path=self.base_url,
            httponly=True,
            samesite="Strict",
            secure=self.request.protocol == "https",
        )
        self.write_session(session)

    async def _by_contract(self, challenge: Challenge, signature: str) -> bool:
        """Ask the configured chain, where there is one, whether a contract signed."""
        url = self.web3.chain_url()
        if not url:
            return False
        try:
            return await signed_by_contract(
                self.upstream("chain", "chain RPC", url), challenge, signature
            )
        except UpstreamError as error:
            raise SiweError(error.code, str(error), error.status) from None


class SignInSessionHandler(SignInHandler):
    """``GET`` and ``DELETE siwe/session``."""

    @web.authenticated
    async def get(self) -> None:
        """The session, or 204 when there is none."""
        session = self.sign_ins.session(self.user, self.get_cookie(self.cookie))
        if session:
            self.write_session(session)
        else:
            self.finish_empty()

    @web.authenticated
    async def delete(self) -> None:
        """Forget the session; it is no error when there is none."""
        self.sign_ins.end(self.user, self.get_cookie(self.cookie))
        self.clear_cookie(self.cookie, path=self.base_url)
        self.finish_empty()
