"""Sign-In with Ethereum (EIP-4361): messages made here, each good for one signature.

It is a person's identity inside Lab, never a way into Jupyter. Accounts with a private key are
verified here (EIP-191), contracts (EIP-1271) by whom ``SignIns.verify`` is given.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TypeVar

#: EIP-4361 sets no limit; the suite does.
LONGEST_SESSION = timedelta(hours=24)
#: Messages and sessions kept for one Jupyter user; the oldest makes room.
KEPT_PER_USER = 16

#: RFC 3986 authority without user info: host name, IPv4 or [IPv6], and a port.
_AUTHORITY = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
#: What a key signs has 65 bytes; what a contract takes is its own affair.
_SIGNATURE = re.compile(r"0x(?:[0-9a-fA-F]{2}){1,8192}")
_KEY_SIGNATURE = re.compile(r"0x[0-9a-fA-F]{130}")
_MAX_CHAIN_ID = 2**53 - 1


class SiweError(Exception):
    """A sign-in was refused; ``code`` is stable."""

    def __init__(self, code: str, message: str, status: int = 401):
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass(frozen=True)
class Challenge:
    """A message that waits for its signature."""

    user: str
    nonce: str
    message: str
    address: str
    chain_id: int
    #: When the message may no longer be signed.
    until: datetime
    #: When the session that it asks for ends.
    expires: datetime


@dataclass(frozen=True)
class Session:
    """A verified sign-in of a Jupyter user."""

    user: str
    id: str
    address: str
    chain_id: int
    expires: datetime


#: Whether a contract account says that a signature of a challenge's message is its own.
ByContract = Callable[[Challenge, str], Awaitable[bool]]


def iso(when: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, as EIP-4361 wants and JavaScript writes it."""
    return when.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def utc_now() -> datetime:
    """The time of day; a seam for tests."""
    return datetime.now(timezone.utc)


class SignIns:
    """Challenges and sessions of one server, in memory: a restart ends them all."""

    def __init__(
        self,
        statement: str,
        *,
        challenge_lifetime: timedelta,
        session_lifetime: timedelta,
        now: Callable[[], datetime] = utc_now,
    ):
        if not timedelta(0) < session_lifetime <= LONGEST_SESSION:
            raise ValueError("a session lasts at most 24 hours")
        self._statement = statement
        self._challenge_lifetime = min(challenge_lifetime, session_lifetime)
        self._session_lifetime = session_lifetime
        self._now = now
        self._challenges: dict[str, Challenge] = {}
        self._sessions: dict[str, Session] = {}

    def challenge(
        self, user: str, *, address: object, chain_id: object, domain: str, uri: str
    ) -> Challenge:
        """Make the message that ``user`` is to sign with ``address``.

        ``domain`` and ``uri`` are those of the page; wallets compare them with what they
        see. Raises ``SiweError`` ``bad-request``.
        """
        from eth_utils import to_checksum_address

        if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
            raise SiweError("bad-request", "address must be 0x and 40 hexadecimal digits", 400)
        if type(chain_id) is not int or not 0 < chain_id <= _MAX_CHAIN_ID:
            raise SiweError("bad-request", "chainId must be a positive integer", 400)
        if not _AUTHORITY.fullmatch(domain) or not uri.isprintable() or " " in uri:
            raise SiweError("bad-request", "the Host of the request is not a host", 400)
        self._sweep()
        now = self._now()
        nonce = secrets.token_hex(16)
        checksummed = to_checksum_address(address)
        expires = now + self._session_lifetime
        message = "\n".join(
            [
                f"{domain} wants you to sign in with your Ethereum account:",
                checksummed,
                "",
                self._statement,
                "",
                f"URI: {uri}",
                "Version: 1",
                f"Chain ID: {chain_id}",
                f"Nonce: {nonce}",
                f"Issued At: {iso(now)}",
                f"Expiration Time: {iso(expires)}",
            ]
        )
        challenge = Challenge(
            user, nonce, message, checksummed, chain_id, now + self._challenge_lifetime, expires
        )
        self._challenges[nonce] = challenge
        _make_room(self._challenges, user)
        return challenge

    async def verify(
        self,
        user: str,
        *,
        nonce: object,
        message: object,
        signature: object,
        by_contract: ByContract | None = None,
    ) -> Session:
        """Check the signature of a message made by ``challenge``; it counts once.

        ``by_contract`` is asked where no key of the address signed; what it raises comes
        through.

        ``message`` may be omitted; when given it must be the one that was made. Whatever
        comes of it, the nonce is used up, except by somebody whose it is not. Raises
        ``SiweError`` ``bad-request``, ``nonce-unknown``, ``nonce-expired``,
        ``message-changed`` or ``wrong-signer``.
        """
        if nonce is None and isinstance(message, str):
            found = re.search(r"^Nonce: ([0-9a-f]{32})$", message, re.MULTILINE)
            nonce = found and found[1]
        if not isinstance(nonce, str):
            raise SiweError("bad-request", "nonce is missing", 400)
        challenge = self._challenges.get(nonce)
        if challenge is None or challenge.user != user:
            # The same words for both: who asks learns nothing of others.
            raise SiweError("nonce-unknown", "This sign-in was never begun, or is used up")
        del self._challenges[nonce]
        if self._now() >= challenge.until:
            raise SiweError("nonce-expired", "This sign-in waited too long for its signature")
        if message is not None and message != challenge.message:
            raise SiweError("message-changed", "Another message was signed than was asked for")
        if not isinstance(signature, str) or not _SIGNATURE.fullmatch(signature):
            raise SiweError("bad-request", "signature must be bytes in hexadecimal", 400)
        if _signer(challenge.message, signature) != challenge.address and not (
            by_contract and await by_contract(challenge, signature)
        ):
            raise SiweError("wrong-signer", f"Not signed by {challenge.address}")
        session = Session(
            user,
            secrets.token_urlsafe(32),
            challenge.address,
            challenge.chain_id,
            challenge.expires,
        )
        self._sessions[session.id] = session
        _make_room(self._sessions, user)
        return session

    def session(self, user: str, id_: str | None) -> Session | None:
        """The session of that id, when it is this user's and has not ended."""
        session = self._sessions.get(id_ or "")
        if session is None or session.user != user or self._now() >= session.expires:
            return None
        return session

    def end(self, user: str, id_: str | None) -> None:
        """Forget a session; nothing happens to another user's."""
        if self.session(user, id_):
            del self._sessions[id_ or ""]

    def _sweep(self) -> None:
        now = self._now()
        # What timed out stays a little, so that a late answer is told why.
        late = now - timedelta(hours=1)
        self._challenges = {k: v for k, v in self._challenges.items() if v.until > late}
        self._sessions = {k: v for k, v in self._sessions.items() if v.expires > now}


_Kept = TypeVar("_Kept", Challenge, Session)


def _make_room(kept: dict[str, _Kept], user: str) -> None:
    own = [key for key, value in kept.items() if value.user == user]
    for key in own[:-KEPT_PER_USER]:
        del kept[key]


def _signer(message: str, signature: str) -> str | None:
    """The address that signed a text (EIP-191), or None for no signature of a key at all."""
    if not _KEY_SIGNATURE.fullmatch(signature):
        return None
    # A second to import: only for who signs in.
    from eth_account import Account
    from eth_account.messages import encode_defunct
    from eth_keys.exceptions import BadSignature

    try:
        return str(Account.recover_message(encode_defunct(text=message), signature=signature))
    except (BadSignature, ValueError):
        return None
