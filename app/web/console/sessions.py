"""Who is signed in: a signed cookie, so that nothing is kept and every worker, on whatever machine, knows it.

Its key is made from the tokens: who changes one of them signs everybody out.
"""

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import urlsplit

from flask import Request, Response
from itsdangerous import BadData, URLSafeSerializer

from app.access import Role
from app.config.model import Server

COOKIE, FORM_COOKIE, PATH = "contact_bridge", "contact_bridge_form", "/console"
LASTS = timedelta(hours=12)


@dataclass(frozen=True)
class Session:
    """Somebody who is signed in; ``csrf`` stands in each of their forms."""

    who: str
    role: Role
    csrf: str
    until: datetime

    @property
    def steers(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def signature(self) -> str:
        """How they are named in the log of actions."""
        return f"{self.who} (console)"


class Sessions:
    """Makes and reads the cookies of one configuration."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def begin(self, who: str, role: Role, now: datetime) -> tuple[Session, str]:
        """Return a new session, and its cookie."""
        session = Session(who, role, secrets.token_hex(16), now + LASTS)
        return session, self._serializer.dumps([who, role.value, session.csrf, int(session.until.timestamp())])

    def read(self, cookie: str, now: datetime) -> Session | None:
        """Return the session of a cookie; None if it is over, or was made with other tokens or by somebody else."""
        try:
            who, role, csrf, until = self._serializer.loads(cookie)
        except BadData:
            return None
        ends = datetime.fromtimestamp(until, now.tzinfo)
        return Session(who, Role(role), csrf, ends) if now < ends else None

    @cached_property
    def _serializer(self) -> URLSafeSerializer:
        # Slow on purpose, and so only when the first page is asked for: who holds a cookie could guess tokens by it.
        words = f"{self._server.admin_token}\0{self._server.read_token}".encode("utf-8", "surrogatepass")
        key = hashlib.scrypt(words, salt=b"contact-bridge console", n=2**14, r=8, p=1)
        return URLSafeSerializer(key, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256})


def give(response: Response, name: str, value: str, *, secure: bool) -> None:
    """Set a cookie that no script reads and no other site makes a browser send."""
    response.set_cookie(name, value, path=PATH, httponly=True, samesite="Strict", secure=secure)


def is_secure(request: Request, public_url: str | None) -> bool:
    """Whether cookies are for https only: everywhere but on the machine itself, where there is nobody between."""
    return (public_url or "").startswith("https://") or not _is_loopback(request.host)


def _is_loopback(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
