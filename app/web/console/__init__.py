"""The console at ``/console/``: pages for whoever runs the bridge. Imported only where a token opens it."""

from app.web.console import (
    bulk,
    erasing,
    event,
    events,
    importing,
    log,
    overview,
    people,
    playground,
    signing_in,
    sources,
    steering,
    views,
)
from app.web.console.desk import console

__all__ = ["bulk", "console", "erasing", "event", "events", "importing", "log", "overview", "people", "playground",
           "signing_in", "sources", "steering", "views"]  # fmt: skip
