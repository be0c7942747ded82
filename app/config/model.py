"""The configuration as values: what a checked ``bridge.toml`` means."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from app.expressions import Expression
from app.imported import NAME, Imported
from app.providers import Provider
from app.signatures import Scheme

DEFAULT_BASE_URL = "https://api.useinvent.com"
DEFAULT_DATABASE_URL = "sqlite:///var/bridge.db"
_IMPORTED = Imported()


class ConsentMode(StrEnum):
    """What marketing consent does to a contact: DESIGN §4."""

    RESPECT = "respect"
    REQUIRE = "require"
    IGNORE = "ignore"


@dataclass(frozen=True)
class Server:
    database_url: str = DEFAULT_DATABASE_URL
    public_url: str | None = None
    admin_token: str | None = field(default=None, repr=False)
    read_token: str | None = field(default=None, repr=False)
    retention_days: int = 30
    encryption_key: tuple[str, ...] = field(default=(), repr=False)  # the first seals, all of them open
    max_body_bytes: int = 1024 * 1024
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    threads: int = 16


@dataclass(frozen=True)
class Upstream:
    """``rate_limit`` is in requests a minute, for all processes together; timeouts are in seconds."""

    base_url: str = DEFAULT_BASE_URL
    rate_limit: int = 500
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    concurrency: int = 64
    senders_url: str | None = None  # the sandbox, standing in for the senders' APIs too; no setting of the file


@dataclass(frozen=True)
class Org:
    """One upstream organization. ``org_id`` "c" is the one that the key was issued for.

    ``bulk``: people who are new may be created many at a call, by a call that the upstream does not document.
    """

    name: str
    api_key: str = field(repr=False)
    org_id: str = "c"
    bulk: bool = False


@dataclass(frozen=True)
class Segment:
    """A segment that a contact joins when ``when`` holds over the payload."""

    id: str
    when: Expression


@dataclass(frozen=True)
class Source:
    """One configured endpoint, ``/hooks/<name>``.

    ``scheme`` verifies; it is None only for ``auth = "none"``. ``secrets`` are live, newest first;
    ``retired_secrets`` open nothing: a webhook signed with one is refused, and the operator is told why.
    ``token`` opens the sender's API, where a person is fetched from it.
    ``contact`` holds the user's expressions by contact field; they win over the provider's.
    """

    name: str
    provider: Provider
    org: str
    scheme: Scheme | None
    secrets: tuple[str, ...] = field(default=(), repr=False)
    retired_secrets: tuple[str, ...] = field(default=(), repr=False)
    token: str | None = field(default=None, repr=False)
    segment_ids: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()
    consent: ConsentMode = ConsentMode.RESPECT
    default_region: str | None = None
    events: tuple[str, ...] | None = None
    when: Expression | None = None
    event_id: Expression | None = None
    event_type: Expression | None = None
    occurred_at: Expression | None = None
    contact: Mapping[str, Expression] = field(default_factory=dict)
    strict: bool = False


@dataclass(frozen=True)
class Config:
    """Everything in one ``bridge.toml``. ``path`` is where it was read from (None for the sandbox's own).

    ``sources`` are those of the file: what can be posted to. Whoever asks whose an event is asks `source`.
    """

    server: Server = Server()
    upstream: Upstream = Upstream()
    orgs: Mapping[str, Org] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    path: Path | None = None

    def source(self, name: str) -> Source | None:
        """Return the source of that name: one of the file, or the one whose events are rows of imported files."""
        return self.sources.get(name) or next((each for each in self._built_in() if each.name == name), None)

    def every_source(self) -> Iterator[Source]:
        """Yield the sources of the file, then those that are built in: each org has one for imports."""
        yield from self.sources.values()
        yield from self._built_in()

    def import_source(self, org: str) -> Source:
        """Return the source of what is imported into an org. No source of the file can have its name."""
        return Source(NAME if len(self.orgs) == 1 else f"{NAME}.{org}", _IMPORTED, org, scheme=None)

    def _built_in(self) -> Iterator[Source]:
        return map(self.import_source, self.orgs)
