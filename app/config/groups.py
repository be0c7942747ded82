"""Keys that hold several values: lists of texts, and tables whose names the user chooses."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema, ValidationError

from app.config.fields import Key, text


class Texts(Key[list[str]]):
    """A list of texts without duplicates; ``one`` allows a single text in its place, ``empty`` an empty list.

    Where an item is wrong, the error's valid data keeps "" in its place, so that the others keep their index.
    """

    kind = "list of texts"

    def __init__(self, about: str, *, one: bool = False, empty: bool = False, item: Callable[[str], str] = str) -> None:
        super().__init__(about)
        self._one, self._empty, self._item = one, empty, item
        self.kind = "text, or list of texts" if one else "list of texts"

    def read(self, value: Any) -> list[str]:
        if self._one and not isinstance(value, list):
            return [self._item(text(value))]
        if not isinstance(value, list):
            raise ValidationError("must be a list of texts")
        if not value and not self._empty:
            raise ValidationError("is empty")
        return self._items(value)

    def _items(self, values: list[Any]) -> list[str]:
        mistakes: dict[int, Any] = {}
        read: list[str] = []
        for index, value in enumerate(values):
            try:
                read.append(self._new(value, read))
            except ValidationError as error:
                mistakes[index] = error.messages
                read.append("")
        if mistakes:
            raise ValidationError(mistakes, valid_data=read)
        return read

    def _new(self, value: Any, before: list[str]) -> str:
        new = self._item(text(value))
        if new in before:
            raise ValidationError(f"is the same as number {before.index(new) + 1} of this list")
        return new


class Tables(Key[dict[str, Any]]):
    """Tables by a name of the user's choice: ``[sources.shop]``, ``[sources.landing]``."""

    kind = "tables"

    def __init__(self, about: str, schema: type[Schema], name: Callable[[str], str | None]) -> None:
        """``name`` says what is wrong with a name, or None."""
        super().__init__(about)
        self.schema, self._name = schema, name

    def read(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError("must be tables, each with a name")
        mistakes: dict[str, Any] = {}
        read: dict[str, Any] = {}
        for name, table in value.items():
            read[name], found = self._table(table)
            problem = self._name(name)
            if found or problem:
                mistakes[name] = found | {"_schema": [problem, *found.get("_schema", [])]} if problem else found
        if mistakes:
            raise ValidationError(mistakes, valid_data=read)
        return read

    def _table(self, table: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what was right of a table, and its mistakes."""
        try:
            return dict(self.schema().load(table)), {}
        except ValidationError as error:
            valid = error.valid_data if isinstance(error.valid_data, dict) else {}
            return valid, dict(error.messages_dict)
