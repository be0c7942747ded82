"""The calls of one delivery to the contacts API, each recorded with its answer."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from app import tracing
from app.answers import judge
from app.config.model import Org
from app.errors import PermanentError, PutOffError, UpstreamError
from app.remote import RemoteContact, contacts_in, one_contact

if TYPE_CHECKING:
    from app.upstream import Upstream

Read = TypeVar("Read")

_MOST_PAGES, _PAGE = 50, 100

# The reference describes the list's filters without spelling them; they are spelt here and nowhere else.
FILTERS = {"user_id": "user_id", "email": "email", "name": "name"}


@dataclass(frozen=True)
class Call:
    """One request. ``repeatable``: carried out twice, it does no more than once. ``largest``: bytes of its answer."""

    method: str
    path: str  # below the organization's contacts
    query: Mapping[str, Any] | None = None
    body: Mapping[str, Any] | None = None
    idempotency_key: str | None = None
    repeatable: bool = True
    largest: int = 4 * 1024 * 1024


@dataclass
class Conversation:
    """``ours`` tells whether the person is still this process's to work on. ``exchanges`` records each
    request with its answer, never the key.

    Every call may raise an `UpstreamError`."""

    upstream: "Upstream"
    org: Org
    ours: Callable[[], bool]
    exchanges: list[dict[str, Any]] = field(default_factory=list)

    def create(self, channel: Mapping[str, str], segment_ids: tuple[str, ...], idempotency_key: str) -> RemoteContact:
        """Create a contact, or attach a channel to the one that ``channel["contact_id"]`` names."""
        body = {"channel": dict(channel), "segment_ids": list(segment_ids)}
        call = Call("POST", "", body=body, idempotency_key=idempotency_key, repeatable=False)
        return self._call(call, one_contact)

    def update(self, contact_id: str, changes: Mapping[str, Any]) -> None:
        """Change a contact's ``name`` or ``unsubscribed``."""
        self._call(Call("PATCH", f"/{quoted(contact_id)}", body=dict(changes)), _whatever)

    def add_segment(self, contact_id: str, segment_id: str) -> None:
        self._call(Call("POST", f"/{quoted(contact_id)}/segments/{quoted(segment_id)}"), _whatever)

    def find(self, **filters: str) -> Iterator[list[RemoteContact]]:
        """Yield the list's pages for some of `FILTERS`; they may match loosely.

        Raises `PermanentError` after many pages: a list that was not read to its end proves nothing.
        """
        query = {FILTERS[name]: value for name, value in filters.items()}
        seen: set[str] = set()
        for page in range(1, _MOST_PAGES + 1):
            found = self._call(Call("GET", "", query=query | {"page": page, "take": _PAGE}), contacts_in)
            if seen.issuperset(remote.id for remote in found):  # nothing more, or the same page again
                return
            seen.update(remote.id for remote in found)
            yield found
        raise PermanentError(f"cannot tell whether this contact exists: the list goes on after {len(seen)} others")

    def _call(self, call: Call, read: Callable[[Any], Read]) -> Read:
        """Send one request and return what ``read`` makes of its answer."""
        self.upstream.pace()
        if not self.ours():
            raise PutOffError("put off: the process lost its hold on the person")
        exchange: dict[str, Any] = {
            "method": call.method, "path": f"/contacts{call.path}", "query": call.query, "body": call.body,
        }  # fmt: skip
        self.exchanges.append(exchange)
        started = time.monotonic()
        try:
            with tracing.request(call.method):
                answer = self.upstream.send(self.org, call)
                tracing.note("http.response.status_code", answer.status)
            exchange |= {"status": answer.status, "answer": answer.text[:4000]}
            return read(judge(answer, repeatable=call.repeatable, now=self.upstream.now()))
        except UpstreamError as error:
            exchange["error"] = str(error)
            raise
        finally:
            exchange["ms"] = round((time.monotonic() - started) * 1000)


def _whatever(_: Any) -> None:
    """Of some answers only the status counts."""


def quoted(part: str) -> str:
    return quote(part, safe="")
