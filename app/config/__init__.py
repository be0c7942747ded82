"""The TOML file and the environment, checked in one pass: a `Config`, or every mistake at once."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.config.document import from_document
from app.config.model import Config, ConsentMode, Org, Segment, Server, Source, Upstream
from app.config.settings import Setting, settings
from app.errors import ConfigError

__all__ = [
    "Config",
    "ConsentMode",
    "Org",
    "Segment",
    "Server",
    "Setting",
    "Source",
    "Upstream",
    "from_document",
    "load",
    "loads",
    "settings",
    "template",
]


def load(path: Path, environ: Mapping[str, str], overrides: Mapping[str, object] | None = None) -> Config:
    """Read a configuration file.

    ``overrides`` are values of flags by key (``{"server.port": 8001}``): they win over ``DATABASE_URL``
    and ``PORT`` of ``environ``, which win over the file. A flag that is None was not given.
    Raises `ConfigError` with every mistake.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError([f"{path}: there is no such file; `contact-bridge init` writes one"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {(error.strerror or 'unknown reason').lower()}"]) from None
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: is not UTF-8 text (byte {error.start})"]) from None
    document = _parse(text, str(path))
    return from_document(document, environ, path.parent, overrides=overrides, path=path)


def loads(text: str, environ: Mapping[str, str], base: Path, overrides: Mapping[str, object] | None = None) -> Config:
    """Read a configuration from ``text``, see `load`; ``base`` is where ``${file:…}`` starts from."""
    return from_document(_parse(text, "bridge.toml"), environ, base, overrides=overrides)


def template() -> str:
    """Return the commented ``bridge.toml`` that ``contact-bridge init`` writes."""
    return Path(__file__).with_name("template.toml").read_text(encoding="utf-8")


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{name}: {_problem(str(error))}"]) from None
    except (RecursionError, ValueError):  # tables in tables without end, or a number of thousands of digits
        raise ConfigError([f"{name}: is not TOML that can be read: too deep or too large"]) from None


def _problem(message: str) -> str:
    problem, _, place = message.rpartition(" (at ")  # "Invalid value (at line 2, column 11)"
    return f"{place.removesuffix(')')}: is not TOML: {problem[:1].lower()}{problem[1:]}"
