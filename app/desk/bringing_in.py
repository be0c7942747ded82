"""Importing people from a file, for the console: what `app.importing` does, batch by batch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from app.bridge import Bridge
from app.errors import UsageError


@dataclass(frozen=True)
class Imported:
    """How far an import got: counts of rows, and each row that was refused, as (line, reason)."""

    read: int = 0
    kept: int = 0
    known: int = 0
    refused: Sequence[tuple[int, str]] = field(default_factory=tuple)
    over: bool = False


def bring_in(
    bridge: Bridge, file: IO[bytes], org: str, columns: Mapping[str, str], *, dry_run: bool, who: str
) -> Iterator[Imported]:
    """Import a file, and tell how far it got after each batch; whoever stops asking stops it, between two batches.

    ``columns`` says by column of the file which part of a contact it is, where that cannot be told by its name.
    """
    raise UsageError("Importing is not part of this build yet.")
