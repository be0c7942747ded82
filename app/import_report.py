"""What became of the rows of a file that is imported."""

from dataclasses import dataclass, field

from app.contact import Contact
from app.mapping import Mapped
from app.tabular import Row

_MOST_TOLD = 1_000  # lines that a report names; the others are counted


@dataclass(frozen=True)
class Remark:
    """What is to be said of a line of the file. It quotes nothing of what is in it but the columns' names."""

    line: int
    words: str


@dataclass
class Report:
    """What became of the rows so far, up to ``line``: ``kept`` (or, in a rehearsal, could be), ``known`` (kept before),
    ``refused``. ``left_out`` counts those kept without a part that was no good.

    ``refusals`` and ``notes`` name the first thousand lines each, ``contacts`` are the first few that a rehearsal made.
    """

    line: int = 1
    kept: int = 0
    known: int = 0
    refused: int = 0
    left_out: int = 0
    refusals: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)

    def refuse(self, row: Row, words: str) -> None:
        self.refused += 1
        if len(self.refusals) < _MOST_TOLD:
            self.refusals.append(Remark(row.line, words))

    def accept(self, row: Row, mapped: Mapped) -> None:
        if mapped.notes:
            self.left_out += 1
        if mapped.notes and len(self.notes) < _MOST_TOLD:
            self.notes.append(Remark(row.line, "; ".join(mapped.notes)))
