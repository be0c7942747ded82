"""Tables as spreadsheets write them (CSV, TSV): which encoding, which separator, and then row by row."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from app.errors import UsageError

_CHUNK = 1024 * 1024
_MOST_COLUMNS = 500
_SEPARATORS = (",", ";", "\t", "|")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_OTHERS = {
    b"PK\x03\x04": "is a spreadsheet, not its text: save it as CSV (UTF-8) there",
    b"\xd0\xcf\x11\xe0": "is a spreadsheet, not its text: save it as CSV (UTF-8) there",
    b"%PDF": "is a PDF; a table as text (CSV) is wanted",
    b"\x1f\x8b": "is compressed: unpack it first",
}
_SAYS_SEPARATOR = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_PERSONAL = re.compile(r"\S+@\S+\.\S+|\+?[\d\s()./-]{6,}")  # what stands in a row, and in no heading
_BROKEN = re.compile("[\udc80-\udcff]")  # a byte that was no UTF-8
_NO_TEXT = "the file is no text that can be read: save it as CSV in UTF-8"
_QUOTES = {
    "field larger": "a value is longer than 131,072 characters; is a quote missing?",
    "unexpected end": "a quote is opened and never closed, so all that follows was read as one value",
}
_QUOTE = "a quote stands where none can: inside a value, quotes are doubled"


@dataclass(frozen=True)
class Row:
    """One row: ``line`` is where it begins in the file, the first is 1. ``problem`` says why it cannot be read."""

    line: int
    cells: Mapping[str, str] = field(default_factory=dict)  # by column; empty ones are left out
    problem: str | None = None


class Table:
    """A file with a heading. Iterating reads it row by row; blank rows are passed by.

    ``lines`` is about how many the file has. Raises `UsageError`, with no word of what is in the file: what is no such
    table is told at once, what cannot be decoded further down when it is reached.
    """

    def __init__(self, file: BinaryIO) -> None:
        """``file`` can be sought in."""
        encoding, self.lines = _surveyed(file)
        file.seek(0)
        errors = "surrogateescape" if encoding.startswith("utf-8") else "strict"
        self._text = io.TextIOWrapper(file, encoding, errors, newline="")
        self._separator = _separator(self._text)
        self._text.seek(0)
        self._records = self._read()
        self.columns = _columns(self._records)

    def __iter__(self) -> Iterator[Row]:
        for line, record in self._records:
            yield Row(line, problem=record) if isinstance(record, str) else self._row(line, record)

    def _row(self, line: int, record: list[str]) -> Row:
        if any(cell.strip() for cell in record[len(self.columns) :]):
            counts = f"has {len(record)} values, and there are {len(self.columns)} columns"
            return Row(line, problem=f"{counts}; is a quote missing?")
        if any(map(_BROKEN.search, record)):
            return Row(line, problem="holds a character that is broken: it is not UTF-8, as the rest of the file is")
        pairs = zip(self.columns, record, strict=False)  # spreadsheets leave out empty cells at the end
        return Row(line, {column: cell for column, cell in pairs if cell.strip()})

    def _read(self) -> Iterator[tuple[int, list[str] | str]]:
        """Yield each record with its line, or why it is none."""
        reader = csv.reader(self._text, delimiter=self._separator, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, _words(error)
                continue
            except UnicodeDecodeError:
                raise UsageError(f"the file cannot be read as text from about line {line} on") from None
            if any(cell.strip() for cell in record) and not _is_directive(line, record):
                yield line, record


def _surveyed(file: BinaryIO) -> tuple[str, int]:
    """Return the encoding, and about how many lines there are.

    What is UTF-8 at first stays so: read as Windows-1252 for one broken byte, every other letter would be wrong.
    """
    file.seek(0)
    head = file.read(_CHUNK)
    for start, problem in _OTHERS.items():
        if head.startswith(start):
            raise UsageError(f"the file {problem}")
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), None) or _unmarked(head)
    decoder, lines, whole, letters = codecs.getincrementaldecoder("utf-8")(), 0, True, False
    while head:
        lines += head.count(b"\n")
        following = file.read(_CHUNK)
        if whole:
            text, whole = _as_utf8(decoder, head, final=not following)
            letters = letters or not text.isascii()
        head = following
    return encoding if encoding.startswith("utf-16") or whole or letters else "cp1252", lines


def _unmarked(head: bytes) -> str:
    """Without a mark at its start, text in UTF-16 gives itself away by zeros."""
    if head[1:2] == b"\0" and head[:1] != b"\0":
        return "utf-16-le"
    if head[:1] == b"\0" and head[1:2] != b"\0":
        return "utf-16-be"
    return "utf-8"


def _as_utf8(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool) -> tuple[str, bool]:
    """Return what of a chunk is UTF-8, and whether that is all of it."""
    try:
        return decoder.decode(chunk, final), True
    except UnicodeDecodeError as error:
        return error.object[: error.start].decode(), False


def _separator(text: io.TextIOWrapper) -> str:
    """Return what a first line ``sep=;`` says, as Excel writes it, else what makes the most columns of the heading."""
    try:
        line = next((line for line in text if line.strip()), "")
    except UnicodeDecodeError:
        raise UsageError(_NO_TEXT) from None
    if said := _SAYS_SEPARATOR.fullmatch(line):
        return said[1]
    if line.lstrip()[:1] in ("{", "["):
        raise UsageError("the file is JSON; a table with a heading (CSV) is wanted")
    try:
        return max(_SEPARATORS, key=lambda separator: len(next(csv.reader([line], delimiter=separator))))
    except csv.Error as error:
        raise UsageError(f"the heading cannot be read: {_words(error)}") from None


def _words(error: csv.Error) -> str:
    return next((words for start, words in _QUOTES.items() if str(error).startswith(start)), _QUOTE)


def _is_directive(line: int, record: Sequence[str]) -> bool:
    """Whether this is the line ``sep=;``, which its own separator takes apart."""
    return line == 1 and record[0].strip().lower() == "sep=" and not any(record[1:])


def _columns(records: Iterator[tuple[int, list[str] | str]]) -> tuple[str, ...]:
    """Read the heading; a name that comes twice gets a number."""
    line, heading = next(records, (1, []))
    if isinstance(heading, str):
        raise UsageError(f"the heading (line {line}) cannot be read: {heading}")
    if any(map(_BROKEN.search, heading)):
        raise UsageError(_NO_TEXT)
    names = [" ".join(cell.split()) for cell in heading]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise UsageError("the file is empty: it has no heading")
    if len(names) > _MOST_COLUMNS:
        raise UsageError(f"the file has {len(names)} columns; at most {_MOST_COLUMNS} can be read")
    if any(_PERSONAL.fullmatch(name) for name in names):
        raise UsageError(f"line {line} names no columns, there is somebody in it: write the columns' names above it")
    seen: dict[str, int] = {}
    for place, name in enumerate(names):
        named = name or f"column {place + 1}"
        seen[named] = seen.get(named, 0) + 1
        names[place] = named if seen[named] == 1 else f"{named} ({seen[named]})"
    return tuple(names)
