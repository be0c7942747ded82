"""What was promised: every event id that got a 2xx, noted outside of every process that is killed."""

import os
from pathlib import Path

Key = tuple[str, str]  # source, event id


class Ledger:
    """An append-only file, a line for each 2xx."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, source: str, event_id: str, status: int) -> None:
        os.write(self._file, f"{source}\t{event_id}\t{status}\n".encode())

    def acked(self) -> set[Key]:
        """Return every event that was answered 2xx, however often."""
        os.fsync(self._file)
        lines = self._path.read_text("utf-8").splitlines()
        return {(source, event_id) for source, event_id, _ in (line.split("\t") for line in lines)}

    def close(self) -> None:
        os.close(self._file)
