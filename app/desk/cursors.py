"""Cursors: where the next page begins. Whoever gets one hands it back as it is, and need not know what it says."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

_LARGEST = 2**63 - 1  # what a row number can be


def cursor(row: int | None) -> str | None:
    """Return the cursor of what comes after a row; None for None."""
    return None if row is None else encoded(f"row {row}")


def row_of(text: str | None) -> int | None:
    """Return the row that a cursor stands for; None where it is none that was given out."""
    number = decoded(text or "").removeprefix("row ")
    row = int(number) if number.isdecimal() and len(number) < 20 else 0
    return row if 0 < row <= _LARGEST else None


def encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decoded(text: str) -> str:
    """Return what was encoded; "" where nothing was."""
    try:
        return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)).decode("ascii")
    except ValueError:
        return ""
