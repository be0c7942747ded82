"""Fills in ``${env:NAME}`` and ``${file:PATH}`` inside strings; ``$${`` stands for a plain ``${``."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.config.mistakes import Mistakes, Place

_MARK = re.compile(r"(?P<escaped>\$\$\{)|\$\{(?P<kind>env|file):(?P<name>[^{}]+)\}|(?P<wrong>\$\{)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST_BYTES = 64 * 1024

HINT = "only ${env:NAME} and ${file:PATH} are known ($${ stands for a plain ${)"


class _MissingError(Exception):
    """A reference that stands for nothing; says why."""


class Interpolation:
    """Fills in references; where one cannot be, the whole string becomes None and the mistake is noted."""

    def __init__(self, environ: Mapping[str, str], base: Path, mistakes: Mistakes) -> None:
        """``base`` is the folder that relative paths start from."""
        self._environ = environ
        self._base = base
        self._mistakes = mistakes

    def fill(self, value: Any, place: Place = ()) -> Any:
        if isinstance(value, str):
            return self._text(value, place)
        if isinstance(value, dict):
            return {key: self.fill(inner, (*place, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.fill(inner, (*place, index)) for index, inner in enumerate(value)]
        return value

    def _text(self, text: str, place: Place) -> str | None:
        problems: list[str] = []

        def replace(mark: re.Match[str]) -> str:
            try:
                return self._resolve(mark)
            except _MissingError as error:
                problems.append(str(error))
                return ""

        filled = _MARK.sub(replace, text)
        if problems:
            self._mistakes.add(place, "; ".join(problems))
            return None
        return filled

    def _resolve(self, mark: re.Match[str]) -> str:
        if mark["escaped"]:
            return "${"
        if mark["wrong"]:
            raise _MissingError(HINT)
        return self._variable(mark["name"]) if mark["kind"] == "env" else self._file(mark["name"])

    def _variable(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise _MissingError("what stands after env: cannot be the name of an environment variable")
        value = self._environ.get(name)
        if value is None:
            raise _MissingError(f"the environment variable {name} is not set")
        return value

    def _file(self, name: str) -> str:
        try:
            with (self._base / name).open("rb") as file:
                data = file.read(_MOST_BYTES + 1)
            if len(data) > _MOST_BYTES:
                raise _MissingError(f"the file {name} is too long for a value (more than 64 KiB)")
            return data.decode("utf-8-sig").rstrip("\r\n")
        except UnicodeDecodeError:
            raise _MissingError(f"the file {name} is not UTF-8 text") from None
        except OSError as error:
            raise _MissingError(f"the file {name} cannot be read: {_reason(error)}") from None
        except ValueError:  # a NUL in the path
            raise _MissingError("the path of the file cannot be one") from None


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
