"""A delivery process of its own, to be killed: ``python bulk_process.py DATABASE_URL UPSTREAM RATE_LIMIT``."""

import sys
from dataclasses import replace

from bulk_kit import bulk_config
from delivery_kit import utc_now
from sealed_run import KEYS

from app.bridge import Bridge
from app.delivery import Delivery
from app.store import Store

if __name__ == "__main__":
    url, upstream, limit = sys.argv[1:]
    settings = bulk_config(upstream, f"rate_limit = {limit}")
    settings = replace(settings, upstream=replace(settings.upstream, read_timeout=60.0))
    Delivery(Bridge(settings, Store(url, KEYS), utc_now), utc_now).run()
