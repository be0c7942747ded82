"""Everything that is kept, and every SQL statement."""

import threading
from datetime import datetime

from app.store.bell import Bell, bell
from app.store.claims import Claims
from app.store.database import Database
from app.store.fetches import Errand, Fetched, Fetches
from app.store.inbox import Arrival, Inbox, insert_into
from app.store.life import life
from app.store.log import EventLog, Filter
from app.store.migrate import is_current, migrate
from app.store.orgs import EVERYBODY, Hold, Orgs, OrgState
from app.store.rate import RateLimit
from app.store.received import Received, Verdict
from app.store.tables import heartbeats
from app.store.work import Attempt, Claim, Person, Settlement

__all__ = [
    "EVERYBODY",
    "Arrival",
    "Attempt",
    "Bell",
    "Claim",
    "Database",
    "Errand",
    "EventLog",
    "Fetched",
    "Filter",
    "Hold",
    "OrgState",
    "Person",
    "RateLimit",
    "Settlement",
    "Store",
    "Verdict",
]  # fmt: skip


class Store:
    """One database, and what is done with it. Open it after forking: connections cannot be shared."""

    def __init__(self, database_url: str) -> None:
        self.database = Database(database_url)
        self.migrated = False
        self.inbox = Inbox(self.database)
        self.received = Received(self.database)
        self.life = life(self.database)
        self.claims = Claims(self.database, self.life)
        self.fetches = Fetches(self.database)
        self.orgs = Orgs(self.database)
        self.log = EventLog(self.database)
        self._bell: Bell | None = None
        self._lock = threading.RLock()  # a signal handler may ring while its own thread is here

    def migrate(self) -> None:
        """Bring the schema up to date. Raises `StoreUnavailableError` when the database cannot be reached."""
        migrate(self.database)
        self.migrated = True

    def usable(self) -> bool:
        """True if there is a database and its schema is up to date; none is made. Raises `StoreUnavailableError`."""
        return self.database.exists and is_current(self.database)

    @property
    def bell(self) -> Bell:
        """What wakes the delivery process."""
        with self._lock:
            if self._bell is None:
                self._bell = bell(self.database)
            return self._bell

    def ready(self, now: datetime) -> None:
        """Return if a commit can be made now: by making one. Raises `StoreUnavailableError`."""
        beat = insert_into(self.database, heartbeats).values(process="web", beat_at=now)
        with self.database.writing() as connection:
            connection.execute(beat.on_conflict_do_update(index_elements=["process"], set_={"beat_at": now}))

    def close(self) -> None:
        if self._bell:
            self._bell.close()
        self.life.close()
        self.database.close()
