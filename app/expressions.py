"""JMESPath over payloads: the one language in which providers and users say where something is."""

import math
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jmespath
from jmespath import exceptions, functions, parser, visitor

from app.payload import Payload

_KEPT = 1_000  # compiled: who tries expressions in the playground makes new ones without end
_MOST_STEPS = 1_000_000  # a search: about a second
_LONGEST = 10_000_000  # characters


class _Functions(functions.Functions):
    """JMESPath's own functions, with a ``join`` that leaves out what is missing, and ``split``."""

    @functions.signature({"types": ["string"]}, {"types": ["array"]})  # type: ignore[untyped-decorator, unused-ignore]
    def _func_join(self, separator: str, parts: list[Any]) -> str:
        texts = (str(part).strip() for part in parts if part is not None and not isinstance(part, list | dict))
        found = [text for text in texts if text]
        if len(separator) * len(found) + sum(map(len, found)) > _LONGEST:
            raise ValueError("too long")
        return separator.join(found)

    @functions.signature({"types": ["string", "null"]}, {"types": ["string"]})  # type: ignore[untyped-decorator, unused-ignore]
    def _func_split(self, text: str | None, separator: str) -> list[str]:
        return [part.strip() for part in (text or "").split(separator) if part.strip()] if separator else []


_options = jmespath.Options(custom_functions=_Functions())


class _Interpreter(visitor.TreeInterpreter):  # type: ignore[misc, unused-ignore] # jmespath is untyped
    """JMESPath's own, which gives up where an expression would keep everybody waiting."""

    def __init__(self) -> None:
        super().__init__(_options)
        self._steps = 0

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise ValueError("too many steps")
        return super().visit(node, *args, **kwargs)


class ExpressionError(ValueError):
    """An expression that is no JMESPath, or that does not fit the payload."""


@dataclass(frozen=True)
class Expression:
    """A compiled JMESPath expression."""

    text: str
    _parsed: parser.ParsedResult
    _path: tuple[str, ...] = ()  # where it is no more than names with dots between: the same, ten times as fast

    def search(self, payload: Payload) -> Any:
        """Return what the expression finds, or None. Raises `ExpressionError` where the payload does not fit it."""
        if self._path:
            return _at(self._path, payload)
        try:
            return _Interpreter().visit(self._parsed.parsed, payload)
        except (exceptions.JMESPathError, RecursionError, TypeError, ValueError, AttributeError) as error:
            raise ExpressionError(f"{self.text}: {type(error).__name__}") from None

    @property
    def growth(self) -> int:
        """How many times as large as the payload what it finds can be, at most: each list of k parts can hold it k
        times, and lists of lists more."""
        return _growth(self._parsed.parsed)

    def find(self, payload: Payload) -> Any:
        """Return what the expression finds, or None where it finds nothing or does not fit the payload."""
        try:
            return self.search(payload)
        except ExpressionError:
            return None

    def holds(self, payload: Payload) -> bool:
        """True unless the expression finds nothing, false or something empty; 0 counts as found (as in JMESPath)."""
        found = self.find(payload)
        return not (found is None or found is False or found in ("", [], {}))


@lru_cache(_KEPT)
def expression(text: str) -> Expression:
    """Compile ``text``. Raises `ExpressionError` with the place of the mistake, or the unknown function."""
    try:
        with warnings.catch_warnings(action="error"):  # the library only warns of literals that are no JSON
            parsed = jmespath.compile(text)
        _check_calls(parsed.parsed)
    except exceptions.EmptyExpressionError:
        raise ExpressionError("is empty") from None
    except exceptions.IncompleteExpressionError:
        raise ExpressionError("is no JMESPath: it stops before it is complete") from None
    except exceptions.ParseError as error:
        raise ExpressionError(f"is no JMESPath from character {error.lex_position + 1} on") from None
    except PendingDeprecationWarning:
        raise ExpressionError("has a literal in backquotes that is no JSON (text stands in single quotes)") from None
    except RecursionError:
        raise ExpressionError("is nested too deep") from None
    return Expression(text, parsed, _names(parsed.parsed) or ())


def _names(node: Any) -> tuple[str, ...] | None:
    """The names of ``a.b.c``; None for any other expression."""
    if node["type"] == "field":
        return (node["value"],)
    parts = [_names(child) for child in node["children"]] if node["type"] == "subexpression" else [None]
    return None if None in parts else tuple(name for part in parts if part for name in part)


def _at(path: tuple[str, ...], payload: Payload) -> Any:
    found: Any = payload
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _growth(node: Any) -> int:
    children = [child for child in node["children"] if isinstance(child, dict)]
    own = len(children) if node["type"].startswith("multi_select") else 1
    return max(1, own) * math.prod(map(_growth, children))


def _check_calls(node: Any) -> None:
    # JMESPath itself notices these only with a payload at hand, where they would pass for "not found"
    if node["type"] == "function_expression":
        known = _Functions.FUNCTION_TABLE.get(node["value"])
        if known is None:
            raise ExpressionError(f"calls {node['value']}(), which is no JMESPath function")
        wanted, given = known["signature"], len(node["children"])
        variadic = bool(wanted) and wanted[-1].get("variadic", False)
        if given < len(wanted) or (given > len(wanted) and not variadic):
            raise ExpressionError(f"calls {node['value']}() with {given} arguments instead of {len(wanted)}")
    for child in node["children"]:
        if isinstance(child, dict):
            _check_calls(child)
