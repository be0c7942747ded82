"""Retention as the delivery process does it, by a clock that is ahead, whenever it may.

    python -m tests.bench.tidying DATABASE_URL SECONDS_AHEAD READY GO

It makes a file READY when it could begin, and works as long as there is a file GO, which it looks for between batches.
"""

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.config.model import Server
from app.housekeeping import Housekeeping
from app.store import Store

_LOOK_AGAIN_SECONDS = 0.01


def main(database_url: str, seconds_ahead: str, ready: str, go: str) -> None:
    """Tidy once, until all is done."""

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(seconds_ahead))

    def pause(seconds: float) -> bool:
        time.sleep(seconds)
        while not Path(go).exists():
            time.sleep(_LOOK_AGAIN_SECONDS)
        return False

    store = Store(database_url)
    store.archive.emptied(sys.maxsize)  # it is open
    Path(ready).touch()
    pause(0)
    Housekeeping(store, Server.retention_days, now, pause).tidy()


if __name__ == "__main__":
    main(*sys.argv[1:])
