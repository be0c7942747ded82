"""Events, refused webhooks and actions, page by page: the newest first, each page with the cursor of the next."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from app.desk.cursors import cursor, row_of
from app.store import Action, Filter, Refusal, Store


def page(
    store: Store, which: Filter, after: str | None = None, most: int = 50
) -> tuple[list[dict[str, Any]], str | None]:
    """Return some of the newest events, as `EventLog.events` does, and the cursor of the next page, if there is one.

    Where no index helps, a page may be short, or empty, although there is another. A cursor that nobody gave out begins
    at the newest.
    """
    rows, before = store.browsing.page(which, row_of(after), most)
    return rows, cursor(before)


def refusals(
    store: Store, source: str | None = None, after: str | None = None, most: int = 50
) -> tuple[list[Refusal], str | None]:
    """Return refused webhooks, of one source or of all, and the cursor of the next page."""
    return _cut(store.refusals.newest(source, row_of(after), most + 1), most)


def actions(store: Store, after: str | None = None, most: int = 50) -> tuple[list[Action], str | None]:
    """Return what operators did, and the cursor of the next page."""
    return _cut(store.actions.newest(row_of(after), most + 1), most)


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...


Item = TypeVar("Item", bound=_Numbered)


def _cut(found: Sequence[Item], most: int) -> tuple[list[Item], str | None]:
    """Of one more than are wanted."""
    return list(found[:most]), cursor(found[most - 1].id) if len(found) > most else None
