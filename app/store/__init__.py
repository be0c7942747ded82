"""Everything that is kept, and every SQL statement."""

import threading
from collections.abc import Sequence
from datetime import datetime

from app.store.actions import Action, Actions
from app.store.again import Again
from app.store.alerts import Alert, Alerts, Trouble
from app.store.bell import Bell, bell
from app.store.browsing import Browsing
from app.store.claims import Claims
from app.store.clearing import Clearing
from app.store.database import Database
from app.store.deliverers import Deliverer, Deliverers
from app.store.directory import Directory, Entry
from app.store.dismissals import Dismissal, Dismissals
from app.store.doomed import Whom
from app.store.erasure import Erasure
from app.store.fetches import Errand, Fetched, Fetches
from app.store.hours import Hours
from app.store.inbox import Arrival, Inbox, insert_into
from app.store.kept import Archive, Kept
from app.store.life import life
from app.store.log import EventLog, Filter
from app.store.many_events import Batch
from app.store.migrate import made, migrate, up_to_date
from app.store.newcomers import Newcomers
from app.store.orgs import EVERYBODY, Hold, Orgs, OrgState
from app.store.pauses import Pause, PauseKind, Pauses
from app.store.people import People
from app.store.rate import RateLimit
from app.store.receipts import Receipt, all_receipts
from app.store.received import Received, Verdict
from app.store.refusals import Refusal, Refusals
from app.store.replays import Replays
from app.store.retention import Retention
from app.store.symptoms import Symptoms
from app.store.tables import heartbeats
from app.store.work import Attempt, Claim, Person, Settlement

__all__ = [
    "EVERYBODY",
    "Action",
    "Alert",
    "Arrival",
    "Attempt",
    "Batch",
    "Bell",
    "Claim",
    "Database",
    "Deliverer",
    "Dismissal",
    "Entry",
    "Errand",
    "EventLog",
    "Fetched",
    "Filter",
    "Hold",
    "Kept",
    "OrgState",
    "Pause",
    "PauseKind",
    "Person",
    "RateLimit",
    "Receipt",
    "Refusal",
    "Retention",
    "Settlement",
    "Store",
    "Trouble",
    "Verdict",
    "Whom",
    "all_receipts",
]  # fmt: skip


class Store:
    """One database, and what is done with it. Open it after forking: connections cannot be shared.

    ``keys`` seal personal data, if there are any: the first seals, all of them open.
    """

    def __init__(self, database_url: str, keys: Sequence[str] = ()) -> None:
        self.database = Database(database_url, keys)
        self.migrated = False
        self.inbox = Inbox(self.database)
        self.received = Received(self.database)
        self.life = life(self.database)
        self.claims = Claims(self.database, self.life)
        self.deliverers = Deliverers(self.database, self.life)
        self.newcomers = Newcomers(self.database, self.life)
        self.fetches = Fetches(self.database)
        self.orgs = Orgs(self.database)
        self.pauses = Pauses(self.database)
        self.erasure = Erasure(self.database)
        self.clearing = Clearing(self.database)
        self.again = Again(self.database)
        self.log = EventLog(self.database)
        self.archive = Archive(self.database)
        self.replays = Replays(self.database)
        self.dismissals = Dismissals(self.database)
        self.people = People(self.database)
        self.browsing = Browsing(self.database)
        self.directory = Directory(self.database)
        self.refusals = Refusals(self.database)
        self.actions = Actions(self.database)
        self.hours = Hours(self.database)
        self.symptoms = Symptoms(self.database)
        self.alerts = Alerts(self.database)
        self._bell: Bell | None = None
        self._lock = threading.RLock()  # a signal handler may ring while its own thread is here

    def migrate(self) -> None:
        """Bring the schema up to date. Raises `StoreUnavailableError` when the database cannot be reached."""
        migrate(self.database)
        self.migrated = True

    @property
    def made(self) -> bool:
        """True if there is a database, of whatever version."""
        return made(self.database)

    @property
    def up_to_date(self) -> bool:
        """True if there is a database and it needs no `migrate`. Raises `StoreUnavailableError` if it is newer."""
        return up_to_date(self.database)

    @property
    def bell(self) -> Bell:
        """What wakes the delivery process."""
        with self._lock:
            if self._bell is None:
                self._bell = bell(self.database)
            return self._bell

    def ready(self, now: datetime) -> None:
        """Return if a commit can be made now: by making one. Raises `StoreUnavailableError`."""
        beat = insert_into(self.database.engine.dialect, heartbeats).values(process="web", beat_at=now)
        with self.database.writing() as connection:
            connection.execute(beat.on_conflict_do_update(index_elements=["process"], set_={"beat_at": now}))

    def close(self) -> None:
        if self._bell:
            self._bell.close()
        self.life.close()
        self.database.close()
