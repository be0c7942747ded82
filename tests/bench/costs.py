"""What an event costs: processor time in the bridge and in PostgreSQL, and what PostgreSQL writes to its log."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.databases import Databases
from tests.bench.running import Running, cpu_seconds


@dataclass(frozen=True)
class Cost:
    """Of one event: milliseconds of processor time, and bytes."""

    bridge_ms: float
    database_ms: float
    log_bytes: float


@dataclass(frozen=True)
class Worked:
    """Events a second, and what each cost."""

    rate: float
    cost: Cost


class Meter:
    """Runs from now on; nothing else may use these processes and the PostgreSQL server meanwhile."""

    def __init__(self, databases: Databases, bridges: Sequence[Running]) -> None:
        self._databases, self._bridges = databases, bridges
        self._written = databases.log_bytes()
        self._bridge, self._database = self._cpu()

    def each(self, events: int) -> Cost:
        """Return what each of so many events cost since."""
        bridge, database = self._cpu()
        return Cost(
            1000 * (bridge - self._bridge) / events,
            1000 * (database - self._database) / events,
            (self._databases.log_bytes() - self._written) / events,
        )

    def _cpu(self) -> tuple[float, float]:
        return sum(cpu_seconds(bridge.process.pid) for bridge in self._bridges), self._databases.cpu_seconds()
