"""JMESPath over payloads: the one language in which providers and users say where something is."""

import warnings
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import jmespath
from jmespath import exceptions, functions, parser

from app.budget import Budget, Thrifty
from app.payload import Payload

_LONGEST = 16 * 1024 * 1024  # characters between the parts of a ``join``: more than any payload has


class _Functions(functions.Functions):
    """JMESPath's own functions, with a ``join`` that leaves out what is missing, and ``split``."""

    @functions.signature({"types": ["string"]}, {"types": ["array"]})  # type: ignore[untyped-decorator, unused-ignore]
    def _func_join(self, separator: str, parts: list[Any]) -> str:
        if len(separator) * len(parts) > _LONGEST:
            raise ValueError
        texts = (str(part).strip() for part in parts if part is not None and not isinstance(part, list | dict))
        return separator.join(text for text in texts if text)

    @functions.signature({"types": ["string", "null"]}, {"types": ["string"]})  # type: ignore[untyped-decorator, unused-ignore]
    def _func_split(self, text: str | None, separator: str) -> list[str]:
        return [part.strip() for part in (text or "").split(separator) if part.strip()] if separator else []


_options = jmespath.Options(custom_functions=_Functions())


class ExpressionError(ValueError):
    """An expression that is no JMESPath, or that does not fit the payload."""


@dataclass(frozen=True)
class Expression:
    """A compiled JMESPath expression."""

    text: str
    _parsed: parser.ParsedResult
    _path: tuple[str, ...] = ()  # where it is no more than names with dots between: the same, ten times as fast

    _budget: Budget | None = field(default=None, repr=False, compare=False)

    def within(self, budget: Budget) -> "Expression":
        """Return the same expression, which raises `TooMuchError` where the budget does not reach."""
        return replace(self, _budget=budget)

    def search(self, payload: Payload) -> Any:
        """Return what the expression finds, or None. Raises `ExpressionError` where the payload does not fit it."""
        if self._path:
            return _at(self._path, payload)
        try:
            if self._budget:
                return Thrifty(_options, self._budget, self.text).visit(self._parsed.parsed, payload)
            return self._parsed.search(payload, options=_options)
        except (exceptions.JMESPathError, RecursionError, TypeError, ValueError, AttributeError) as error:
            raise ExpressionError(f"{self.text}: {type(error).__name__}") from None

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


def compiled(text: str) -> Expression:
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
    finally:
        parser.Parser.purge()  # else the library keeps hundreds, also of those that are only tried out
    return Expression(text, parsed, _names(parsed.parsed) or ())


expression = cache(compiled)  # what is written in code and configuration is compiled once


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
