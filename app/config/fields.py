"""The kinds of values that a key of the configuration can have, as marshmallow fields that speak plainly."""

import math
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from marshmallow import ValidationError, fields

from app.config.mistakes import did_you_mean
from app.expressions import Expression, ExpressionError, expression

T = TypeVar("T")
_MOST_DIGITS = 18


class Key(fields.Field[T], Generic[T]):
    """A key of the file. ``about`` explains it in the settings table; ``clean`` checks and tidies its value.

    Values are never quoted in a message. What was filled in by interpolation is always text, so the
    fields for numbers and switches read text too.
    """

    kind = "text"
    default_error_messages = {"required": "is missing", "null": "has no value"}  # noqa: RUF012 -- marshmallow's own way

    def __init__(self, about: str, *, required: bool = False, clean: Callable[[T], T] | None = None) -> None:
        super().__init__(required=required, metadata={"help": about})
        self._clean = clean

    def read(self, value: Any) -> T:
        raise NotImplementedError

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> T:  # noqa: ARG002 -- marshmallow passes them
        read = self.read(value)
        return self._clean(read) if self._clean else read


class Text(Key[str]):
    """Text that says something."""

    def read(self, value: Any) -> str:
        return text(value)


class Choice(Key[str]):
    """One of a few words."""

    def __init__(self, about: str, words: Iterable[str], *, required: bool = False) -> None:
        super().__init__(about, required=required)
        self.words = tuple(words)
        self.kind = ", ".join(self.words)

    def read(self, value: Any) -> str:
        word = text(value)
        if word not in self.words:
            raise ValidationError(f"must be one of {self.kind}{did_you_mean(word, self.words)}")
        return word


class Number(Key[int]):
    """A whole number within bounds, both included."""

    kind = "number"

    def __init__(self, about: str, least: int, most: int) -> None:
        super().__init__(about)
        self.least, self.most = least, most

    def read(self, value: Any) -> int:
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError("must be a whole number")
        if value < self.least:
            raise ValidationError(f"must be at least {self.least}")
        if value > self.most:
            raise ValidationError(f"must be at most {self.most}")
        return value


class Seconds(Key[float]):
    """A length of time in seconds, up to ten minutes."""

    kind = "seconds"

    def read(self, value: Any) -> float:
        try:
            seconds = math.nan if isinstance(value, bool) else float(value)
        except (TypeError, ValueError, OverflowError):
            seconds = math.nan
        if not 0 < seconds <= 600:
            raise ValidationError("must be a number of seconds, more than 0 and at most 600")
        return seconds


class Switch(Key[bool]):
    """True or false."""

    kind = "true, false"

    def read(self, value: Any) -> bool:
        if value in ("true", "false"):
            return bool(value == "true")
        if not isinstance(value, bool):
            raise ValidationError("must be true or false")
        return value


class Jmespath(Key[Expression]):
    """An expression, compiled now so that a mistake in it is known before the first event."""

    kind = "JMESPath"

    def read(self, value: Any) -> Expression:
        try:
            return expression(text(value))
        except ExpressionError as error:
            raise ValidationError(str(error)) from None


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValidationError("must be text (in quotes)")
    if not value.strip():
        raise ValidationError("is empty")
    return value
