"""Every setting as data, for the tables in docs/configuration.md: made from the schemas, so that it cannot go stale."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from marshmallow import Schema, fields

from app.config.auth import DEFAULTS
from app.config.fields import Key
from app.config.groups import Tables
from app.config.model import Alerts, Org, Server, Source, Upstream
from app.config.schema import Document

_MODELS = {"server": Server, "upstream": Upstream, "alerts": Alerts, "orgs.<name>": Org, "sources.<name>": Source}


@dataclass(frozen=True)
class Setting:
    """A key of the file: path, type in words, default as TOML ("" for none, or "required"), help."""

    key: str
    type: str
    default: str
    help: str


def settings() -> list[Setting]:
    """Return every key of the file, in the order of the schemas."""
    return list(_table("", Document()))


def _table(parent: str, schema: Schema) -> Iterator[Setting]:
    for name, field in schema.fields.items():
        key = f"{parent}.{name}" if parent else name
        match field:
            case fields.Nested():
                yield from _table(key, field.schema)
            case Tables():
                yield from _table(f"{key}.<name>", field.schema())
            case fields.List(inner=fields.Nested() as inner):
                yield from _table(f"{key}[]", inner.schema)
            case _:
                assert isinstance(field, Key)
                default = "required" if field.required else _default(parent, name)
                yield Setting(key, field.kind, default, field.metadata["help"])


def _default(parent: str, name: str) -> str:
    model = _MODELS.get(parent)
    known = {f.name: f.default for f in dataclasses.fields(model)} if model else {}
    return _toml(known.get(name, DEFAULTS.get(name) if model is Source else None))


def _toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case Enum():
            return f'"{value.value}"'
        case str():
            return f'"{value}"'
        case _:
            return ""
