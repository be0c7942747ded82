"""The kinds of columns: how moments, texts, plain data and what may be sealed are kept, alike on both databases."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Integer, LargeBinary, String, Text

from app.store.seal import NOT_CONFIGURED, Seal, Unreadable, UnreadableText

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PLAIN = Seal()

# SQLite makes only an INTEGER PRIMARY KEY its row id.
Id = sa.BigInteger().with_variant(Integer, "sqlite")


def microseconds(moment: datetime) -> int:
    """Return an aware datetime as microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def cleaned(text: str) -> str:
    """Return text without what a database refuses: NUL and lone surrogates are replaced."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


class Moment(sa.TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds since 1970: it sorts and compares alike on both databases."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Document(sa.TypeDecorator[Any]):
    """Plain data as JSON text; escaped to ASCII, so that no text whatever is refused by a database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:  # noqa: ARG002
        return None if value is None else json.loads(value)


class Words(sa.TypeDecorator[str]):
    """Text from somebody else: the two things that a database refuses, NUL and lone surrogates, are replaced."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else cleaned(value)


def seal_of(dialect: sa.Dialect) -> Seal:
    """Return the seal that `app.store.engines.engine_for` gave to the dialect of its engine."""
    return getattr(dialect, "seal", _PLAIN)


class UnreadableDocument(Unreadable, dict[str, str]):
    """What is read in place of plain data where the key is missing."""

    def __init__(self, mark: str) -> None:
        super().__init__(sealed=NOT_CONFIGURED)
        self.mark = mark


class SealedBytes(sa.TypeDecorator[bytes]):
    """Bytes that hold personal data: sealed where there is a key. Read without it, `UnreadableBytes`."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: sa.Dialect) -> bytes | None:
        return None if value is None else seal_of(dialect).seal(value)

    def process_result_value(self, value: bytes | None, dialect: sa.Dialect) -> bytes | None:
        return None if value is None else seal_of(dialect).unseal(value)


class SealedText(sa.TypeDecorator[str]):
    """`Words` that may hold personal data: as `SealedBytes`."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else seal_of(dialect).seal_text(cleaned(value))

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else seal_of(dialect).unseal_text(value)


class SealedDocument(sa.TypeDecorator[Any]):
    """A `Document` that holds personal data: as `SealedBytes`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        return None if value is None else seal_of(dialect).seal_text(json.dumps(value))

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:
        if value is None:
            return None
        text = seal_of(dialect).unseal_text(value)
        return UnreadableDocument(text.mark) if isinstance(text, UnreadableText) else json.loads(text)


SEALED = (SealedBytes, SealedText, SealedDocument)
