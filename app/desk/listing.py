"""Events, page by page."""

from typing import Any

from app.store import Filter, Store


def page(
    store: Store, which: Filter, after: str | None = None, most: int = 50
) -> tuple[list[dict[str, Any]], str | None]:
    """Return the newest events first, and the cursor of the next page (None: that was all).

    A cursor that nobody gave out begins at the newest.
    """
    before = int(after) if after and after.isdecimal() and len(after) < 19 else None
    found = store.log.events(which, most + 1, before)
    return found[:most], str(found[most - 1]["id"]) if len(found) > most else None
