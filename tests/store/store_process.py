"""What a process of its own does with a store: ``python store_process.py COMMAND URL …``; it prints as it goes."""

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sealed_run import KEYS
from store_events import NOW, arrival, somebody

from app.errors import StoreUnavailableError
from app.store import Store


def say(*words: object) -> None:
    sys.stdout.writelines(f"{word}\n" for word in words)
    sys.stdout.flush()


def add(store: Store, prefix: str, start: str, stop: str) -> None:
    """Keep events until killed or done; print each id once it is kept."""
    for number in range(int(start), int(stop)):
        new = store.inbox.add(arrival(NOW, f"{prefix}{number}"))
        say(f"{prefix}{number}" if new == [True] else "-")


def hold(store: Store) -> None:
    """Hold the turn to write, with something written, until killed."""
    with store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM events")
        say("holding")
        time.sleep(60)


def migrate(store: Store) -> None:
    store.migrate()
    say("migrated")


def map_all(store: Store) -> None:
    while verdicts := store.received.map(somebody, NOW, 10):
        say(*(verdict.event_id for verdict in verdicts))


def claim(store: Store) -> None:
    """Take what is due, and do nothing more until killed."""
    say(*(claimed.event_id for claimed in store.claims.claim(NOW, 10, ["main"])))
    time.sleep(60)


def ring(store: Store) -> None:
    store.bell.ring()
    time.sleep(1)


def full(store: Store) -> None:
    """Fill the disk, as it were; then there is room again."""
    kept = 0
    most = Path(store.database.engine.url.database or "").stat().st_size + 200_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    try:
        while True:
            store.inbox.add(arrival(NOW, f"e{kept}"))
            kept += 1
    except StoreUnavailableError:
        say(kept)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    say(store.inbox.add(arrival(NOW, f"e{kept}")))


def scrub(store: Store) -> None:
    """Take what was deleted out of the log while the disk is full, as it were."""
    store.inbox.add(arrival(NOW, *(f"e{number}" for number in range(500))))
    most = Path(store.database.engine.url.database or "").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    store.database.scrub()
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    say(sum(store.log.counts().values()))


COMMANDS: dict[str, Callable[..., None]] = {
    "add": add, "claim": claim, "hold": hold, "migrate": migrate, "map": map_all, "ring": ring, "full": full,
    "scrub": scrub,
}  # fmt: skip

if __name__ == "__main__":
    command, url, *arguments = sys.argv[1:]
    opened = Store(url, KEYS)
    COMMANDS[command](opened, *arguments)
    opened.close()
