"""Which rows came when: no index knows, but rows are numbered as they come, so the border of an hour is soon found."""

from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa

from app.store.tables import events

_AT = (
    sa.select(*events.c["id", "received_at"])
    .where(events.c.id >= sa.bindparam("row"))
    .order_by(events.c.id)
    .limit(1)
)  # fmt: skip
_Ask = Callable[[int], tuple[int, datetime] | None]


def ends(connection: sa.Connection) -> tuple[int, int]:
    """Return the lowest and the highest row number; (1, 0) if there is none."""
    low = connection.execute(sa.select(sa.func.min(events.c.id))).scalar()
    high = connection.execute(sa.select(sa.func.max(events.c.id))).scalar()
    return (1, 0) if low is None or high is None else (low, high)


def first_rows(connection: sa.Connection, moments: Sequence[datetime]) -> list[int]:
    """Return, for each of several moments in ascending order, the row number from which on events came then or later.

    Each halving serves all moments that are on its two sides.
    """

    def ask(row: int) -> tuple[int, datetime] | None:
        found = connection.execute(_AT, {"row": row}).first()
        return (found.id, found.received_at) if found else None

    low, high = ends(connection)
    return _borders(ask, low, high + 1, moments)


def _borders(ask: _Ask, low: int, high: int, moments: Sequence[datetime]) -> list[int]:
    if not moments or low >= high:
        return [low] * len(moments)
    middle = (low + high) // 2
    found = ask(middle)
    if found is None:
        return _borders(ask, low, middle, moments)
    row, received_at = found
    left = [moment for moment in moments if moment <= received_at]
    return _borders(ask, low, middle, left) + _borders(ask, row + 1, high, moments[len(left) :])
